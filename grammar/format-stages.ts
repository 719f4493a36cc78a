/** Bodies, stages and flows in canonical form: short stages share a line, and `>` ends the line of the last one. */
import type { Body, Branches, Flow, Let, Operation, ShapeType, Source, Stage, WhenStage } from "./ast.ts";
import {
  printArguments,
  printExpression,
  printQualifiedName,
  printRelation,
  printStride,
} from "./format-expressions.ts";
import { align, concat, fill, group, type Layout, line, nest, nothing, solid } from "./format-layout.ts";
import { lastRemarks, type Tokens } from "./format-tokens.ts";

/** `< a; b >`: on one line if it fits, else its stages on lines of their own. */
export function printBody(tokens: Tokens, { stages }: Body): Layout {
  const open = tokens.attach("<");
  const rows = printPipeline(tokens, stages);
  return group(concat(open, nest(concat(line(), rows)), printClosing(tokens)));
}

/** Nested loops share the line that opens them, and the one that closes them. */
function printLoopBody(tokens: Tokens, body: Body): Layout {
  const [only, ...others] = body.stages;
  const isLoop = only?.kind === "for" || only?.kind === "repeat";
  if (!isLoop || others.length > 0) return printBody(tokens, body);
  const open = tokens.attach("<");
  const { hasRemarks } = tokens.gap();
  const inner = printPipeline(tokens, body.stages);
  if (hasRemarks || tokens.gap().hasRemarks) {
    return concat(open, nest(concat(line(), inner)), printClosing(tokens));
  }
  return concat(open, " ", inner, " ", tokens.take(">"));
}

/** ` >`; on a line of its own after a comment. */
function printClosing(tokens: Tokens): Layout {
  if (!tokens.gap().hasRemarks) return concat(" ", tokens.take(">"));
  return concat(nest(lastRemarks(tokens)), line(), tokens.take(">"));
}

interface PrintedStage {
  readonly layout: Layout;
  /** Whether it may stand on a line with the stage before it, and with the one after it. */
  readonly joins: { readonly before: boolean; readonly after: boolean };
  /** Nothing but a name, such as `relu`. */
  readonly isBare: boolean;
}

/** Stages with their separators, in rows: the first where the layout begins, each other after a line. */
function printPipeline(tokens: Tokens, stages: readonly Stage[]): Layout {
  const rows: Layout[] = [];
  let row: PrintedStage[] = [];
  for (const [index, stage] of stages.entries()) {
    const { hasRemarks, isBlank } = tokens.gap();
    // Apart from the stage, so that they do not count as its width.
    const remarks = tokens.remarks();
    const printed = printStage(tokens, stage);
    const isLast = index === stages.length - 1;
    const separator = isLast ? nothing : tokens.attach(";");
    while (tokens.skip(";"));
    const previous = row.at(-1);
    const isJoined = previous?.joins.after === true && printed.joins.before && !hasRemarks && !isBlank;
    if (index > 0 && !isJoined) {
      rows.push(printRow(row), line({ blank: isBlank }));
      row = [];
    }
    row.push({ ...printed, layout: concat(remarks, printed.layout, separator) });
  }
  return concat(rows, printRow(row));
}

/** On one line if it fits; else a line for each stage, which takes with it what follows and is a mere name. */
function printRow(stages: readonly PrintedStage[]): Layout {
  const chunks: Layout[][] = [];
  for (const { layout, isBare } of stages) {
    const chunk = isBare ? chunks.at(-1) : undefined;
    if (chunk === undefined) chunks.push([layout]);
    else chunk.push(layout);
  }
  const lines = chunks.flatMap((chunk, index) => [...(index === 0 ? [] : [line()]), fill(chunk)]);
  return group(concat(lines));
}

function printStage(tokens: Tokens, stage: Stage): PrintedStage {
  const bare = printBareStage(tokens, stage);
  const suffixes = [
    ...(stage.type === undefined ? [] : [concat(tokens.take(":"), " ", printType(tokens, stage.type))]),
    ...(stage.label === undefined ? [] : [concat(tokens.take("as"), " ", tokens.take(stage.label.text))]),
  ];
  const operation = stage.kind === "operation" ? stage.operation : undefined;
  const isSimple = stage.kind === "from" || (operation !== undefined && operation.branches === undefined);
  return {
    layout:
      isSimple || stage.kind === "let" ? hanging([...bare, ...suffixes]) : inLine([...bare, ...suffixes]),
    joins: { before: isSimple, after: isSimple && suffixes.length === 0 },
    isBare: operation !== undefined && isMereName(operation) && suffixes.length === 0,
  };
}

/** Parts between which a line may end; further lines start further in. */
function hanging(parts: readonly Layout[]): Layout {
  return fill(parts, { hangs: true });
}

/** Parts that stay behind each other: where a body can be broken, no other line is. */
function inLine(parts: readonly Layout[]): Layout {
  return concat(parts.flatMap((part, index) => (index === 0 ? [part] : [" ", part])));
}

function isMereName(operation: Operation): boolean {
  const { kernel, stride, channels, branches } = operation;
  return operation.arguments === undefined && (kernel ?? stride ?? channels ?? branches) === undefined;
}

