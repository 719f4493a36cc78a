/** Squeeze and excitation (Hu et al. 2018), spatial attention maps, and gates of every element. */
import { quoted } from "../base/text.ts";
import { type Axis, axesOf, axisName, printAxis, printShape, rankOf, type Shape } from "../ir/shape.ts";
import { shapesDiffer } from "./elementwise.ts";
import { sizeAxes } from "./layout.ts";
import { type Claim, defineOp, type Operands, type OpStage, type Site } from "./op.ts";
import { elementsOf, extentsOf, planesOf, zeros } from "./reference-tensor.ts";

export const gate: OpStage<object> = defineOp({
  name: "gate",
  group: "joins",
  summary:
    "Multiplies the current value by the result of its body, spread over it: `[C]` and `[C @ 1x1]` over positions, `[1 @ HxW]` over channels.",
  slots: {},
  arguments: {},
  join: "body",
  examples: [
    {
      source: "gate < gap; linear -> it.c/16; relu; linear -> in.c; sigmoid >",
      input: { channels: 64, sizes: [7, 7] },
      output: { channels: 64, sizes: [7, 7] },
      parameters: 580,
    },
    {
      source: "gate < conv 7 (order=bare) -> 1; sigmoid >",
      input: { channels: 8, sizes: [9, 5] },
      output: { channels: 8, sizes: [9, 5] },
      parameters: 393,
    },
  ],
  attrs: () => ({}),
  shape(inputs, _attrs, site) {
    checkGate(inputs, site);
    return inputs[0];
  },
  reference([x, factor = x]) {
    const { channels, sizes } = extentsOf(x);
    const factors = planesOf(factor);
    const perSample = extentsOf(factor);
    const isPerChannel = elementsOf(perSample.sizes) < elementsOf(sizes);
    const y = zeros(x.shape);
    const inputs = planesOf(x);
    planesOf(y).forEach((output, index) => {
      const sample = Math.floor(index / channels);
      const plane = perSample.channels === 1 ? sample : index;
      output.forEach((_, position) => {
        output[position] =
          (inputs[index]?.[position] ?? 0) * (factors[plane]?.[isPerChannel ? 0 : position] ?? Number.NaN);
      });
    });
    return y;
  },
  lower(lowering, [x, factor = x]) {
    const [whole, part = whole] = lowering.shapes;
    const isVector = rankOf(part) < rankOf(whole);
    const shape = [...sizeAxes(whole).map(() => 1), part.channels];
    const spread = isVector ? lowering.add({ kind: "reshape", shape }, [factor], "spread") : factor;
    return lowering.add({ kind: "multiply" }, [x, spread]);
  },
});

/** Reports a body whose result is none of `[C]`, `[C @ 1x…]`, `[1 @ sizes]` and the shape of the current value. */
function checkGate([whole, part = whole]: Operands<Shape>, site: Site): void {
  const axes = gatedAxes(whole, part);
  const differs = axes?.find((axis) => !site.equal({ input: 0, axis }, { input: 1, axis }));
  if (axes !== undefined && differs === undefined) return;
  const details =
    differs === undefined
      ? "the operands have different numbers of axes"
      : `axis ${axisName(rankOf(whole), differs)} differs, ${[whole, part].map((shape) => printAxis(shape, differs)).join(" and ")}`;
  const axis = differs ?? "rank";
  site.report(shapesDiffer, ["gate", details], {
    label: `multiplies ${printShape(whole)} by ${printShape(part)}`,
    claims: [0, 1].map((input): Claim => ({ input, axis })),
    help: [`end the body with ${factorsOf(whole)}`],
  });
}

/** The axes on which the factors must agree with what they multiply; `undefined`: they are of another rank. */
function gatedAxes(whole: Shape, part: Shape): readonly Axis[] | undefined {
  if (rankOf(part) === rankOf(whole)) {
    if (part.sizes.every((size) => size === 1)) return [0];
    const axes = axesOf(rankOf(whole));
    return part.channels === 1 ? axes.slice(1) : axes;
  }
  return rankOf(part) === 0 ? [0] : undefined;
}

function factorsOf(whole: Shape): string {
  const vector = `\`[${printAxis(whole, 0)}]\``;
  if (rankOf(whole) === 0) return vector;
  return `${vector}, a number per channel, or ${quoted(printShape({ channels: 1, sizes: whole.sizes }))}, one per position`;
}
