/** Where nodes stand: each inside the node that holds it, and exactly over its own text. */
import { expect, it } from "vitest";
import type { Expression } from "../../grammar/ast.ts";
import { spanText } from "../../src/base/source.ts";
import { casesIn, nodesOf, parseText } from "./support.ts";

it.each([...casesIn("ok"), ...casesIn("err")])("every node of %s stands inside its parent", (_, text) => {
  const { file } = parseText(text);
  let nNodes = 0;
  for (const [span, parent] of nodesOf(file)) {
    nNodes += 1;
    expect(span.start).toBeLessThanOrEqual(span.end);
    expect(span.start).toBeGreaterThanOrEqual(parent?.start ?? 0);
    expect(span.end).toBeLessThanOrEqual(parent?.end ?? text.length);
  }
  expect(nNodes).toBeGreaterThan(0);
});

it.each(casesIn("ok"))("no node of %s starts or ends in white space or inside a word", (_, text) => {
  const { file } = parseText(text);
  for (const [span] of nodesOf({ ...file, span: undefined })) {
    expect(spanText(span)).toBe(spanText(span).trim());
    expect(text.slice(Math.max(span.start - 1, 0), span.start + 1)).not.toMatch(/^\w\w$/);
    expect(text.slice(span.end - 1, span.end + 1)).not.toMatch(/^\w\w$/);
  }
});

function theLet(text: string): Expression | undefined {
  return parseText(text).file.lets[0]?.value;
}

it("takes the parentheses into the span of an expression", () => {
  const value = theLet("let a = (1 + 2) * (3);");
  expect(value?.kind).toBe("binary");
  if (value?.kind !== "binary") return;
  expect(spanText(value.span)).toBe("(1 + 2) * (3)");
  expect(spanText(value.left.span)).toBe("(1 + 2)");
  expect(spanText(value.right.span)).toBe("(3)");
});

it("spans operations, their suffixes, branches and checks", () => {
  const text = "block a < conv 3x3 (b=c) < id | gap > /(2) -> 4*c : f32[c @ h] as d >";
  const [stage] = parseText(text).file.blocks[0]?.body.stages ?? [];
  expect(stage?.kind).toBe("operation");
  if (stage?.kind !== "operation") return;
  const { operation } = stage;
  expect(spanText(stage.span)).toBe("conv 3x3 (b=c) < id | gap > /(2) -> 4*c : f32[c @ h] as d");
  expect(spanText(operation.span)).toBe("conv 3x3 (b=c) < id | gap > /(2) -> 4*c");
  expect(operation.kernel && spanText(operation.kernel.span)).toBe("3x3");
  expect(operation.arguments && spanText(operation.arguments.span)).toBe("(b=c)");
  expect(operation.branches && spanText(operation.branches.span)).toBe("< id | gap >");
  expect(operation.branches?.bodies.map((body) => spanText(body.span))).toEqual(["id", "gap"]);
  expect(operation.stride && spanText(operation.stride.span)).toBe("(2)");
  expect(operation.channels && spanText(operation.channels.span)).toBe("4*c");
  expect(stage.type && spanText(stage.type.span)).toBe("f32[c @ h]");
  expect(stage.label && spanText(stage.label.span)).toBe("d");
});

it("keeps comments, with their places, in order", () => {
  const text = "// one\nblock a < relu > // two\n// three";
  const { comments } = parseText(text).file;
  expect(comments.map((comment) => comment.text)).toEqual(["// one", "// two", "// three"]);
  expect(comments.map((comment) => spanText(comment.span))).toEqual(["// one", "// two", "// three"]);
});
