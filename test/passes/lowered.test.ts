/** Lowered graphs themselves: building, printing, and what the verifier refuses. */
import { expect, it } from "vitest";
import { InternalError } from "../../src/base/invariant.ts";
import type { LoweredGraph, LoweredNode, Primitive } from "../../src/ir/lowered.ts";
import { lowerInto } from "../../src/ir/lowered-builder.ts";
import { printLowered } from "../../src/ir/lowered-print.ts";
import { inferTypes, verifyLowered } from "../../src/ir/lowered-types.ts";
import { type Sketch, sketch } from "./sketch.ts";

it("windows print what differs from the plain case", () => {
  const graph = sketch([9, 9, 9, 1], (s, x) => {
    const kernel = s.constant("kernel", [1, 2, 3, 1, 4]);
    const window = {
      size: [1, 2, 3],
      stride: [1, 2, 2],
      dilation: [1, 1, 2],
      padding: [
        [0, 0],
        [1, 1],
        [0, 2],
      ],
    } as const;
    const conv = s.add("conv", { kind: "convolution", window, groups: 1 }, [x, kernel]);
    const pool = s.averagePool("pool", conv, 2, { padding: [1, 1], countsPadding: false });
    const swapped = s.add("swapped", { kind: "transpose", permutation: [0, 1, 3, 2, 4] }, [pool], ["kernel"]);
    return s.add("sigmoid", { kind: "pointwise", function: "sigmoid" }, [swapped]);
  });
  expect(printLowered(graph)).toBe(`graph sketch
x = input : [?, 9, 9, 9, 1]
kernel = constant : [1, 2, 3, 1, 4]
conv = convolution 1x2x3 /1x2x2 dilated 1x1x2 pad 0x1x0:2 (x, kernel) : [?, 9, 5, 4, 4]
pool = average-pool 2x2x2 pad 1 not counted (conv) : [?, 10, 6, 5, 4]
swapped = transpose 0 1 3 2 4 (pool) after kernel : [?, 10, 5, 6, 4]
sigmoid = sigmoid (swapped) : [?, 10, 5, 6, 4]
output y = sigmoid
`);
});

it("what a primitive needs to know prints behind its name", () => {
  const graph = sketch([5, 4, 3], (s, x) => {
    const leaky = s.add("leaky", { kind: "leaky-relu", slope: 0.1 }, [x]);
    const mean = s.add("mean", { kind: "reduce", function: "mean", axes: [1, 3], keepsAxes: true }, [leaky]);
    const centered = s.add("centered", { kind: "subtract" }, [leaky, mean]);
    const square = s.add("square", { kind: "power", exponent: 2 }, [centered]);
    const normalization = { radius: 2, bias: 1, alpha: 1e-4, beta: 0.75 } as const;
    const lrn = s.add("lrn", { kind: "local-response-normalization", ...normalization }, [square]);
    return s.add("max", { kind: "reduce", function: "max", axes: [1, 2], keepsAxes: false }, [lrn]);
  });
  expect(printLowered(graph)).toBe(`graph sketch
x = input : [?, 5, 4, 3]
leaky = leaky-relu slope 0.1 (x) : [?, 5, 4, 3]
mean = mean over 1 3 kept (leaky) : [?, 1, 4, 1]
centered = subtract (leaky, mean) : [?, 5, 4, 3]
square = power 2 (centered) : [?, 5, 4, 3]
lrn = local-response-normalization radius 2 bias 1 alpha 0.0001 beta 0.75 (square) : [?, 5, 4, 3]
max = max over 1 2 (lrn) : [?, 3]
output y = max
`);
});

it("a builder refuses a name twice and an operand that is not there", () => {
  const builder = lowerInto("m");
  const x = builder.add("x", { kind: "input", type: { element: "float32", shape: [null, 4] } }, []);
  expect(() => builder.add("x", { kind: "identity" }, [x])).toThrow("two nodes are named x");
  expect(() => builder.add("y", { kind: "identity" }, [{ node: "z", output: 0 }])).toThrow(
    "nothing is named z",
  );
  expect(() => builder.typeOf({ node: "x", output: 1 })).toThrow("nothing is named x:1");
});

