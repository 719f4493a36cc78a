/** Networks as a person may write them have the counts of those in `specs/`. */
import { expect, it } from "vitest";
import { check } from "../src/compile.ts";
import { countsOf } from "../src/ops/counts.ts";
import { elaborateTarget, graphOf, type SpecTarget } from "./report/spec-files.ts";
import { CIFAR_RESNET, DENSENET_FAMILY, INCEPTION, SEED, SEVERAL_INPUTS, UNET } from "./report/spec-texts.ts";

function paramsOf(target: SpecTarget): bigint {
  const graph = graphOf(target);
  return countsOf(graph.nodes, graph).params;
}

it("the seed alone checks, and is the first block of DenseNet-121", () => {
  const errors = check({ path: "seed.dn", text: SEED }).diagnostics.filter(
    ({ severity }) => severity === "error",
  );
  expect(errors).toEqual([]);
  const text = `${SEED}\nmodel one { set order = pre; input x: f32[64 @ 56x56]; output y = x < dense > : f32[256 @ 56x56]; }`;
  const graph = graphOf({ text: `dn 1;\n${text}` });
  expect(countsOf(graph.nodes, graph)).toEqual({ params: 335_040n, buffers: 3_264n, macs: 1_040_449_536n });
});

it("the DenseNet-BC family of one model has the parameters of its members", () => {
  const names = ["densenet121", "densenet169", "densenet201", "densenet161"];
  expect(names.map((model) => paramsOf({ text: DENSENET_FAMILY, model }))).toEqual([
    7_978_856n,
    14_149_480n,
    20_013_928n,
    28_681_000n,
  ]);
});

it("the DenseNet without bottlenecks written with a loop has its published parameters", () => {
  expect(paramsOf({ text: DENSENET_FAMILY, model: "densenet40" })).toBe(1_019_722n);
});

it("the CIFAR ResNets with projections have their published parameters, up to 1202 layers", () => {
  expect(paramsOf({ text: CIFAR_RESNET, model: "resnetCifar" })).toBe(1_730_714n);
  expect(paramsOf({ text: CIFAR_RESNET, model: "resnet1202" })).toBe(19_424_026n);
});

it("a network of several inputs and the shortest U-Net have their published parameters", () => {
  expect(paramsOf({ text: SEVERAL_INPUTS, input: "T=100" })).toBe(83_574n);
  expect(paramsOf({ text: UNET, input: "H=64,W=64" })).toBe(31_030_658n);
});

it("a budget that is missed by one is an error", () => {
  const text = INCEPTION.replace("params == 163_696", "params == 163_697");
  const { diagnostics } = elaborateTarget({ text });
  expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
    ["DN0614", "expected `params == 163_697`, and params is 163,696"],
  ]);
});
