/** Diagnostics as text: each golden shows one thing that the renderers must get right. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Diagnostic, Fix, Frame, Label } from "../../src/base/diagnostic.ts";
import type { SourceFile, Span } from "../../src/base/source.ts";
import { colorsWhere } from "../../src/cli/colors.ts";
import { inOrder, renderAll } from "../../src/cli/render/all.ts";
import { diagnosticToJson, renderJsonLines } from "../../src/cli/render/json.ts";
import { renderPlain } from "../../src/cli/render/plain.ts";
import { renderPretty } from "../../src/cli/render/pretty.ts";

const noColors = colorsWhere(false);

const file = (text: string, path = "specs/net.dn"): SourceFile => ({ path, text });

/** The span of `words` in the file, the `nth` time that they occur. */
function at(source: SourceFile, words: string, nth = 1): Span {
  let start = -1;
  for (let found = 0; found < nth; found += 1) {
    start = source.text.indexOf(words, start + 1);
    if (start < 0) throw new Error(`no ${words} in the source of the test`);
  }
  return { file: source, start, end: start + words.length };
}

/** From where `first` begins to where `last` ends. */
function from(source: SourceFile, first: string, last: string): Span {
  return { file: source, start: at(source, first).start, end: at(source, last).end };
}

function error(span: Span | undefined, label: string, more: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: "DN0404",
    severity: "error",
    message: "cannot concat: axis H differs, 56 and 28",
    ...(span && { span }),
    label,
    ...more,
  };
}

function label(span: Span, text: string): Label {
  return { span, text };
}

function pretty(diagnostic: Diagnostic, width = 100): string {
  return `${renderPretty(diagnostic, { colors: noColors, width })}\n`;
}

function golden(text: string, name: string): Promise<void> {
  return expect(text).toMatchFileSnapshot(`../golden/render/${name}.txt`);
}

const blog = file(
  `dn 1;

block dense(k, n) < repeat n < bottleneck 1x1; conv 3x3 stride=2; concat > >

model densenet121 {
  set order = pre;
  input x: f32[1 @ 224, 224];
  output y = x <
    conv 7 /2 -> 64;
    maxpool 3 /2;
    for n in [6, 12, 24, 16] < dense(k=32, n=n) as stage >;
    gap >;
}
`,
  "specs/blog.dn",
);

const model: Frame = {
  kind: "model",
  name: "densenet121",
  definition: at(blog, "model densenet121"),
  bindings: [],
};
const stage: Frame = {
  kind: "repeat",
  name: "stage",
  definition: at(blog, "for"),
  bindings: ["n=6"],
  iteration: { index: 1, total: 4 },
  parent: model,
};
const dense: Frame = {
  kind: "call",
  name: "dense",
  definition: at(blog, "block dense(k, n)"),
  call: at(blog, "dense(k=32, n=n)"),
  bindings: ["k=32", "n=6"],
  parent: stage,
};

const everything: Diagnostic = error(at(blog, "concat"), "joins [64 @ 56x56] with [32 @ 28x28]", {
  labels: [label(at(blog, "stride=2"), "28 comes from this stride")],
  frame: dense,
  iterations: { first: 1, failing: [1, 2, 3, 4, 6], total: 6 },
  sizes: [
    "input [1 @ 224x224]",
    "conv 7x7 s2 [64 @ 112x112]",
    "maxpool 3x3 s2 [64 @ 56x56]",
    "bottleneck [128 @ 56x56]",
    "conv 3x3 s2 [32 @ 28x28]",
  ],
  notes: ["holds only at H = 1: ceil(H/2) grows half as fast as H"],
  help: ["dense bodies keep H and W"],
  fix: {
    title: "remove `stride=2`",
    applicability: "machine-applicable",
    edits: [{ span: at(blog, " stride=2"), text: "" }],
  },
});

it("tells everything about a mistake in an expanded block", async () => {
  await golden(pretty(everything), "everything");
  await golden(pretty(everything, 72), "everything-narrow");
  await golden(`${renderPlain(everything)}\n`, "everything-plain");
  await golden(`${JSON.stringify(diagnosticToJson(everything), undefined, 2)}\n`, "everything-json");
  await golden(renderPretty(everything, { colors: colorsWhere(true), width: 100 }), "everything-color");
});

