/** What is shown of a report: a part with a single part inside as one line, equal repetitions as one line. */
import { count } from "../base/text.ts";
import { printShape, type Shape } from "../ir/shape.ts";
import type { ReceptiveField } from "../measure/receptive-field.ts";
import { nameOf, pathInModel } from "./paths.ts";
import type { ReportGroup, ReportPart, ReportRow } from "./report.ts";
import { multiplied, type Sums } from "./sums.ts";

/** One line: a part, or several equal ones with the sums of all of them together. */
export interface OutlineItem extends Sums {
  /** Without the model; of the first of a run. */
  readonly path: string;
  /** `dense`, `logits/head`, `2…18`. */
  readonly name: string;
  /** `conv 3x3 pad 1` of an operation or unit; `×6` of a loop, or of equal repetitions shown as one. */
  readonly what: string;
  /** `[96…256 @ 56x56]` of a loop. */
  readonly out: string;
  /** The operation, where it is one, or the first of several equal ones. */
  readonly row?: ReportRow;
  /** The most of its operations. */
  readonly live: bigint;
  /** Of its last operation. */
  readonly field: ReceptiveField;
  /** How many names of the path `name` spans. */
  readonly levels: number;
  readonly items: readonly OutlineItem[];
}

export interface OutlineOptions {
  /** Whether equal repetitions are shown one by one. */
  readonly expand?: boolean;
  /** Whether the parts have something else in common than where they stand: then rows are called by their paths. */
  readonly isFlat?: boolean;
}

export function outlineOf(
  parts: readonly ReportPart[],
  options: OutlineOptions = {},
): readonly OutlineItem[] {
  return itemsOf(parts, 1, { ...options, formOf: numberForms() });
}

type FormOf = (part: ReportPart) => number;

interface Outlining extends OutlineOptions {
  readonly formOf: FormOf;
}

/** `times`: how many equal parts each of these stands for. */
function itemsOf(parts: readonly ReportPart[], times: number, outlining: Outlining): readonly OutlineItem[] {
  const runs = outlining.expand === true ? parts.map((part): Run => [part]) : runsOf(parts, outlining.formOf);
  return runs.map((run) => itemOf(run, times, outlining));
}

/** What is seen of an item at a depth: a depth counts names of paths, however many stand on one line. */
export function itemsWithin({ items, levels }: OutlineItem, depth: number): readonly OutlineItem[] {
  return depth > levels ? items : [];
}

/** How many lines an outline has down to a depth. */
export function lineCount(items: readonly OutlineItem[], depth: number): number {
  return items.reduce((sum, item) => sum + 1 + lineCount(itemsWithin(item, depth), depth - item.levels), 0);
}

type Run = [ReportPart, ...ReportPart[]];

/** Repetitions that follow each other and are equal but for their numbers stand in one run. */
function runsOf(parts: readonly ReportPart[], formOf: FormOf): readonly Run[] {
  const runs: Run[] = [];
  let form: number | undefined;
  for (const part of parts) {
    const last = runs.at(-1);
    const own = isNumbered(part) ? formOf(part) : undefined;
    if (last !== undefined && own !== undefined && own === form) last.push(part);
    else runs.push([part]);
    form = own;
  }
  return runs;
}

function itemOf(run: Run, times: number, outlining: Outlining): OutlineItem {
  const [first] = run;
  const last = run.at(-1) ?? first;
  const items = first.kind === "group" ? itemsOf(first.parts, times * run.length, outlining) : [];
  const isFlat = outlining.isFlat === true;
  const path = pathInModel(first);
  const own = isFlat ? path : nameOf(first);
  const name = run.length === 1 ? own : `${own}…${nameOf(last)}`;
  const repeated = run.length === 1 ? "" : `×${run.length}`;
  const live = run.reduce((most, part) => (part.live > most ? part.live : most), 0n);
  const [only] = items;
  if (only !== undefined && items.length === 1 && !isFlat) {
    return {
      ...only,
      name: `${name}/${only.name}`,
      what: `${repeated} ${only.what}`.trim(),
      live,
      field: last.field,
      levels: only.levels + 1,
    };
  }
  const described =
    first.kind === "row" ? first.described : isFlat ? count(first.ops, "stage") : summaryOf(first);
  return {
    path,
    name,
    what: `${repeated} ${described}`.trim(),
    out: first.kind === "row" ? printShape(first.out) : isFlat ? "" : outOf(first),
    ...(first.kind === "row" && { row: first }),
    ...multiplied(first, BigInt(times * run.length)),
    live,
    field: isFlat && first.kind === "group" ? [] : last.field,
    levels: 1,
    items,
  };
}

function isNumbered(part: ReportPart): boolean {
  return /^\d+$/.test(nameOf(part));
}

/** Gives each part a number. Those of parts that differ in nothing that adds up, nor in what they do, are equal. */
function numberForms(): FormOf {
  const numbers = new Map<string, number>();
  const known = new Map<ReportPart, number>();
  const formOf = (part: ReportPart): number => {
    const found = known.get(part);
    if (found !== undefined) return found;
    const text = textOf(part);
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    known.set(part, number);
    return number;
  };
  const textOf = (part: ReportPart): string => {
    if (part.kind === "group")
      return `(${part.parts.map((each) => `${nameOf(each)} ${formOf(each)}`).join("; ")})`;
    const { described, params, buffers, macs, traffic, counts, out } = part;
    const amounts = [params, buffers, macs, traffic, ...counts];
    return [described, ...part.in.map(printShape), printShape(out), ...amounts].join(" ");
  };
  return formOf;
}

/** The operation of a unit or join, which has the group's own path; how often a loop repeats. */
function summaryOf(group: ReportGroup): string {
  const own = group.parts.find((part) => part.path === group.path);
  if (own?.kind === "row") return own.described;
  return isLoop(group) ? `×${group.parts.length}` : "";
}

/** Branches are numbered, too, but stand beside the operation that joins them. */
function isLoop({ parts }: ReportGroup): boolean {
  return parts.every(isNumbered);
}

function outOf(group: ReportGroup): string {
  const [first] = group.parts;
  return isLoop(group) && first !== undefined ? printRange(first.out, group.out) : printShape(group.out);
}

/** `[96…256 @ 56x56]`, `[128…1024 @ 28x28…7x7]`. */
function printRange(first: Shape, last: Shape): string {
  const range = (from: string, to: string): string => (from === to ? to : `${from}…${to}`);
  const channels = range(`${first.channels}`, `${last.channels}`);
  const sizes = range(first.sizes.join("x"), last.sizes.join("x"));
  return sizes === "" ? `[${channels}]` : `[${channels} @ ${sizes}]`;
}
