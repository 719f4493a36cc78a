/** Transposed convolutions over volumes become convolutions of values that are spread, with their kernels turned over. */
import { invariant } from "../base/invariant.ts";
import {
  elementsIn,
  type LoweredNode,
  type Padding,
  type Primitive,
  type PrimitiveOf,
  type Ref,
} from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";
import { type Rewriter, rewrite, usesOf } from "./rewrite.ts";

export const transposedVolumes: Pass = {
  name: "transposed-volumes",
  kind: "requirement",
  why: "tfjs has no operation for the transposed convolution of volumes in its graph models.",
  run(graph) {
    const { nodeAt } = usesOf(graph);
    return rewrite(graph, (node, rewriter) => {
      const { primitive } = node;
      if (primitive.kind !== "transposed-convolution" || primitive.sizes.length !== 3) return undefined;
      const [x, weight] = node.inputs;
      invariant(x !== undefined && weight !== undefined, `${node.name} lacks an operand`);
      const kernel = nodeAt(weight.node)?.primitive;
      invariant(kernel?.kind === "constant", `the kernel of ${node.name} is no constant`);
      const { window, groups } = primitive;
      const placed = place(spread(x, window.stride, node, rewriter), primitive, node, rewriter);
      const turned = rewriter.addHelper(`${node.name}/turned`, turnedOver(kernel, groups), []);
      const ones = window.size.map(() => 1);
      const plain = { size: window.size, stride: ones, dilation: ones, padding: window.size.map(() => NONE) };
      return rewriter.add(
        node.name,
        { kind: "convolution", window: plain, groups },
        [placed, turned],
        node.control,
      );
    });
  },
};

type Transposed = PrimitiveOf<"transposed-convolution">;

const NONE: Padding = [0, 0];

/** Zeros behind each row of each axis, so that the rows are as far apart as the windows of the result. */
function spread(x: Ref, stride: readonly number[], node: LoweredNode, rewriter: Rewriter): Ref {
  return stride.reduce((value, step, axis) => {
    if (step === 1) return value;
    const sizes = sizesOf(value, rewriter);
    const help = (suffix: string, primitive: Primitive, operand: Ref): Ref =>
      rewriter.addHelper(`${node.name}/${suffix}`, primitive, [operand]);
    const rows = elementsIn(sizes.slice(0, axis + 1));
    const row = elementsIn(sizes.slice(axis + 1));
    const apart = help("rows", { kind: "reshape", shape: [rows, 1, row] }, value);
    const padded = help(
      "spread",
      { kind: "pad", padding: [NONE, NONE, [0, step - 1], NONE], value: 0 },
      apart,
    );
    const shape = sizes.with(axis, (sizes[axis] ?? 1) * step);
    return help("volume", { kind: "reshape", shape }, padded);
  }, x);
}

/** So many zeros around the spread rows, or so few of them, that windows of stride 1 give the result. */
function place(spreadRows: Ref, { window, sizes }: Transposed, node: LoweredNode, rewriter: Rewriter): Ref {
  const lengths = sizesOf(spreadRows, rewriter);
  const amounts = sizes.map((size, axis) => {
    const length = window.size[axis] ?? 1;
    const before = length - 1 - (window.padding[axis]?.[0] ?? 0);
    return [before, size + length - 1 - before - (lengths[axis] ?? 1)] as const;
  });
  const kept = lengths.map((length, axis) => {
    const [before, after] = amounts[axis] ?? NONE;
    return [Math.max(0, -before), length - Math.max(0, -after)] as const;
  });
  const cut = {
    kind: "slice",
    begin: kept.map(([begin]) => begin),
    end: kept.map(([, end]) => end),
    step: kept.map(() => 1),
  } as const;
  const isCut = kept.some(([begin, end], axis) => begin > 0 || end < (lengths[axis] ?? 1));
  const inside = isCut ? rewriter.addHelper(`${node.name}/cut`, cut, [spreadRows]) : spreadRows;
  const around = amounts.map(([before, after]): Padding => [Math.max(0, before), Math.max(0, after)]);
  const padding = [NONE, ...around, NONE];
  return rewriter.addHelper(`${node.name}/placed`, { kind: "pad", padding, value: 0 }, [inside]);
}

/** From `[...size, out / groups, in]` to `[...size, in / groups, out]`, each tap where its opposite was. */
function turnedOver(kernel: PrimitiveOf<"constant">, groups: number): PrimitiveOf<"constant"> {
  const size = kernel.shape.slice(0, -2);
  const [outputs = 1, inputs = 1] = kernel.shape.slice(-2);
  const [taps, members] = [elementsIn(size), inputs / groups];
  const values = (): Float32Array => {
    const old = kernel.values();
    const result = new Float32Array(old.length);
    let at = 0;
    for (let tap = taps - 1; tap >= 0; tap -= 1) {
      for (let member = 0; member < members; member += 1) {
        for (let group = 0; group < groups; group += 1) {
          for (let output = 0; output < outputs; output += 1) {
            result[at] = old[(tap * outputs + output) * inputs + group * members + member] ?? 0;
            at += 1;
          }
        }
      }
    }
    return result;
  };
  return { kind: "constant", shape: [...size, members, outputs * groups], values };
}

/** Without the batch. */
function sizesOf(ref: Ref, rewriter: Rewriter): readonly number[] {
  return rewriter
    .typeOf(ref)
    .shape.slice(1)
    .map((size) => size ?? 1);
}
