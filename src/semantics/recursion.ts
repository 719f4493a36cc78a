/** Finds blocks and model aliases that contain themselves. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../base/diagnostic.ts";
import { quoted } from "../base/text.ts";
import { definitionOf } from "./callee.ts";
import type { Definition, Program } from "./module.ts";

export const recursiveBlock: DiagnosticKind<[name: string, chain: string]> = defineDiagnostic({
  code: "DN0205",
  message: (name: string, chain: string) => `${quoted(name)} contains itself: ${chain}`,
  explain: {
    title: "recursive-block",
    text: "A block may contain itself under a `when`, when an integer argument gets smaller from call to call, at most 256 levels deep: then it ends. To do the same several times write `repeat`.",
    wrong: "dn 1;\nblock a(k=8) < conv 3; a >\n",
    right: "dn 1;\nblock a(k=8) < conv 3; conv 3 >\n",
  },
});

interface CallSite {
  readonly target: Definition;
  readonly name: ast.QualifiedName;
  /** What the expansion must pass over when the call closes a circle. */
  readonly node: object;
  readonly conditional: boolean;
}

/**
 * Reports each circle of calls that no condition can end, once, at the call that closes it, and marks that call as bad.
 * Whether the others end is seen when they are expanded.
 */
export function findRecursion(program: Program, reporter: Reporter, bad: Set<object>): void {
  const finished = new Set<Definition>();
  const open: Opened[] = [];

  const visit = (definition: Definition, isConditional: boolean): void => {
    open.push({ definition, isConditional });
    for (const call of callsOf(definition)) {
      if (finished.has(call.target)) continue;
      const start = open.findIndex((each) => each.definition === call.target);
      if (start < 0) visit(call.target, call.conditional);
      else if (!call.conditional && open.slice(start + 1).every((each) => !each.isConditional))
        report(call, start);
    }
    open.pop();
    finished.add(definition);
  };

  const report = (call: CallSite, start: number): void => {
    bad.add(call.node);
    const circle = [...open.slice(start).map((each) => each.definition), call.target];
    const chain = circle.map((member) => member.ast.name.text).join(" → ");
    const help = ["put the call under a `when`, with an argument that gets smaller; or use `repeat`"];
    reporter.report(recursiveBlock.at({ span: call.name.span, help }, call.target.ast.name.text, chain));
  };

  for (const module of program.modules) {
    for (const definition of module.own.values()) if (!finished.has(definition)) visit(definition, false);
  }
}

/** A definition that is being looked into, and whether the call that led to it stands under a `when`. */
interface Opened {
  readonly definition: Definition;
  readonly isConditional: boolean;
}

function callsOf(definition: Definition): readonly CallSite[] {
  const calls: CallSite[] = [];
  const add = (name: ast.QualifiedName, node: object, conditional: boolean): void => {
    const target = definitionOf(name, definition.module);
    if (target !== undefined) calls.push({ target, name, node, conditional });
  };
  const visitBody = (body: ast.Body, conditional: boolean): void => {
    for (const stage of body.stages) visitStage(stage, conditional);
  };
  const visitSource = (source: ast.Source, conditional: boolean): void => {
    if (source.kind === "call" && source.arguments !== undefined) add(source.name, source, conditional);
  };
  const visitStage = (stage: ast.Stage, conditional: boolean): void => {
    if (stage.kind === "operation") {
      add(stage.operation.name, stage.operation, conditional);
      for (const body of stage.operation.branches?.bodies ?? []) visitBody(body, conditional);
    } else if (stage.kind === "when") {
      visitBody(stage.body, true);
      if (stage.else === undefined) return;
      if ("kind" in stage.else) visitStage(stage.else, true);
      else visitBody(stage.else, true);
    } else if (stage.kind === "from") visitSource(stage.source, conditional);
    else if (stage.kind !== "let") visitBody(stage.body, conditional);
  };
  if (definition.kind === "block") visitBody(definition.ast.body, false);
  else if (definition.ast.definition.kind === "alias")
    add(definition.ast.definition.target, definition.ast.definition, false);
  else {
    for (const item of definition.ast.definition.items) {
      if ((item.kind === "value" || item.kind === "output") && item.flow !== undefined) {
        visitSource(item.flow.source, false);
        if (item.flow.body !== undefined) visitBody(item.flow.body, false);
      }
    }
  }
  return calls;
}