it("shows a mistake without any details", async () => {
  await golden(pretty(error(at(blog, "gap"), "")), "bare");
});

it("hangs labels of one line from their underlines, from right to left", async () => {
  const span = at(blog, "conv 3x3");
  const labels = [
    label(at(blog, "dense"), "the block"),
    label(at(blog, "repeat"), "the loop"),
    label(at(blog, "concat"), "the join"),
  ];
  await golden(pretty(error(span, "the convolution", { labels })), "stacked-labels");
});

it("shows what is wrong over what surrounds it", async () => {
  const labels = [
    label(at(blog, "conv 3x3 stride=2"), "the stage"),
    label(at(blog, "bottleneck 1x1; conv 3x3 stride=2; concat"), "the body"),
    label(at(blog, "stride=2"), "the same place"),
  ];
  await golden(pretty(error(at(blog, "stride=2"), "the stride", { labels })), "overlapping-labels");
});

it("leaves out distant lines, but not a single one", async () => {
  const labels = [
    label(at(blog, "dense"), "far"),
    label(at(blog, "conv 7"), "near"),
    label(at(blog, "for"), "next but one"),
  ];
  await golden(pretty(error(at(blog, "gap"), "here", { labels })), "distant-lines");
});

it("shows places in other files after the file of the mistake", async () => {
  const library = file(
    "block transition(theta=1/2)\n  < conv 1 -> floor(theta*in.c); avgpool 2 >\n",
    "std.dn",
  );
  const labels = [
    label(at(library, "theta*in.c"), "38.4 channels"),
    label(at(library, "transition"), "defined here"),
  ];
  await golden(pretty(error(at(blog, "dense(k=32"), "called here", { labels })), "other-file");
});

it("draws a block of several lines along its lines", async () => {
  await golden(pretty(error(from(blog, "x <", "gap >"), "this body")), "block");
  const labels = [label(at(blog, "maxpool 3 /2"), "the pool"), label(at(blog, "gap"), "the end")];
  await golden(
    pretty(error(from(blog, "conv 7", "as stage >"), "these stages", { labels })),
    "block-at-line-start",
  );
  await golden(pretty(error(from(blog, "model", "}"), "this model")), "long-block");
});

it("draws blocks that share lines side by side", async () => {
  const labels = [
    label(from(blog, "x <", "gap >"), "the body"),
    label(from(blog, "input x", "-> 64"), "crosses both"),
    label(at(blog, "for"), "the loop"),
  ];
  await golden(pretty(error(from(blog, "model", "}"), "the model", { labels })), "nested-blocks");
});

it("wraps the label of a block on a narrow terminal", async () => {
  const text = "this body gives [64 @ 56x56], and what follows it takes [32 @ 28x28] and nothing else";
  await golden(pretty(error(from(blog, "x <", "gap >"), text), 60), "block-narrow");
});

it("underlines the right columns after tabs, wide characters and combining marks", async () => {
  const odd = file(
    [
      "\tconv\t3x3; conv 3×3",
      "// 畳み込み層 conv 3x3",
      "// 👩‍👩‍👧 e\u0301te\u0301 conv 3x3",
      "\u202e// \u0007 \u200b conv 3x3",
      "",
    ].join("\n"),
  );
  const labels = [
    label(at(odd, "conv", 2), "after tabs"),
    label(at(odd, "畳み"), "wide"),
    label(at(odd, "3x3", 2), "after wide ones"),
    label(at(odd, "👩‍👩‍👧"), "one emoji"),
    label(at(odd, "3x3", 3), "after marks"),
    label(at(odd, "3x3", 4), "after invisible ones"),
  ];
  await golden(pretty(error(at(odd, "×"), "no letter", { labels })), "odd-characters");
});

