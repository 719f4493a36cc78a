/**
 * What an `allow` is about, told from the tree and the tokens around the comment and not from lines: formatting moves
 * stages from line to line, and each comment stays with its token.
 */
import type { Body, Comment, File, ModelItem, Stage } from "../../grammar/ast.ts";
import { countStartingBelow, nestedSpans } from "../base/nested-spans.ts";
import type { Span } from "../base/source.ts";

/** A definition, an item of a model, or a stage. */
interface Construct extends Span {
  /** The stage before it in its pipeline, when `dnc fmt` may put both on one line. */
  readonly previous?: Construct;
  /** `bn`, `relu`: a stage that is a name and nothing else. */
  readonly isMereName?: true;
}

/** `undefined` where there is nothing that the comment could be about. */
export type TargetOf = (comment: Comment) => Span | undefined;

/** Behind something it is about that; above something, about that; elsewhere, about what it stands in. */
export function allowTargets(file: File): TargetOf {
  const constructs = constructsOf(file);
  const [starting, ending] = [byEdge(constructs, "start"), byEdge(constructs, "end")];
  const { text } = file.span.file;
  const endBefore = tokenEndBefore(text, file.comments);
  const startAfter = tokenStartAfter(text, file.comments);
  const around = nestedSpans(constructs);
  const commentSpans = file.comments.map(({ span }) => span);
  return ({ span }) => {
    const lineStart = text.lastIndexOf("\n", span.start - 1) + 1;
    const isBehind = text.slice(lineStart, span.start).trim() !== "";
    const found = isBehind ? ending.get(endBefore(span.start)) : starting.get(startAfter(span.end));
    if (found === undefined) return around({ start: span.start - 1, end: span.start + 1 })[0];
    return isBehind ? withWhatItFollows(found, commentSpans) : found;
  };
}

type Move = (offset: number) => number;

/** Where the token before an offset ends; separators do not count. */
function tokenEndBefore(text: string, comments: readonly Comment[]): Move {
  const starts = new Map(comments.map(({ span }) => [span.end, span.start]));
  return overComments(starts, (offset) => {
    let at = offset;
    while (at > 0 && /[\s;,]/.test(text[at - 1] ?? "")) at -= 1;
    return at;
  });
}

/** Where the token after an offset starts; what the formatter moves in front of comments does not count. */
function tokenStartAfter(text: string, comments: readonly Comment[]): Move {
  const ends = new Map(comments.map(({ span }) => [span.start, span.end]));
  return overComments(ends, (offset) => {
    let at = offset;
    while (at < text.length && /[\s;,<{]/.test(text[at] ?? "")) at += 1;
    return at;
  });
}

/** Passes over blanks and comments in turns. Many comments may follow each other, and each is passed once. */
function overComments(otherEnds: ReadonlyMap<number, number>, overBlanks: Move): Move {
  const known = new Map<number, number>();
  return (offset) => {
    const passed: number[] = [];
    let at = overBlanks(offset);
    for (let other = otherEnds.get(at); other !== undefined; other = otherEnds.get(at)) {
      passed.push(at);
      at = known.get(at) ?? overBlanks(other);
    }
    for (const comment of passed) known.set(comment, at);
    return at;
  };
}

/** The largest construct at each offset where one starts or ends. */
function byEdge(constructs: readonly Construct[], edge: "start" | "end"): ReadonlyMap<number, Construct> {
  const largest = new Map<number, Construct>();
  for (const construct of constructs) {
    const known = largest.get(construct[edge]);
    if (known === undefined || known.end - known.start < construct.end - construct.start)
      largest.set(construct[edge], construct);
  }
  return largest;
}

/** `conv 3 -> 8; bn; relu; // allow …` is about all three: mere names belong to the stage that they follow. */
function withWhatItFollows(construct: Construct, comments: readonly Span[]): Span {
  let first = construct;
  while (first.isMereName === true && first.previous !== undefined) {
    const { previous } = first;
    const isApart =
      /\n\s*\n/.test(construct.file.text.slice(previous.end, first.start)) ||
      countStartingBelow(comments, previous.end) < countStartingBelow(comments, first.start);
    if (isApart) break;
    first = previous;
  }
  return { file: construct.file, start: first.start, end: construct.end };
}

function constructsOf({ imports, blocks, models, lets }: File): readonly Construct[] {
  const constructs: Construct[] = [...imports, ...lets].map(({ span }) => withoutSeparator(span));
  const addStages = ({ stages }: Body): void => {
    let previous: Construct | undefined;
    for (const stage of stages) {
      const construct: Construct = {
        ...withoutSeparator(stage.span),
        ...(previous !== undefined && sharesLines(stage) && { previous }),
        ...(isMereName(stage) && { isMereName: true }),
      };
      constructs.push(construct);
      previous = sharesLines(stage) && !hasSuffix(stage) ? construct : undefined;
      for (const body of bodiesOf(stage)) addStages(body);
    }
  };
  const addItem = (item: ModelItem): void => {
    constructs.push(withoutSeparator(item.span));
    if ((item.kind === "value" || item.kind === "output") && item.flow?.body !== undefined)
      addStages(item.flow.body);
    if (item.kind === "shared") for (const body of item.operation.branches?.bodies ?? []) addStages(body);
  };
  for (const block of blocks) {
    constructs.push(withoutSeparator(block.span));
    addStages(block.body);
  }
  for (const { span, definition } of models) {
    constructs.push(withoutSeparator(span));
    if (definition.kind === "body") for (const item of definition.items) addItem(item);
  }
  return constructs;
}

function bodiesOf(stage: Stage): readonly Body[] {
  switch (stage.kind) {
    case "operation":
      return stage.operation.branches?.bodies ?? [];
    case "when": {
      const bodies = [stage.body];
      let next = stage.else;
      for (; next !== undefined && "kind" in next; next = next.else) bodies.push(next.body);
      return next === undefined ? bodies : [...bodies, next];
    }
    case "for":
    case "repeat":
      return [stage.body];
    default:
      return [];
  }
}

/** Whether the formatter may put it on a line with its neighbors. */
function sharesLines(stage: Stage): boolean {
  return stage.kind === "from" || (stage.kind === "operation" && stage.operation.branches === undefined);
}

function hasSuffix({ type, label }: Stage): boolean {
  return type !== undefined || label !== undefined;
}

function isMereName(stage: Stage): boolean {
  if (stage.kind !== "operation" || hasSuffix(stage)) return false;
  const { name, span } = stage.operation;
  return name.span.end === span.end;
}

function withoutSeparator({ file, start, end }: Span): Span {
  let last = end;
  while (last > start && /[\s;]/.test(file.text[last - 1] ?? "")) last -= 1;
  return { file, start, end: last };
}
