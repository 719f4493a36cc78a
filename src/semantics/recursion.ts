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

  const report = (call: CallSite, circle: readonly Opened[]): void => {
    bad.add(call.node);
    const names = [...circle.map(({ definition }) => definition), call.target].map(
      ({ ast }) => ast.name.text,
    );
    const help = ["put the call under a `when`, with an argument that gets smaller; or use `repeat`"];
    reporter.report(
      recursiveBlock.at({ span: call.name.span, help }, call.target.ast.name.text, elided(names)),
    );
  };

  // No recursion of its own: blocks may call each other over any number of levels.
  const visit = (first: Definition): void => {
    const open: Opened[] = [];
    const positions = new Map<Definition, number>();
    const enter = (definition: Definition, isConditional: boolean): void => {
      const nConditional = (open.at(-1)?.nConditional ?? 0) + (isConditional ? 1 : 0);
      positions.set(definition, open.length);
      open.push({ definition, nConditional, calls: callsOf(definition)[Symbol.iterator]() });
    };
    enter(first, false);
    for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
      const { value: call } = inner.calls.next();
      if (call === undefined) {
        open.pop();
        positions.delete(inner.definition);
        finished.add(inner.definition);
      } else if (!finished.has(call.target)) {
        const start = positions.get(call.target);
        if (start === undefined) enter(call.target, call.conditional);
        else if (!call.conditional && inner.nConditional === open[start]?.nConditional)
          report(call, open.slice(start));
      }
    }
  };

  for (const module of program.modules) {
    for (const definition of module.own.values()) if (!finished.has(definition)) visit(definition);
  }
}

/** A circle of more names is told by its ends. */
const MOST_NAMES = 16;

function elided(names: readonly string[]): string {
  const half = MOST_NAMES / 2;
  const shown =
    names.length <= MOST_NAMES
      ? names
      : [...names.slice(0, half), `… ${names.length - MOST_NAMES} more …`, ...names.slice(-half)];
  return shown.join(" → ");
}

/** A definition that is being looked into. */
interface Opened {
  readonly definition: Definition;
  /** How many of the calls that led to it stand under a `when`. */
  readonly nConditional: number;
  /** Those that are still to be looked into. */
  readonly calls: Iterator<CallSite, undefined>;
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