const square = {
  stride: [1, 1],
  dilation: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
} as const;

const misfits: readonly (readonly [sentence: string, build: (s: Sketch) => unknown])[] = [
  [
    "y: a kernel of rank 3",
    (s) => withOperand(s, { kind: "convolution", window: { ...square, size: [1, 1] }, groups: 1 }, [1, 3, 2]),
  ],
  [
    "y: a kernel for 2 channels on 3",
    (s) =>
      withOperand(s, { kind: "convolution", window: { ...square, size: [1, 1] }, groups: 1 }, [1, 1, 2, 2]),
  ],
  [
    "y: the kernel is not of the window's size",
    (s) =>
      withOperand(s, { kind: "convolution", window: { ...square, size: [1, 2] }, groups: 1 }, [1, 1, 3, 2]),
  ],
  [
    "y: the window does not fit",
    (s) =>
      withOperand(s, { kind: "convolution", window: { ...square, size: [6, 1] }, groups: 1 }, [6, 1, 3, 2]),
  ],
  ["y: bias wants one value per channel", (s) => withOperand(s, { kind: "bias" }, [4])],
  ["y: matmul of shapes that do not fit", (s) => withOperand(s, { kind: "matmul" }, [3, 2])],
  ["y: concat of unequal sizes", (s) => withOperand(s, { kind: "concat" }, [5, 4, 3])],
  ["y: concat of unequal sizes", (s) => withOperand(s, { kind: "concat", axis: 1 }, [1, 5, 4, 3])],
  [
    "y: values are joined along an axis behind the batch",
    (s) => withOperand(s, { kind: "concat", axis: 0 }, [1, 5, 4, 3]),
  ],
  ["y: there is no such share", (s) => onInput(s, { kind: "batch-share", index: 2, of: 2 })],
  [
    "y: only what has a batch is joined",
    (s) =>
      s.add("y", { kind: "batch-join" }, [
        { node: "x", output: 0 },
        { node: "x", output: 0 },
        s.constant("c", [5, 4, 3]),
      ]),
  ],
  ["y: shares of unequal sizes", (s) => sharesOf(s, [5, 4, 2])],
  ["y: add of unequal shapes", (s) => withOperand(s, { kind: "add" }, [5, 4, 1, 3])],
  ["y: subtract of unequal shapes", (s) => withOperand(s, { kind: "subtract" }, [2, 5, 4, 3])],
  [
    "y: the reduced axes are not distinct ones behind the batch",
    (s) => onInput(s, { kind: "reduce", function: "max", axes: [0, 1], keepsAxes: true }),
  ],
  [
    "y: the reduced axes are not distinct ones behind the batch",
    (s) => onInput(s, { kind: "reduce", function: "mean", axes: [2, 2], keepsAxes: false }),
  ],
  [
    "y: the reduced axes are not distinct ones behind the batch",
    (s) => onInput(s, { kind: "reduce", function: "mean", axes: [4], keepsAxes: false }),
  ],
  ["y: softmax takes 1 operands, not 2", (s) => withOperand(s, { kind: "softmax" }, [3])],
  ["y: reshape changes the number of elements", (s) => onInput(s, { kind: "reshape", shape: [61] })],
  [
    "y: no permutation of the axes behind the batch",
    (s) => onInput(s, { kind: "transpose", permutation: [0, 1, 1, 3] }),
  ],
  [
    "y: no permutation of the axes behind the batch",
    (s) => onInput(s, { kind: "transpose", permutation: [1, 0, 2, 3] }),
  ],
  ["y: padding of another rank", (s) => onInput(s, { kind: "pad", padding: [[0, 0]], value: 0 })],
  [
    "y: pools are not dilated",
    (s) => onInput(s, { kind: "max-pool", window: { ...square, size: [2, 2], dilation: [1, 2] } }),
  ],
  [
    "y: some windows see nothing but padding",
    (s) =>
      onInput(s, {
        kind: "max-pool",
        window: {
          ...square,
          size: [2, 2],
          padding: [
            [2, 0],
            [0, 0],
          ],
        },
      }),
  ],
  [
    "y: some windows see nothing but padding",
    (s) =>
      onInput(s, {
        kind: "max-pool",
        window: {
          ...square,
          size: [2, 2],
          padding: [
            [0, 0],
            [0, 2],
          ],
        },
      }),
  ],
  [
    "y: a window over 1 axes on a value of rank 4",
    (s) => onInput(s, { kind: "max-pool", window: { ...square, size: [2] } }),
  ],
];

