/** Maximum pools over volumes become two over images: along depth and height, then along width. */
import { invariant } from "../base/invariant.ts";
import type { Window } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const volumeMaxPools: Pass = {
  name: "volume-max-pools",
  kind: "requirement",
  why: "On WebAssembly, tfjs takes the maximum of the values of a volume and zero.",
  run: (graph) =>
    rewrite(graph, (node, { add, addHelper, typeOf }) => {
      const { name, primitive, inputs } = node;
      if (primitive.kind !== "max-pool" || primitive.window.size.length !== 3) return undefined;
      const [x] = inputs;
      invariant(x !== undefined, `${name} lacks an operand`);
      const [depth = 1, height = 1, width = 1, channels = 1] = typeOf(x)
        .shape.slice(1)
        .map((size) => size ?? 1);
      const { window } = primitive;
      const planes = addHelper(
        `${name}/planes`,
        { kind: "reshape", shape: [depth, height, width * channels] },
        [x],
      );
      const high = addHelper(`${name}/high`, { kind: "max-pool", window: along(window, [0, 1]) }, [planes]);
      const [newDepth = 1, newHeight = 1] = typeOf(high)
        .shape.slice(1)
        .map((size) => size ?? 1);
      const rows = newDepth * newHeight;
      const lines = addHelper(`${name}/lines`, { kind: "reshape", shape: [rows, width, channels] }, [high]);
      const wide = addHelper(`${name}/wide`, { kind: "max-pool", window: along(window, [undefined, 2]) }, [
        lines,
      ]);
      const newWidth = typeOf(wide).shape[2] ?? 1;
      return add(
        name,
        { kind: "reshape", shape: [newDepth, newHeight, newWidth, channels] },
        [wide],
        node.control,
      );
    }),
};

/** The window on these axes of its own; `undefined`: an axis that stays as it is. */
function along(window: Window, axes: readonly (number | undefined)[]): Window {
  const each = <T>(amounts: readonly T[], none: T): readonly T[] =>
    axes.map((axis) => (axis === undefined ? none : (amounts[axis] ?? none)));
  return {
    size: each(window.size, 1),
    stride: each(window.stride, 1),
    dilation: each(window.dilation, 1),
    padding: each(window.padding, [0, 0]),
  };
}
