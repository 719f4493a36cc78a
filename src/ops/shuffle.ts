/** Channels of all groups by turns, so that grouped convolutions see those of others (Zhang et al. 2018, ShuffleNet). */
import { integer } from "./argument.ts";
import { checkGroups } from "./groups.ts";
import { liftedShape } from "./layout.ts";
import { defineOp, type OpStage } from "./op.ts";
import { extentsOf, planesOf, zeros } from "./reference-tensor.ts";

export interface ShuffleAttrs {
  readonly groups: number;
}

export const shuffle: OpStage<ShuffleAttrs> = defineOp({
  name: "shuffle",
  group: "shape",
  summary: "Orders channels by their place in their group, then by group: `[g, C/g]` becomes `[C/g, g]`.",
  slots: {},
  arguments: {
    groups: { type: integer(1), summary: "the number of groups", required: true },
  },
  examples: [
    {
      source: "shuffle(groups=3)",
      input: { channels: 12, sizes: [7, 7] },
      output: { channels: 12, sizes: [7, 7] },
      parameters: 0,
    },
  ],
  attrs: ({ arguments: { groups } }) => (groups === undefined ? undefined : { groups }),
  shape([input], { groups }, site) {
    checkGroups(groups, input.channels, site);
    return input;
  },
  memory: () => ({ keeps: "nothing" }),
  reference([x], _weight, { groups }) {
    const { channels } = extentsOf(x);
    const y = zeros(x.shape);
    const outputs = planesOf(y);
    const perGroup = channels / groups;
    planesOf(x).forEach((plane, index) => {
      const channel = index % channels;
      const [group, place] = [Math.floor(channel / perGroup), channel % perGroup];
      outputs[index - channel + place * groups + group]?.set(plane);
    });
    return y;
  },
  lower(lowering, [x], { groups }) {
    const [shape] = lowering.shapes;
    const whole = liftedShape(shape);
    const positions = whole.slice(0, -1).reduce((product, size) => product * size, 1);
    const split = [positions, groups, shape.channels / groups];
    const grouped = lowering.add({ kind: "reshape", shape: split }, [x], "grouped");
    const turned = lowering.add({ kind: "transpose", permutation: [0, 1, 3, 2] }, [grouped], "transposed");
    return lowering.add({ kind: "reshape", shape: whole }, [turned]);
  },
});
