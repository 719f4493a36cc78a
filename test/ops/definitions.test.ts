/** The references on cases small enough to compute by hand from the definitions. */
import { expect, it } from "vitest";
import { add } from "../../src/ops/add.ts";
import { avgpool } from "../../src/ops/avgpool.ts";
import { bn } from "../../src/ops/bn.ts";
import { concat } from "../../src/ops/concat.ts";
import { conv } from "../../src/ops/conv.ts";
import { dropout } from "../../src/ops/dropout.ts";
import { flatten } from "../../src/ops/flatten.ts";
import { gap } from "../../src/ops/gap.ts";
import { id } from "../../src/ops/id.ts";
import { linear } from "../../src/ops/linear.ts";
import { maxpool } from "../../src/ops/maxpool.ts";
import { relu } from "../../src/ops/relu.ts";
import { sigmoid } from "../../src/ops/sigmoid.ts";
import { softmax } from "../../src/ops/softmax.ts";
import { applyOp, expectClose, tensor, type WeightMaker } from "./apply.ts";

/** Weights by name, in the shapes that the operation asks for. */
function weights(values: Readonly<Record<string, readonly number[]>>): WeightMaker {
  return ({ name, shape }) => tensor(shape, values[name] ?? []);
}

const signal = (...values: readonly number[]) => tensor([1, 1, values.length], values);

it("a convolution reads zeros outside of its input", () => {
  // y[i] = x[i-1] - x[i+1]
  const y = applyOp(
    conv,
    { kernel: [3], channels: 1 },
    [signal(1, 2, 3, 4, 5)],
    weights({ weight: [1, 0, -1] }),
  );
  expectClose(y, signal(-2, -2, -2, -2, 4));
});

it("a convolution steps by its stride, reads by its dilation, and pads its sides apart", () => {
  // Padded: 0 1 2 3 4 5; windows at 0 and 2 read the positions (0, 2) and (2, 4).
  const y = applyOp(
    conv,
    { kernel: [2], stride: [2], channels: 1, arguments: { dilation: [2], pad: [[1, 0]] } },
    [signal(1, 2, 3, 4, 5)],
    weights({ weight: [1, 10] }),
  );
  expectClose(y, signal(20, 42));
});