function sharesOf(s: Sketch, shape: readonly number[]): void {
  const x = { node: "x", output: 0 };
  const other = s.add("other", { kind: "input", type: { element: "float32", shape: [null, ...shape] } }, []);
  s.add("y", { kind: "batch-join" }, [x, other, x]);
}

function onInput(s: Sketch, primitive: Primitive): void {
  s.add("y", primitive, [{ node: "x", output: 0 }]);
}

function withOperand(s: Sketch, primitive: Primitive, shape: readonly number[]): void {
  s.add("y", primitive, [{ node: "x", output: 0 }, s.constant("c", shape)]);
}

it("operands that do not fit are a bug that names the node", () => {
  for (const [sentence, build] of misfits) {
    const attempt = () =>
      sketch([5, 4, 3], (s, x) => {
        build(s);
        return x;
      });
    expect(attempt, sentence).toThrow(InternalError);
    expect(attempt, sentence).toThrow(sentence);
  }
});

it("a pool may start in the padding, and be padded by more than it needs", () => {
  const window = {
    ...square,
    size: [2, 2],
    stride: [3, 3],
    padding: [
      [1, 0],
      [0, 3],
    ],
  } as const;
  const type = { element: "float32", shape: [null, 5, 4, 3] } as const;
  expect(inferTypes("y", { kind: "max-pool", window }, [type])).toEqual([
    { element: "float32", shape: [null, 2, 2, 3] },
  ]);
});

it("the verifier refuses what no builder makes", () => {
  const graph = sketch([4], (s, x) => s.relu("relu", x));
  const [x, relu] = graph.nodes as readonly [LoweredNode, LoweredNode];
  const withNodes = (...nodes: readonly LoweredNode[]): LoweredGraph => ({ ...graph, nodes });
  expect(() => verifyLowered(graph)).not.toThrow();
  expect(() => verifyLowered(withNodes(relu, x))).toThrow("relu refers to x:0, which is not before it");
  expect(() => verifyLowered(withNodes(x, relu, relu))).toThrow("two nodes are named relu");
  expect(() => verifyLowered(withNodes(x))).toThrow("the port y refers to relu:0");
  expect(() => verifyLowered(withNodes(x, { ...relu, name: "a:b" }))).toThrow("the name a:b is not portable");
  expect(() => verifyLowered(withNodes(x, { ...relu, control: ["later"] }))).toThrow("relu waits for later");
  const wrong = { ...relu, outputs: [{ element: "float32", shape: [null, 5] }] } as const;
  expect(() => verifyLowered(withNodes(x, wrong))).toThrow("relu says [?, 5] and computes [?, 4]");
});

it("a form has the outputs of the graph", () => {
  const graph = sketch([5, 4, 3], (s, x) => ({ y: s.relu("relu", x), z: s.mean("mean", x) }));
  const [y, z] = graph.outputs;
  if (y === undefined || z === undefined) throw new Error("the sketch has two outputs");
  const withForm = (outputs: LoweredGraph["outputs"]): LoweredGraph => ({
    ...graph,
    forms: [{ name: "bands", parts: 2, outputs }],
  });
  expect(() => verifyLowered(withForm([y, z]))).not.toThrow();
  expect(() => verifyLowered(withForm([y]))).toThrow("bands has other outputs");
  expect(() => verifyLowered(withForm([z, y]))).toThrow("bands has other outputs");
  expect(() => verifyLowered(withForm([y, { ...z, ref: y.ref }]))).toThrow("bands has other outputs");
  expect(printLowered(withForm([y, z]))).toMatch(
    /form bands of 2 parts\noutput y = relu\noutput z = mean\n$/,
  );
});
