/** What is valid and lossless of models with free sizes, and what happens when sizes are given. */
import { expect, it } from "vitest";
import { silent } from "../src/base/diagnostic.ts";
import { spanText } from "../src/base/source.ts";
import { check, elaborate } from "../src/compile.ts";
import { loadImport } from "../src/runtime/source-files.ts";
import { parseSetting } from "../src/semantics/bindings.ts";
import type { SymbolConstraint } from "../src/semantics/symbol-table.ts";

/** A DenseNet-121 for any size; the pool of its stem is padded or not. */
function densenet(pool: string): string {
  return `dn 1;
import { denseFeatures, head } from "specs/densenet-blocks.dn";
model net {
  set order = pre;
  input x: f32[3 @ H, 224];
  output y = x < conv 7 (order=post) /2 -> 64; ${pool}; denseFeatures(blocks=[6, 12, 24, 16]); head(classes=10) >;
}`;
}

function constraintOf(text: string): SymbolConstraint | undefined {
  const { models, diagnostics } = check({ path: "net.dn", text }, { load: loadImport });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return models[0]?.constraints[0];
}

it("derives the smallest input of DenseNet-121, and the sizes at which it loses nothing", () => {
  expect(constraintOf(densenet("maxpool 3 /2"))).toEqual({
    symbol: "H",
    valid: { modulus: 1, residues: [0], min: 29, also: [] },
    lossless: { modulus: 32, residues: [0, 29, 30, 31], min: 29, also: [] },
  });
});

it("tells what a pool without padding costs", () => {
  expect(constraintOf(densenet("maxpool 3 (pad=0) /2"))).toEqual({
    symbol: "H",
    valid: { modulus: 1, residues: [0], min: 33, also: [] },
    lossless: { modulus: 32, residues: [1, 2], min: 33, also: [] },
  });
});

it("agrees with building the model for every size up to 80", () => {
  const constraint = constraintOf(densenet("maxpool 3 /2"));
  for (let size = 20; size <= 80; size += 1) {
    const text = densenet("maxpool 3 /2").replace("[3 @ H,", `[3 @ ${size},`);
    const { graph } = elaborate({ path: "net.dn", text }, { load: loadImport });
    expect(graph !== undefined, `${size}`).toBe(size >= (constraint?.valid.min ?? 0));
  }
});

const halving = `dn 1;
model net {
  input x: f32[3 @ H, W];
  output y = x < maxpool 2; maxpool 2 : [3 @ H/4, W/4] >;
}`;

function codesWith(
  inputs: readonly (readonly [string, readonly number[]])[],
  text: string = halving,
): readonly string[] {
  const bindings = { parameters: new Map(), inputs: new Map(inputs) };
  const { diagnostics } = elaborate({ path: "net.dn", text }, { bindings });
  return diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
}

it("wants numbers where numbers are needed (DN0314)", () => {
  expect(codesWith([])).toContain("DN0314");
  expect(codesWith([["H", [8]]])).toContain("DN0314");
  expect(
    codesWith([
      ["H", [8]],
      ["W", [12]],
    ]),
  ).toEqual([]);
  expect(codesWith([["x", [3, 8, 12]]])).toEqual([]);
});

it("names every size that has no value", () => {
  const messageWith = (inputs: readonly (readonly [string, readonly number[]])[], text: string) =>
    elaborate({ path: "net.dn", text }, { bindings: { parameters: new Map(), inputs: new Map(inputs) } })
      .diagnostics.filter(({ code }) => code === "DN0314")
      .map(({ message }) => message);
  expect(messageWith([["H", [8]]], halving)).toEqual(["the size `W` of `net` has no value"]);
  const volume = halving.replace("[3 @ H, W]", "[3 @ D, H, W]").replace(/ : .*?\]/, "");
  expect(messageWith([], volume)).toEqual(["the sizes `D`, `H` and `W` of `net` have no value"]);
});

it("refuses a size that the model cannot work on (DN0503)", () => {
  expect(codesWith([["x", [3, 10, 12]]])).toEqual(["DN0503"]);
});

it("refuses a size below the smallest (DN0504)", () => {
  const text = "dn 1; model net { input x: f32[3 @ H, 8]; output y = x < maxpool 3 (pad=0) /2 >; }";
  expect(codesWith([["H", [2]]], text)).toEqual(["DN0504"]);
  expect(codesWith([["H", [3]]], text)).toEqual([]);
});

it("holds given sizes against the `where`", () => {
  const text = "dn 1; model net where (H % 16 == 0) { input x: f32[3 @ H, 8]; output y = x < maxpool 2 >; }";
  expect(codesWith([["H", [500]]], text)).toEqual(["DN0503"]);
  expect(codesWith([["H", [512]]], text)).toEqual([]);
});

it("offers what was meant where an input, size or parameter is given that there is not", () => {
  const text =
    "dn 1;\nmodel net(classes = 10) { input image: f32[3 @ H, 8]; output y = image < gap; linear -> classes >; }";
  const told = (
    inputs: readonly (readonly [string, readonly number[]])[],
    ...settings: readonly string[]
  ) => {
    const parameters = new Map(
      settings.flatMap((each) => [parseSetting(each, silent)].filter((found) => found !== undefined)),
    );
    const bindings = { parameters, inputs: new Map(inputs) };
    const { diagnostics } = elaborate({ path: "net.dn", text }, { bindings, allowFree: true });
    return diagnostics.flatMap(({ severity, code, help = [] }) =>
      severity === "error" ? [code, ...help] : [],
    );
  };
  expect(told([["imgae", [3, 8, 8]]])).toEqual(["DN0312", "did you mean `image`?"]);
  expect(told([["h", [8]]])).toEqual(["DN0312", "did you mean `H`?"]);
  expect(told([["depth", [8]]])).toEqual(["DN0312", "it has `image` and `H`"]);
  expect(told([["H", [8]]], "clases=3")).toEqual(["DN0301", "it has `classes`; did you mean `classes`?"]);
});

it("shows the stage that a given size is too small for, and the sizes that lead to it", () => {
  const text =
    "dn 1;\nmodel net { input x: f32[3 @ H, 64]; output y = x < maxpool 2; maxpool 2; avgpool 3; gap >; }";
  const bindings = { parameters: new Map(), inputs: new Map([["H", [8]]]) };
  const { diagnostics } = elaborate({ path: "net.dn", text }, { bindings, allowFree: true });
  const [{ code, labels = [], sizes, help } = { code: "none" }] = diagnostics;
  expect(code).toBe("DN0504");
  expect(labels.map((label) => [spanText(label.span), label.text])).toEqual([
    ["avgpool", "needs avgpool fits in floor(H/4)"],
  ]);
  expect(sizes).toEqual(["input [3 @ 8x64]", "maxpool 2 [3 @ 4x32]", "maxpool 2 [3 @ 2x16]"]);
  expect(help).toEqual(["the nearest size is 12"]);
});
