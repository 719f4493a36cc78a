/** Conventions as data, and their totals of whole models against the tools of their names. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { check } from "../../src/compile.ts";
import { elementCount } from "../../src/ir/shape.ts";
import { conventionOf, type Spelling } from "../../src/measure/convention.ts";
import { conventionData, conventionIds, conventionNamed } from "../../src/measure/conventions.ts";
import { parseExpression, type Symbols } from "../../src/measure/expression.ts";
import { foldableNorms } from "../../src/measure/foldable.ts";
import { SYMBOLS, symbolsOf } from "../../src/measure/symbols.ts";
import { countsOf, isBound } from "../../src/ops/counts.ts";
import type { CheckedGraph, OpNode } from "../../src/ops/op.ts";
import { convention, golden, IDS, type MeasuredModel, totalOf } from "./golden-conventions.ts";
import { measuredGraph } from "./measured-models.ts";
import { elaborateTarget, graphOf, load, SPECS } from "./spec-files.ts";

it("is data that the published schema describes, with symbols that rules may read and no others", () => {
  const schema = JSON.parse(
    readFileSync(new URL("../../schemas/convention-1.json", import.meta.url), "utf8"),
  );
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
  for (const data of conventionData()) {
    expect(validate(data) ? [] : validate.errors, data.id).toEqual([]);
    const expressions = textsIn(data.rules).concat(data.otherwise ?? []);
    const names = new Set(expressions.flatMap((text) => [...parseExpression(text).names]));
    expect([...names].toSorted(), data.id).toEqual([...data.symbols].toSorted());
    expect(data.symbols.filter((name) => SYMBOLS[name] === undefined)).toEqual([]);
  }
});

function textsIn(rules: unknown): readonly string[] {
  if (typeof rules === "string") return [rules];
  return Object.values(rules ?? {}).flatMap(textsIn);
}

it("lists every measured convention, each name once a version", () => {
  for (const name of Object.keys(golden.conventions)) expect(conventionIds()).toContain(IDS[name] ?? name);
  const names = conventionData().flatMap(({ id, version, sameAs = [] }) =>
    [version, ...sameAs].map((each) => `${id}@${each}`),
  );
  expect(new Set(names).size).toBe(names.length);
});

/** Names of operations in the measurements, and here. */
const OPS: Readonly<Record<string, string>> = {
  max_pool: "maxpool",
  avg_pool: "avgpool",
  global_avg_pool: "gap",
};

/** Of each operation that a model writes as a function, the last ones are: PyTorch's own networks end that way. */
function spellingsOf(
  { spelling }: MeasuredModel,
  graph: CheckedGraph,
): (node: OpNode) => Spelling | undefined {
  const spelled = new Map<number, Spelling>();
  for (const [name, { module = 0, function: called = 0 }] of Object.entries(spelling)) {
    const nodes = graph.nodes.filter(({ op }) => op.name === (OPS[name] ?? name));
    expect(nodes.length, name).toBe(module + called);
    for (const [index, { id }] of nodes.entries()) spelled.set(id, index < module ? "module" : "function");
  }
  return ({ id }) => spelled.get(id);
}

it.each(Object.entries(golden.models))("counts a whole model as the tools do: %s", (id, model) => {
  const graph = measuredGraph(id);
  const options = { spellingOf: spellingsOf(model, graph) };
  const expected = { ...model.values, ...model.values_by_rule };
  const found = Object.fromEntries(
    Object.keys(expected).map((name) => [name, totalOf(name, graph, options)]),
  );
  expect(found).toEqual(expected);
  expect(Object.keys(expected).toSorted()).toEqual(Object.keys(golden.conventions).toSorted());
});

it.each(Object.entries(golden.bn_fold))(
  "folds the batch norms that can be: %s",
  (id, { foldable, fvcore_without_foldable_bn }) => {
    const graph = measuredGraph(id);
    expect(foldableNorms(graph).size).toBe(foldable);
    expect(totalOf("fvcore", graph, { norms: "folded" })).toBe(fvcore_without_foldable_bn);
  },
);

const EXPORTED = Object.entries(golden.models).flatMap(([id, { onnx_tool_measured }]) => {
  const value = onnx_tool_measured?.["torchscript_bn_folded"]?.value;
  // This export adds shape arithmetic for the strided slices.
  return value === undefined || id === "resnet20_cifar" ? [] : [[id, value] as const];
});

it.each(EXPORTED)("counts folded batch norms as onnx-tool counts a folded export: %s", (id, value) => {
  expect(EXPORTED.length).toBeGreaterThan(3);
  expect(totalOf("onnx_tool", measuredGraph(id), { norms: "folded" })).toBe(value);
});

it("makes all of the difference between torchinfo and fvcore on a U-Net of transposed convolutions and biases", () => {
  const graph = measuredGraph("unet_valid_572");
  const counts = ["torchinfo", "fvcore"].map((name) =>
    convention(name).count(graph, { batch: 1, phase: "infer" }),
  );
  const differing = graph.nodes.filter(({ id }) => counts[0]?.[id]?.amount !== counts[1]?.[id]?.amount);
  expect(new Set(differing.map(({ op }) => op.name))).toEqual(new Set(["conv", "upconv"]));
  const difference = (name: string): bigint =>
    differing
      .filter(({ op }) => op.name === name)
      .reduce((sum, { id }) => sum + (counts[0]?.[id]?.amount ?? 0n) - (counts[1]?.[id]?.amount ?? 0n), 0n);
  // Of a window of 2x2 that moves by 2, (W + Co)*S is four times W*s, and Co*S more.
  const biases = graph.nodes
    .filter(({ op }) => op.name === "conv" || op.name === "upconv")
    .reduce((sum, { shape }) => sum + elementCount(shape), 0n);
  const upconvs = graph.nodes
    .filter(({ op }) => op.name === "upconv")
    .map(({ id }) => counts[1]?.[id]?.amount ?? 0n);
  expect(difference("conv") + difference("upconv")).toBe(
    biases + 3n * upconvs.reduce((sum, each) => sum + each, 0n),
  );
});