/** Its parts, between which a line may end. */
function printBareStage(tokens: Tokens, stage: Stage): readonly Layout[] {
  switch (stage.kind) {
    case "let":
      return printLet(tokens, stage.let);
    case "when":
      return [printWhen(tokens, stage)];
    case "for": {
      const head = concat(tokens.take("for"), " ", tokens.take(stage.variable.text));
      const index = stage.index && concat(tokens.attach(","), " ", tokens.take(stage.index.text));
      const list = concat(" ", tokens.take("in"), " ", printExpression(tokens, stage.list), " ");
      return [concat(head, index ?? nothing, list, printLoopBody(tokens, stage.body))];
    }
    case "repeat": {
      const head = concat(tokens.take("repeat"), " ", printExpression(tokens, stage.count));
      const as = stage.as && concat(" ", tokens.take("as"), " ", tokens.take(stage.as.text));
      return [concat(head, as ?? nothing, " ", printLoopBody(tokens, stage.body))];
    }
    case "from":
      return [concat(tokens.take("from"), " ", printSource(tokens, stage.source))];
    case "operation":
      return printOperation(tokens, stage.operation);
  }
}

/** On one line, or each `else` on its own. */
function printWhen(tokens: Tokens, stage: WhenStage): Layout {
  const parts = [printCase(tokens, stage)];
  let next = stage.else;
  while (next !== undefined) {
    parts.push(line(), concat(tokens.take("else"), " "));
    parts.push("kind" in next ? printCase(tokens, next) : printBody(tokens, next));
    next = "kind" in next ? next.else : undefined;
  }
  return group(concat(parts));
}

/** `when (…) < … >`. */
function printCase(tokens: Tokens, { condition, body }: WhenStage): Layout {
  const head = concat(tokens.take("when"), " ", tokens.take("("));
  const relation = align(printRelation(tokens, condition));
  return concat(head, relation, tokens.take(")"), " ", printBody(tokens, body));
}

/** What `shared` names. */
export function printSharedOperation(tokens: Tokens, operation: Operation): Layout {
  const parts = printOperation(tokens, operation);
  return operation.branches === undefined ? hanging(parts) : inLine(parts);
}

function printOperation(tokens: Tokens, operation: Operation): readonly Layout[] {
  const { name, kernel, branches, stride, channels } = operation;
  const parts = [printQualifiedName(tokens, name)];
  if (kernel !== undefined) parts.push(concat(" ", tokens.take()));
  if (operation.arguments !== undefined) {
    parts.push(concat(kernel === undefined ? "" : " ", printArguments(tokens, operation.arguments)));
  }
  const head = concat(parts);
  return [
    branches === undefined ? head : concat(head, printBranches(tokens, branches, { headWidth: head.flat })),
    ...(stride === undefined ? [] : [concat(tokens.take("/"), printStride(tokens, stride))]),
    ...(channels === undefined ? [] : [concat(tokens.take("->"), " ", printExpression(tokens, channels))]),
  ];
}

/** Broken branches stand behind a head that is not longer, else below it. */
const LONGEST_HEAD = 32;

/** ` < a | b >`: on one line if it fits, else the branches under each other. */
function printBranches(
  tokens: Tokens,
  { bodies }: Branches,
  { headWidth }: { readonly headWidth: number },
): Layout {
  const [only, ...others] = bodies;
  if (only !== undefined && others.length === 0) return concat(" ", printBody(tokens, only));
  const parts = bodies.flatMap(({ stages }, index) => {
    const sign = index === 0 ? tokens.attach("<") : concat(line(), tokens.take("|"));
    const { hasRemarks } = tokens.gap();
    const rows = printPipeline(tokens, stages);
    return [sign, hasRemarks ? nest(concat(line(), rows)) : concat(" ", align(rows))];
  });
  const list = align(group(concat(parts, printClosing(tokens))));
  return headWidth > LONGEST_HEAD ? group(nest(concat(line(), list))) : concat(" ", list);
}

/** `f32[64 @ 56, 56]`. */
export function printType(tokens: Tokens, { element, channels, sizes }: ShapeType): Layout {
  const head = element === undefined ? nothing : tokens.take(element.text);
  const open = concat(head, tokens.take("["));
  const parts = [printExpression(tokens, channels)];
  for (const [index, size] of sizes.entries()) {
    const sign = index === 0 ? concat(" ", tokens.take("@")) : tokens.attach(",");
    parts.push(concat(parts.pop() ?? nothing, sign), printExpression(tokens, size));
  }
  return solid(concat(open, align(fill(parts)), tokens.take("]")));
}

export function printLet(tokens: Tokens, { name, value }: Let): readonly Layout[] {
  const head = concat(tokens.take("let"), " ", tokens.take(name.text), " ", tokens.take("="));
  return [head, printExpression(tokens, value)];
}

/** ` = x < … > : type` after the name of a value. */
export function printValue(
  tokens: Tokens,
  head: Layout,
  { flow, type }: { readonly flow?: Flow; readonly type?: ShapeType },
): Layout {
  const parts = [head];
  if (flow !== undefined) parts.push(concat(tokens.take("="), " ", printFlow(tokens, flow)));
  if (type !== undefined) parts.push(concat(tokens.take(":"), " ", printType(tokens, type)));
  return inLine(parts);
}

function printFlow(tokens: Tokens, { source, body }: Flow): Layout {
  const head = printSource(tokens, source);
  return body === undefined ? head : concat(head, " ", printBody(tokens, body));
}

function printSource(tokens: Tokens, source: Source): Layout {
  if (source.kind !== "call") return tokens.take(source.kind);
  return concat(printQualifiedName(tokens, source.name), printArguments(tokens, source.arguments));
}
