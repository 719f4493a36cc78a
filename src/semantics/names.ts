/** The part of a node's path that each stage of a body contributes: its label, or its name, numbered when it recurs. */
import type * as ast from "../../grammar/ast.ts";

const segmentsByBody = new WeakMap<ast.Body, ReadonlyMap<ast.Stage, string>>();

/**
 * Depends on the text of this body alone, taken or not: editing one block renames nothing in another. Stages inside
 * `when` are numbered with those around it, because the condition is no level of its own.
 */
export function segmentsOf(body: ast.Body): ReadonlyMap<ast.Stage, string> {
  const known = segmentsByBody.get(body);
  if (known !== undefined) return known;
  const segments = new Map<ast.Stage, string>();
  const uses = new Map<string, number>();
  const visitBody = ({ stages }: ast.Body): void => {
    for (const stage of stages) visitStage(stage);
  };
  const visitStage = (stage: ast.Stage): void => {
    if (stage.kind === "when") {
      visitBody(stage.body);
      if (stage.else !== undefined) "kind" in stage.else ? visitStage(stage.else) : visitBody(stage.else);
      return;
    }
    const name = stage.label?.text ?? stageName(stage);
    const use = (uses.get(name) ?? 0) + 1;
    uses.set(name, use);
    segments.set(stage, use === 1 ? name : `${name}.${use}`);
  };
  visitBody(body);
  segmentsByBody.set(body, segments);
  return segments;
}

function stageName(stage: Exclude<ast.Stage, ast.WhenStage>): string {
  if (stage.kind === "operation") return lastPart(stage.operation.name);
  if (stage.kind === "from" && stage.source.kind === "call") return lastPart(stage.source.name);
  return stage.kind;
}

export function lastPart(name: ast.QualifiedName): string {
  return name.parts[name.parts.length - 1]?.text ?? "";
}
