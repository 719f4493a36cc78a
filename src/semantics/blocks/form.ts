/** What a block gives for inputs of one number of axes, as far as its expansions tell. */
import { compare, equals, rational, toSafeInteger } from "../../base/rational.ts";
import { spanText } from "../../base/source.ts";
import { listOf, quoted } from "../../base/text.ts";
import { axesOf, rankOf } from "../../ir/shape.ts";
import { ALL_SIZES, isEmpty, printSet, type SizeSet, solve } from "../../ir/size-set.ts";
import { constant, isSameTerm, productOf, type Term, unknown, unknownsOf, valueWith } from "../../ir/term.ts";
import { LANGUAGE, printTerm } from "../../ir/term-print.ts";
import { dependsOnSymbol } from "../../ops/flatten.ts";
import { inconclusive } from "../symbolic.ts";
import { channelsTerm, type Requirement } from "../trace.ts";
import { channelsName, sizeName } from "../traced-block.ts";
import type { Exploration } from "./explore.ts";
import { requirementsOf } from "./requirements.ts";
import type { PortForm, SignatureForm } from "./signature-form.ts";
import { fitSizes } from "./sizes.ts";
import type { Run, Subject } from "./world.ts";

/** `isSerious`: the block has no signature, rather than none for this number of axes. */
export type NoForm = { readonly why: string; readonly isSerious: boolean };

export function formOf(
  subject: Subject,
  { runs, oneSided }: Exploration,
  rank: number,
  scales: readonly number[],
): SignatureForm | NoForm {
  const good = runs.filter(({ result }) => result !== undefined);
  const first = good.find(({ trace }) => trace.leastTurns > 0);
  if (first?.result === undefined) return { why: whyNone(runs), isSerious: runs.some(dependsOnSizes) };
  const found = channelsOf(good);
  if ("why" in found) return { ...found, isSerious: true };
  const [open] = oneSided;
  if (open !== undefined) {
    const why = `what it gives where ${quoted(spanText(open.span))} is ${open.holds ? "false" : "true"} is not known`;
    return { why, isSerious: true };
  }
  const meant = good.filter((run) => isMeant(run, found.assumptions));
  const nAxes = rankOf(first.result.shape);
  if (meant.some(({ result }) => result === undefined || rankOf(result.shape) !== nAxes))
    return { why: "the number of axes depends on the parameters", isSerious: true };
  const { definition } = subject;
  const symbols = axesOf(rank)
    .slice(1)
    .map((axis) => sizeName(definition, rank, axis));
  const axes = symbols.slice(0, nAxes);
  const sizes = axes.flatMap((symbol, axis) => fitSizes(meant, axis, symbol) ?? []);
  if (sizes.length < axes.length) return { why: "the sizes follow no formula", isSerious: true };
  const sizeSets = symbols.map((symbol) => [symbol, sizeSetOf(meant, symbol)] as const);
  if (sizeSets.some(([, set]) => set !== undefined && isEmpty(set)))
    return { why: "no sizes fit", isSerious: false };
  const sets = sizeSets.flatMap(([symbol, set]) =>
    set === undefined || isPlain(set) ? [] : [printSet(symbol, set)],
  );
  const inputs = scales.map((scale, input): PortForm => {
    const name = definition.ast.inputs?.[input]?.text;
    return {
      ...(name !== undefined && { name }),
      channels: unknown(channelsName(definition, input)),
      sizes: symbols.map((symbol) => productOf(constant(scale), unknown(symbol))),
    };
  });
  const assumed = found.assumptions.map(({ term, least }) => `${printTerm(term, LANGUAGE)} >= ${least}`);
  const required = requirementsOf(runs, meant, subject.bounds, fixedIn(meant));
  return {
    ranks: [rank],
    inputs,
    output: { channels: found.term, sizes },
    where: [...assumed, ...required.where, ...sets],
    isPartial: !required.isComplete,
  };
}

/** What the sizes depend on, and had one value alone in all runs that fit: nothing is known for others. */
function fixedIn(runs: readonly Run[]): readonly Requirement[] {
  const busy = runs.filter(({ trace }) => trace.leastTurns > 0);
  const names = new Set(busy.flatMap(({ result }) => [...(result?.sizesBy ?? [])]));
  return [...names].flatMap((name): readonly Requirement[] => {
    const [value, ...others] = busy.flatMap(({ trace }) => trace.values.get(name) ?? []);
    if (value === undefined || others.some((other) => !equals(other, value))) return [];
    return [{ kind: "compare", operator: "==", terms: [unknown(name), constant(value)] }];
  });
}

function whyNone(runs: readonly Run[]): string {
  const [mistake] = runs.flatMap(({ trace }) => trace.mistakes);
  return mistake === undefined
    ? "no parameters were found that its `where` admits"
    : `no parameters were found that fit: ${mistake.diagnostic.message}`;
}

/** Whether the block can be meant for inputs of fixed sizes only. */
function dependsOnSizes({ trace }: Run): boolean {
  return trace.mistakes.some(
    ({ diagnostic: { code } }) => code === dependsOnSymbol.code || code === inconclusive.code,
  );
}

type Assumptions = Run["trace"]["assumptions"];

/** The formula that is right for all runs. */
export function channelsOf(
  runs: readonly Run[],
): { readonly term: Term; readonly assumptions: Assumptions } | { readonly why: string } {
  const tried: Term[] = [];
  const reasons = new Set<string>();
  for (const { result, trace } of runs) {
    const term = result && channelsTerm(result.shape);
    if (term === undefined || tried.some((other) => isSameTerm(other, term))) continue;
    const opaque = [...unknownsOf(term).keys()].flatMap((name) => trace.opaque.get(name) ?? []);
    for (const reason of opaque) reasons.add(reason);
    if (opaque.length > 0) continue;
    tried.push(term);
    const isRight = runs.every((run) => {
      const value = isMeant(run, trace.assumptions) ? valueWith(term, run.trace.values) : undefined;
      return value === undefined || toSafeInteger(value) === run.result?.shape.channels;
    });
    if (isRight) return { term, assumptions: trace.assumptions };
  }
  const [reason] = reasons;
  if (reason !== undefined) return { why: reason };
  return {
    why: `its channels are ${listOf(
      tried.map((term) => quoted(printTerm(term, LANGUAGE))),
      "or",
    )}, depending on the parameters`,
  };
}

function isMeant({ trace }: Run, assumptions: Assumptions): boolean {
  return assumptions.every(({ term, least }) => {
    const value = valueWith(term, trace.values);
    return value === undefined || compare(value, rational(least)) >= 0;
  });
}

/** What the sizes of an axis must be; `undefined` where that depends on the parameters. */
function sizeSetOf(runs: readonly Run[], symbol: string): SizeSet | undefined {
  const sets = runs.map(({ symbols }) => {
    const conditions = symbols.demands.flatMap(({ condition }) =>
      condition.symbol === symbol ? [condition] : [],
    );
    return solve(conditions) ?? ALL_SIZES;
  });
  const texts = new Set(sets.map((set) => printSet(symbol, set)));
  return texts.size === 1 ? sets[0] : undefined;
}

/** Whether all sizes are members that are large enough: that goes without saying. */
function isPlain({ modulus, min, also }: SizeSet): boolean {
  return modulus === 1 && min !== null && also.length === 0;
}
