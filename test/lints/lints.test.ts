/** Lints: their fixes mend what they tell of, and what they assume of operations is so. */
import { expect, it } from "vitest";
import type { Diagnostic } from "../../src/base/diagnostic.ts";
import { check, elaborate } from "../../src/compile.ts";
import { printShape } from "../../src/ir/shape.ts";
import type { Tensor } from "../../src/ir/tensor.ts";
import { keepsConstants } from "../../src/lints/bias-cancelled.ts";
import { keepsShape } from "../../src/lints/families.ts";
import { LINTS } from "../../src/lints/index.ts";
import { STAGES } from "../../src/ops/index.ts";
import { input } from "../../src/ops/input.ts";
import { interpret } from "../../src/ops/interpret.ts";
import { elementsOf } from "../../src/ops/reference-tensor.ts";
import { hashFill, hashInput } from "../../src/weights/hash.ts";
import { checkSpec, loaderFrom, specNames } from "../golden-specs.ts";

const errors = new URL("../golden/errors/", import.meta.url);
const lintCodes = new Set(LINTS.flatMap(({ kinds }) => kinds).map(({ code }) => code));

const fixes = specNames(errors).flatMap((name) => {
  const { diagnostics, source } = checkSpec(errors, `${name}.dn`);
  return diagnostics.flatMap(({ code, fix }, index) =>
    lintCodes.has(code) && fix !== undefined ? [{ name, code, index, fix, diagnostics, source }] : [],
  );
});

it("changes no network without a person, but for inputs whose channels are written last", () => {
  expect(new Set(fixes.map(({ code }) => code)).size).toBeGreaterThan(4);
  const applied = fixes.filter(({ fix }) => fix.applicability === "machine-applicable");
  expect([...new Set(applied.map(({ code }) => code))]).toEqual(["DN0411"]);
});

it.each(fixes)(
  "mends $code in $name, and nothing else becomes wrong",
  ({ fix, index, diagnostics, source }) => {
    let { text } = source;
    for (const { span, text: replacement } of fix.edits.toSorted((a, b) => b.span.start - a.span.start)) {
      expect(span.file).toBe(source);
      text = text.slice(0, span.start) + replacement + text.slice(span.end);
    }
    const files = new Map([[source.path, { path: source.path, text }]]);
    const after = check({ path: source.path, text }, { load: loaderFrom(errors, files) }).diagnostics;
    // A count in a message may change with the network.
    const told = ({ code, message }: Diagnostic): string => `${code} ${message.replace(/[\d,]+$/, "#")}`;
    const left = after.map(told).sort();
    expect(left).toEqual(
      diagnostics
        .filter((_, at) => at !== index)
        .map(told)
        .sort(),
    );
  },
);

/** Walking to the ends of the row from each stage of it took minutes. */
it("looks at long rows in time", { timeout: 30_000 }, () => {
  const row = "repeat 15000 < dropout; relu >";
  const text = `dn 1;\nmodel m { set order = bare; input x: f32[3 @ 8x8]; output y = x < ${row}; conv 1 /2 -> 8; ${row}; bn; gap; linear -> 2 >; }\n`;
  const { diagnostics } = check({ path: "row.dn", text });
  const found = new Set(diagnostics.map(({ code }) => code));
  expect([...found].sort()).toEqual(["DN0602", "DN0609", "DN0611"]);
});

/** Noting each position that they read took more memory than there is. */
it("looks at windows of any length", () => {
  const codesOf = (stage: string): readonly string[] => {
    const text = `dn 1;\nmodel m { set order = bare; input x: f32[1 @ 2000000000]; output y = x < ${stage} -> 2; gap >; }\n`;
    return check({ path: "long.dn", text }).diagnostics.map(({ code }) => code);
  };
  expect(codesOf("conv 1000000001 /2000000000")).toContain("DN0602");
  expect(codesOf("conv 1000000001 /1000000001")).not.toContain("DN0602");
  expect(codesOf("conv 2 (dilation=2) /4")).toContain("DN0602");
  expect(codesOf("conv 3 (dilation=2) /3")).not.toContain("DN0602");
});

/** The examples of all stages, each as a model of its own. */
const examples = STAGES.flatMap(({ examples: all }) =>
  all.map(({ source, input }) => {
    const type = `f32${printShape(input)}`;
    const text = `dn 1;\nmodel m { set order = bare; input x: ${type}; output y = x < ${source} >; }\n`;
    const { graph } = elaborate({ path: "example.dn", text });
    if (graph === undefined) throw new Error(`no graph of ${source}`);
    return { source, input, graph };
  }),
);

it("takes for keeping the shape what does", () => {
  const kept = examples.flatMap(({ graph }) =>
    graph.nodes.filter(keepsShape).map((node) => [node, graph.nodes[node.inputs[0] ?? -1]] as const),
  );
  expect(kept.length).toBeGreaterThan(20);
  for (const [node, source] of kept)
    expect(printShape(node.shape), node.path).toBe(source && printShape(source.shape));
});

it("takes for keeping constants what does", () => {
  const kept = examples.filter(({ graph }) =>
    graph.nodes.every((node) => node.op === input || keepsConstants(node)),
  );
  expect(kept.length).toBeGreaterThan(8);
  for (const { source, input: shape, graph } of kept) {
    const run = (x: Tensor): Tensor => interpret(graph, hashFill(graph), { x }).get("y") ?? x;
    const before = hashInput(shape);
    const [y, shifted] = [run(before), run(withConstants(before))];
    const length = elementsOf(y.shape.slice(2));
    y.data.forEach((value, index) => {
      const first = index - (index % length);
      const added = (shifted.data[index] ?? 0) - value;
      expect(added, source).toBeCloseTo((shifted.data[first] ?? 0) - (y.data[first] ?? 0), 9);
    });
  }
});

/** 1 on the first channel, 2 on the second … */
function withConstants({ shape, data }: Tensor): Tensor {
  const length = elementsOf(shape.slice(2));
  return { shape, data: data.map((value, index) => value + 1 + Math.floor(index / length)) };
}