it("a convolution does not flip its kernel", () => {
  const x = tensor([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const y = applyOp(conv, { kernel: [2, 2], channels: 1 }, [x], weights({ weight: [1, 2, 3, 4] }));
  expectClose(y, tensor([1, 1, 2, 2], [37, 47, 67, 77]));
});

it("a convolution sums over the input channels of its own sample and adds the bias of its channel", () => {
  const x = tensor([2, 2, 2], [1, 2, 10, 20, 3, 4, 30, 40]);
  const y = applyOp(
    conv,
    { kernel: [1], channels: 2, arguments: { bias: true } },
    [x],
    weights({ weight: [1, 1, 2, -1], bias: [100, 0] }),
  );
  expectClose(y, tensor([2, 2, 2], [111, 122, -8, -16, 133, 144, -24, -32]));
});

it("a convolution of a volume has one number of its kernel for each position of the window", () => {
  const x = tensor([1, 1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  const kernel = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];
  const y = applyOp(conv, { kernel: [2], channels: 1 }, [x], weights({ weight: kernel }));
  expectClose(y, tensor([1, 1, 1, 1, 1], [87_654_321]));
});

it("a linear layer multiplies by a matrix and adds its bias", () => {
  const x = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
  const weight = [1, 0, 0, 1, 1, 1];
  const y = applyOp(linear, { channels: 2 }, [x], weights({ weight, bias: [10, 0] }));
  expectClose(y, tensor([2, 2], [11, 6, 14, 15]));
  const unbiased = applyOp(linear, { channels: 2, arguments: { bias: false } }, [x], weights({ weight }));
  expectClose(unbiased, tensor([2, 2], [1, 6, 4, 15]));
});

it("the padding of a maximum pool never wins", () => {
  const y = applyOp(maxpool, { kernel: [3], stride: [2] }, [signal(-3, -4, -5, -6)]);
  expectClose(y, signal(-3, -4));
});

it("in ceil mode a pool keeps the last window that starts in its input", () => {
  // Windows start at -1, 1, 3 and 5.
  const x = signal(1, 2, 3, 4, 5, 6);
  const call = { kernel: [3], stride: [2], arguments: { ceil: true } };
  expectClose(applyOp(maxpool, call, [x]), signal(2, 4, 6, 6));
  // The last window holds 6 and one zero of the padding; its third row is no padding and does not count.
  expectClose(applyOp(avgpool, call, [x]), signal(1, 3, 5, 3));
});

it("in ceil mode a pool drops the window that would start behind its input", () => {
  const call = { kernel: [2], stride: [2], arguments: { pad: [[1, 1]], ceil: true } };
  expectClose(applyOp(maxpool, call, [signal(1, 2, 3, 4, 5)]), signal(1, 3, 5));
});

it("an average pool in ceil mode divides by the elements that it reads", () => {
  const call = { kernel: [2], arguments: { ceil: true } };
  expectClose(applyOp(avgpool, call, [signal(2, 4, 6, 8, 10)]), signal(3, 7, 10));
});

it("an average pool counts its padding unless told otherwise", () => {
  const x = signal(3, 6, 9);
  const call = { kernel: [3], stride: [1] };
  expectClose(applyOp(avgpool, call, [x]), signal(3, 6, 5));
  expectClose(applyOp(avgpool, { ...call, arguments: { count_pad: false } }, [x]), signal(4.5, 6, 7.5));
});

it("an average pool with the padding of TensorFlow does not count it", () => {
  // Three windows need one more row, behind the input.
  const call = { kernel: [2], stride: [2], arguments: { pad: "same" } };
  expectClose(applyOp(avgpool, call, [signal(1, 2, 3, 4, 5)]), signal(1.5, 3.5, 5));
});

it("a pool may pad one side of one axis", () => {
  const x = tensor([1, 1, 2, 2], [1, 2, 3, 4]);
  const padding = [
    [1, 0],
    [0, 0],
  ];
  const call = { kernel: [2], arguments: { pad: padding } };
  expectClose(applyOp(avgpool, call, [x]), tensor([1, 1, 1, 1], [0.75]));
  expectClose(applyOp(maxpool, call, [x]), tensor([1, 1, 1, 1], [2]));
});

it("a pool of a volume leaves channels and samples apart", () => {
  const x = tensor(
    [2, 2, 1, 2, 2],
    Array.from({ length: 16 }, (_, index) => index),
  );
  const call = { kernel: [1, 2, 2] };
  expectClose(applyOp(maxpool, call, [x]), tensor([2, 2, 1, 1, 1], [3, 7, 11, 15]));
  expectClose(applyOp(avgpool, call, [x]), tensor([2, 2, 1, 1, 1], [1.5, 5.5, 9.5, 13.5]));
});

it("global average pooling is the mean over all positions", () => {
  const x = tensor([2, 2, 1, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expectClose(applyOp(gap, {}, [x]), tensor([2, 2], [2, 5, 8, 11]));
});

it("batch normalization uses the running statistics of each channel", () => {
  // Deviations are sqrt(3 + 1) = 2 and sqrt(8 + 1) = 3.
  const x = tensor([1, 2, 2], [1, 5, 2, -1]);
  const statistics = { running_mean: [1, 2], running_var: [3, 8] };
  const y = applyOp(
    bn,
    { arguments: { eps: 1 } },
    [x],
    weights({ weight: [4, 6], bias: [5, 7], ...statistics }),
  );
  expectClose(y, tensor([1, 2, 2], [5, 13, 7, 1]));
  const plain = applyOp(bn, { arguments: { eps: 1, affine: false } }, [x], weights(statistics));
  expectClose(plain, tensor([1, 2, 2], [0, 2, 0, -1]));
});

it("softmax sums to one over the channels at each position", () => {
  const x = tensor([1, 2, 2], [0, 7, Math.log(3), 7]);
  expectClose(applyOp(softmax, {}, [x]), tensor([1, 2, 2], [0.25, 0.5, 0.75, 0.5]));
});

it("softmax and sigmoid do not overflow", () => {
  expectClose(applyOp(softmax, {}, [tensor([1, 2], [1000, 1000])]), tensor([1, 2], [0.5, 0.5]));
  expectClose(applyOp(sigmoid, {}, [tensor([1, 2], [-1000, 1000])]), tensor([1, 2], [0, 1]));
});

it("sigmoid and relu work element by element", () => {
  const x = tensor([1, 3], [0, Math.log(3), -2]);
  expectClose(applyOp(sigmoid, {}, [x]), tensor([1, 3], [0.5, 0.75, 1 / (1 + Math.E ** 2)]));
  expectClose(applyOp(relu, {}, [x]), tensor([1, 3], [0, Math.log(3), 0]));
});

it("relu and maximum pools pass on what is not a number", () => {
  const x = signal(1, Number.NaN);
  expect(applyOp(relu, {}, [x]).data).toEqual(Float64Array.of(1, Number.NaN));
  expect(applyOp(maxpool, { kernel: [2] }, [x]).data).toEqual(Float64Array.of(Number.NaN));
});

it("concat joins the channels of each sample in the order of the operands", () => {
  const wide = tensor([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  const narrow = tensor([2, 1, 2], [10, 20, 30, 40]);
  const y = applyOp(concat, {}, [narrow, wide]);
  expectClose(y, tensor([2, 3, 2], [10, 20, 1, 2, 3, 4, 30, 40, 5, 6, 7, 8]));
});

it("add sums all of its operands", () => {
  const y = applyOp(add, {}, [signal(1, 2), signal(10, 20), signal(100, 200)]);
  expectClose(y, signal(111, 222));
});

it("flatten puts the channels outermost", () => {
  const x = tensor([2, 2, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  expectClose(applyOp(flatten, {}, [x]), tensor([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]));
});

it("the identity and, at inference, dropout change nothing", () => {
  expectClose(applyOp(id, {}, [signal(1, -2)]), signal(1, -2));
  expectClose(applyOp(dropout, {}, [signal(1, -2)]), signal(1, -2));
});
