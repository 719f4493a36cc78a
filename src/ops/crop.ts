/** The middle of a map, as large as another: the skips of U-Net without padding (Ronneberger et al. 2015). */
import { axisName, boundShape, printSizes, rankOf, sizeAt } from "../ir/shape.ts";
import { boundSize, printSize, type Size } from "../ir/size.ts";
import { tensor } from "./argument.ts";
import { liftedShape } from "./layout.ts";
import { type Claim, defineOp, type OpStage } from "./op.ts";
import { blendAxes, only } from "./reference-rows.ts";
import { templateSizes } from "./template.ts";
import { windowTooLarge } from "./window.ts";

export interface CropAttrs {
  readonly sizes: readonly Size[];
}

export const crop: OpStage<CropAttrs> = defineOp({
  name: "crop",
  group: "shape",
  summary:
    "The middle of a map, as large as another value; where a row more must go on one side, the last does.",
  slots: {},
  arguments: { to: { type: tensor, summary: "the value whose sizes the result has", required: true } },
  examples: [
    {
      source: "maxpool 3 (pad=0) /1 as valid; from in; crop(to=valid)",
      input: { channels: 8, sizes: [9, 8] },
      output: { channels: 8, sizes: [7, 6] },
      parameters: 0,
    },
  ],
  attrs({ arguments: { to } }, [input], site) {
    const sizes = to && templateSizes("crop", input, to, site);
    if (to === undefined || sizes === undefined) return undefined;
    const claimsOf = (axis: number): readonly [Claim, Claim] => [
      { input: to.input, axis },
      { input: 0, axis },
    ];
    const larger = sizes.map((_, index) => index + 1).filter((axis) => !site.atMost(...claimsOf(axis)));
    const [axis] = larger;
    if (axis !== undefined) {
      const given = [printSizes(sizes), printSizes(input.sizes)] as const;
      site.report(windowTooLarge, [`a crop to ${given[0]}`, given[1]], {
        at: "to",
        label: `${axisName(rankOf(input), axis)} is ${printSize(sizeAt(input, axis) ?? 0)} here`,
        claims: larger.flatMap(claimsOf),
        help: ["crop the larger of the two to the smaller one, or add rows with `pad`"],
      });
    }
    return { sizes };
  },
  shape: ([input], { sizes }) => ({ channels: input.channels, sizes }),
  memory: () => ({ result: "view", keeps: "nothing" }),
  reference: ([x], _weight, { sizes }) =>
    blendAxes(x, (length, axis) => {
      const size = boundSize(sizes[axis] ?? length);
      const before = Math.floor((length - size) / 2);
      return Array.from({ length: size }, (_, index) => only(before + index));
    }),
  lower(lowering, [x], attrs) {
    const shape = boundShape(lowering.shapes[0]);
    const whole = liftedShape(shape);
    const sizes = attrs.sizes.map(boundSize);
    const starts = sizes.map((size, axis) => Math.floor(((shape.sizes[axis] ?? size) - size) / 2));
    const ends = sizes.map((size, axis) => (starts[axis] ?? 0) + size);
    const lifted = whole.slice(0, whole.length - 1 - sizes.length);
    return lowering.add(
      {
        kind: "slice",
        begin: [...lifted.map(() => 0), ...starts, 0],
        end: [...lifted, ...ends, shape.channels],
        step: whole.map(() => 1),
      },
      [x],
    );
  },
});