it("does not depend on how a spec is written", () => {
  const model = (body: string): CheckedGraph =>
    graphOf({
      text: `dn 1;\nmodel m { set order = bare; input x: f32[3 @ 8x8]; output y = x < conv 3 -> 4; ${body} >; }\n`,
    });
  const pairs = [
    ["conv 3 (act=relu) -> 4", "conv 3 -> 4; relu"],
    ["conv 3 (order=post) -> 4", "conv 3 (bias=false) -> 4; bn; relu"],
    ["concat < id | conv 3 -> 2 | conv 1 -> 2 >", "concat < id | concat < conv 3 -> 2 | conv 1 -> 2 > >"],
    ["add < id | conv 3 -> 4 | conv 1 -> 4 >", "add < add < id | conv 3 -> 4 > | conv 1 -> 4 >"],
  ] as const;
  for (const [one, other] of pairs) {
    for (const id of conventionIds())
      expect(totalOf(id, model(one)), `${id}: ${one}`).toBe(totalOf(id, model(other)));
  }
});

it("counts a pool of single elements as the slice that it is", () => {
  const { graph } = elaborateTarget({
    text: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < maxpool 1 /2; avgpool 1 /2 >; }\n",
  });
  if (graph === undefined) throw new Error("no graph");
  for (const id of conventionIds()) expect(totalOf(id, graph), id).toBe(0);
});

it("counts every shipped network under every convention, and multiply-adds as the spec promises them", () => {
  const names = readdirSync(SPECS).filter((name) => name.endsWith(".dn"));
  let nModels = 0;
  for (const name of names) {
    const { models } = check(
      { path: join(SPECS, name), text: readFileSync(join(SPECS, name), "utf8") },
      { load },
    );
    for (const { graph } of models) {
      if (graph === undefined || !isBound(graph)) continue;
      nModels += 1;
      const { macs } = countsOf(graph.nodes, graph);
      expect(BigInt(totalOf("macs", graph)), graph.name).toBe(macs);
      for (const id of conventionIds())
        expect(totalOf(id, graph), `${id} of ${graph.name}`).toBeGreaterThan(0);
      expect(totalOf("flops", graph)).toBeGreaterThan(2 * totalOf("macs", graph));
    }
  }
  expect(nModels).toBeGreaterThan(40);
});

it("gives every symbol that it explains", () => {
  const graph = graphOf({
    text: "dn 1;\nmodel m { input x: f32[6 @ 10x12]; output y = x < upconv 3 (groups=2, pad=1, outpad=1) -> 8 >; }\n",
  });
  const [, node] = graph.nodes;
  if (node === undefined) throw new Error("no node");
  const symbols = symbolsOf(node, graph, { batch: 2, absorbsNorm: false });
  expect(Object.keys(symbols).toSorted()).toEqual(Object.keys(SYMBOLS).toSorted());
  expect(symbols).toMatchObject({
    N: 2n,
    W: 216n,
    S: 960n,
    s: 240n,
    b: 1n,
    K: 9n,
    T: 4n,
    g: 2n,
    Q: 60n,
    X: 1440n,
    Y: 7680n,
  });
});

it("computes exactly, and says what it cannot read", () => {
  const value = (text: string, symbols: Symbols = {}): string => {
    const { numerator, denominator } = parseExpression(text).evaluate(symbols);
    return `${numerator}/${denominator}`;
  };
  expect(value("1 + 2*3 - 4/6")).toBe("19/3");
  expect(value("-(a - b)*9007199254740993", { a: 1n, b: 3n })).toBe("18014398509481986/1");
  expect(value("12/2/3")).toBe("2/1");
  expect(value("2*floor(a/g)*b - floor(-1/2)", { a: 7n, g: 2n, b: 5n })).toBe("31/1");
  for (const [text, message] of [
    ["", "the end is unexpected"],
    ["2 +", "the end is unexpected in `2 +`"],
    ["floor 2", "`2` is unexpected in `floor 2`"],
    ["2 $ 3", "`$` is unexpected"],
    ["(1", "the end is unexpected"],
    ["1 2", "`2` is unexpected"],
    ["z", "`z` has no value"],
    ["1/(2-2)", "divides by zero"],
  ] as const) {
    expect(() => value(text), text).toThrow(message);
  }
});

it("pins versions, and tells which there are", () => {
  expect(convention("fvcore@3378afe")).toBe(convention("fvcore"));
  expect(convention("ptflops@before-149").data.rules["upconv"]).toBe("W*S + b*Y");
  expect(conventionNamed("fvcor")).toMatchObject({ help: "did you mean `fvcore`?" });
  expect(conventionNamed("fvcore@9")).toEqual({
    why: "`fvcore` has no version `9`",
    help: "there are `fvcore@0.1.5.post20221221`, `fvcore@3378afe`",
  });
});

it("refuses a count that is no integer", () => {
  const data = { ...convention("macs").data, rules: { relu: "Y/7" } };
  const graph = graphOf({ text: "dn 1;\nmodel m { input x: f32[3 @ 4x4]; output y = x < relu >; }\n" });
  expect(() => conventionOf(data).count(graph, { batch: 1, phase: "infer" })).toThrow("counts 48/7 by `Y/7`");
});
