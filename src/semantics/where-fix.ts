/** The edit that adds a relation to the `where` of a model. */
import type * as ast from "../../grammar/ast.ts";
import type { Fix } from "../base/diagnostic.ts";
import { spanAfter } from "../base/source.ts";

/** `undefined` without a relation. */
export function whereFix(model: ast.Model, relation: string | undefined): Fix | undefined {
  if (relation === undefined) return undefined;
  const { where } = model;
  const title = `add \`where (${relation})\``;
  if (where === undefined) {
    const after = model.parameters.at(-1)?.span.end ?? model.name.span.end;
    const { file } = model.name.span;
    const close = model.parameters.length === 0 ? after : file.text.indexOf(")", after) + 1;
    return {
      title,
      applicability: "machine-applicable",
      edits: [{ span: { file, start: close, end: close }, text: ` where (${relation})` }],
    };
  }
  const last = where.relations.at(-1);
  return (
    last && {
      title,
      applicability: "machine-applicable",
      edits: [{ span: spanAfter(last.span), text: `, ${relation}` }],
    }
  );
}
