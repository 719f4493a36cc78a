/** The references against PyTorch, call by call. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Tensor } from "../../src/ir/tensor.ts";
import { STAGES } from "../../src/ops/index.ts";
import type { Call, OpStage } from "../../src/ops/op.ts";
import { hashUniform } from "../../src/weights/hash.ts";
import { applyOp, expectClose, tensor } from "./apply.ts";

const OPS = STAGES.filter((stage): stage is OpStage<unknown> => "reference" in stage);

interface Case {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly [readonly number[], ...(readonly number[])[]];
  readonly factor?: number;
  readonly call: Partial<Call>;
  readonly output: { readonly shape: readonly number[]; readonly data: readonly number[] };
}

const golden: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL("../golden/torch-ops.json", import.meta.url), "utf8"),
);

/** The numbers of `scripts/torch-ops.py`. */
function numbered(index: number, shape: readonly number[], low: number) {
  const count = shape.reduce((result, size) => result * size, 1);
  const values = Array.from({ length: count }, (_, element) => low + 2 * hashUniform(1000 * index + element));
  return tensor(shape, values);
}

for (const { name, op, inputs, factor = 1, call, output } of golden.cases) {
  it(`PyTorch computes the same: ${name}`, () => {
    const stage = OPS.find((candidate) => candidate.name === op);
    if (stage === undefined) throw new Error(`the golden file knows ${op}, and src/ops does not`);
    const [first, ...rest] = inputs;
    const input = (shape: readonly number[], index: number): Tensor => {
      const { data } = numbered(index, shape, -1);
      return { shape, data: data.map((value) => factor * value) };
    };
    const result = applyOp(
      stage,
      call,
      [input(first, 0), ...rest.map((shape, index) => input(shape, index + 1))],
      ({ role, shape }, index) => {
        const weight = numbered(10 + index, shape, -1);
        // Variances lie in [0.5, 1.5).
        return role === "variance" ? { shape, data: weight.data.map((value) => (value + 2) / 2) } : weight;
      },
    );
    expectClose(result, tensor(output.shape, output.data), 1e-9);
  });
}

it("every operation is held against PyTorch", () => {
  const seen = new Set(golden.cases.map(({ op }) => op));
  expect([...seen].sort()).toEqual(OPS.map(({ name }) => name).sort());
});