it("cuts long lines around what they show", async () => {
  const stages = Array.from({ length: 40 }, (_, index) => `conv ${index + 100}`).join("; ");
  const long = file(`block a < ${stages} >\n`);
  const middle = error(at(long, "conv 120"), "in the middle");
  await golden(pretty(middle, 80), "long-line");
  const ends = [label(at(long, "conv 139"), "at the end"), label(at(long, "block"), "at the start")];
  await golden(pretty({ ...middle, labels: ends }, 80), "long-line-far-apart");
  await golden(pretty(error(from(long, "conv 110", "conv 135"), "most of it"), 80), "long-line-long-span");
  const fix: Fix = {
    title: "use 7",
    applicability: "maybe-incorrect",
    edits: [{ span: at(long, "120"), text: "7" }],
  };
  await golden(pretty({ ...middle, fix }, 80), "long-line-fix");
});

it("points past the last character of a line and of a file", async () => {
  const text = "block a < conv 3\r\nblock b < conv 3";
  const windows = file(text);
  const lineEnd = text.indexOf("\r");
  const labels = [label({ file: windows, start: lineEnd, end: lineEnd }, "the line ends")];
  const end = { file: windows, start: text.length, end: text.length };
  await golden(pretty(error(end, "expected `>`", { labels })), "end-of-file");
  const final = file(`${text}\r\n`);
  const past = { file: final, start: final.text.length + 5, end: final.text.length + 9 };
  await golden(pretty(error(past, "expected `>`")), "after-last-line");
  await golden(pretty(error({ file: file(""), start: 0, end: 0 }, "nothing here")), "empty-file");
  const swallowed = { file: windows, start: text.indexOf("conv"), end: lineEnd + 2 };
  await golden(pretty(error(swallowed, "ends with its line")), "swallowed-line-end");
});

it("shows how a fix changes the source", async () => {
  const insert = (where: Span, text: string): Fix["edits"][number] => ({
    span: { ...where, end: where.start },
    text,
  });
  const withFix = (title: string, edits: Fix["edits"]): string =>
    pretty(error(at(blog, "concat"), "", { fix: { title, applicability: "maybe-incorrect", edits } }));
  await golden(withFix("insert `;`", [insert(at(blog, "; concat"), ";")]), "fix-insertion");
  const both = [insert(at(blog, "; concat"), " /2"), insert(at(blog, " 1x1"), "(b=2)")];
  await golden(withFix("write both", both), "fix-insertions");
  await golden(withFix("use `add`", [{ span: at(blog, "concat"), text: "add" }]), "fix-replacement");
  await golden(withFix("say what it is", [insert(at(blog, "dn 1;"), "// A blog's net.\n")]), "fix-new-line");
  const lines = { span: from(blog, "    maxpool 3 /2;\n", "as stage >;\n"), text: "    gmp;\n" };
  await golden(withFix("drop the stages", [lines]), "fix-lines");
  const far = [
    { span: at(blog, "k, n"), text: "k, m" },
    { span: at(blog, "n=n"), text: "m=n" },
  ];
  await golden(withFix("rename `n` to `m`", far), "fix-far-apart");
  const std = file("block a(k) < conv 3 >\n", "std.dn");
  await golden(withFix("declare `n`", [insert(at(std, ") <"), ", n")]), "fix-other-file");
  const long = { span: from(blog, "model", "}"), text: "model m {\n}" };
  await golden(withFix("start again", [long]), "fix-long");
});

it("keeps the ends of a long expansion and of a long trail of sizes", async () => {
  let frame: Frame = model;
  for (let index = 1; index <= 12; index += 1) {
    const bindings = Array.from({ length: index }, (_, parameter) => `p${parameter}=${index}`);
    const definition = at(blog, "dense");
    frame = {
      kind: "call",
      name: `level${index}`,
      definition,
      call: at(blog, "gap"),
      bindings,
      parent: frame,
    };
  }
  const sizes = Array.from({ length: 30 }, (_, index) => `conv 3 [${index} @ 8x8]`);
  await golden(pretty(error(at(blog, "gap"), "here", { frame, sizes }), 80), "long-trails");
});

it("says in which model a mistake is when nothing is expanded", () => {
  expect(pretty(error(at(blog, "gap"), "here", { frame: model }))).toContain("  = in model densenet121\n");
});

it("shows what the environment lacks without a place", async () => {
  const missing: Diagnostic = {
    code: "DN0803",
    severity: "error",
    message: "the native library is not set up",
    notes: ["looked in /home/ada/.cache/dnc"],
    help: ["run `dnc setup`"],
  };
  await golden(pretty(missing), "environment");
  expect(renderPlain(missing)).toBe(
    "error[DN0803]: the native library is not set up\n" +
      "    note: looked in /home/ada/.cache/dnc\n" +
      "    help: run `dnc setup`",
  );
});

it("orders by file and place, the environment first", () => {
  const other = file("conv 3\n", "a.dn");
  const given = [
    error(at(blog, "gap"), "3"),
    error(at(blog, "conv 7"), "2"),
    error(at(other, "conv"), "1"),
    error(undefined, "0"),
  ];
  expect(inOrder(given).map((each) => each.label)).toEqual(["0", "1", "2", "3"]);
});

it("shows twenty of each severity and counts them all", () => {
  const errors = Array.from({ length: 23 }, () => error(at(blog, "gap"), ""));
  const warning: Diagnostic = { ...error(at(blog, "conv 7"), ""), severity: "warning" };
  const text = renderAll([...errors, warning], { format: "plain", colors: noColors, width: 80 });
  const lines = text.split("\n");
  expect(lines.filter((line) => line.includes("error[DN0404]"))).toHaveLength(20);
  expect(lines.filter((line) => line.includes("warning[DN0404]"))).toHaveLength(1);
  expect(lines.slice(-3)).toEqual(["not shown: 3 errors", "23 errors, 1 warning in specs/blog.dn", ""]);
});

it("says nothing when there is nothing to say", () => {
  expect(renderAll([], { format: "pretty", colors: noColors, width: 80 })).toBe("");
});

it("counts the files of a run", () => {
  const other = file("conv 3\n", "a.dn");
  const text = renderAll([error(at(blog, "gap"), ""), error(at(other, "conv"), "")], {
    format: "plain",
    colors: noColors,
    width: 80,
  });
  expect(text).toContain("\n2 errors in 2 files\n");
});

it("writes one JSON object a line, each with its schema", () => {
  const lines = renderJsonLines([everything, error(undefined, "no place")]).split("\n");
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[0] ?? "")).toEqual({ schema: "dnc/diagnostic-1", ...diagnosticToJson(everything) });
  expect(JSON.parse(lines[1] ?? "")).not.toHaveProperty("span");
});

const ESCAPE = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");

const anySource = fc
  .array(
    fc.constantFrom(
      "a",
      " ",
      "\t",
      "\n",
      "\r\n",
      "畳",
      "👩‍👩‍👧",
      "e\u0301",
      "\u0007",
      "\ud800",
      "x".repeat(60),
    ),
  )
  .map((parts) => file(parts.join("")));

const anyDiagnostic: fc.Arbitrary<Diagnostic> = anySource.chain((source) => {
  const span = fc
    .tuple(fc.nat(source.text.length), fc.nat(source.text.length))
    .map(([a, b]): Span => ({ file: source, start: Math.min(a, b), end: Math.max(a, b) }));
  const edit = fc.record({ span, text: fc.constantFrom("", "y", "y\nz") });
  return fc.tuple(span, fc.array(span, { maxLength: 4 }), fc.option(edit)).map(([primary, others, change]) =>
    error(primary, "primary", {
      labels: others.map((other, index) => label(other, `label${index}`)),
      ...(change && { fix: { title: "fix", applicability: "maybe-incorrect", edits: [change] } }),
    }),
  );
});

it("loses no label and passes no control character on, whatever the source and the spans", () => {
  fc.assert(
    fc.property(anyDiagnostic, fc.integer({ min: 20, max: 120 }), (diagnostic, width) => {
      const text = pretty(diagnostic, width);
      expect(text).not.toMatch(/[^\P{Cc}\n]/u);
      for (const { text: words } of [{ text: "primary" }, ...(diagnostic.labels ?? [])])
        expect(text).toContain(words);
      for (const line of text.split("\n")) expect(line).toBe(line.trimEnd());
    }),
  );
});

it("differs only in color when there is color", () => {
  fc.assert(
    fc.property(anyDiagnostic, (diagnostic) => {
      const colored = renderPretty(diagnostic, { colors: colorsWhere(true), width: 80 });
      expect(colored.replace(ESCAPE, "")).toBe(renderPretty(diagnostic, { colors: noColors, width: 80 }));
    }),
  );
});
