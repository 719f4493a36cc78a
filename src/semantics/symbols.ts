/** Free sizes of a model: what its `where` allows, what its stages demand, and what follows from both. */
import {
  type DiagnosticDetails,
  type DiagnosticKind,
  defineDiagnostic,
  type Frame,
} from "../base/diagnostic.ts";
import { groupBy } from "../base/group.ts";
import { modulo } from "../base/integers.ts";
import type { Span } from "../base/source.ts";
import { listOf, quoted } from "../base/text.ts";
import type { Condition } from "../ir/size.ts";
import {
  ALL_SIZES,
  effortOf,
  hasFinitelyMany,
  isEmpty,
  isOfUse,
  memberOf,
  narrowed,
  narrowedBy,
  printSet,
  printValues,
  type SizeSet,
  smallestOutside,
} from "../ir/size-set.ts";
import type { OpNode } from "../ops/op.ts";
import { type Build, report } from "./build.ts";
import { allowedSizes, type Demand, type SymbolConstraint } from "./symbol-table.ts";
import { inconclusive } from "./symbolic.ts";
import { sizeTrail } from "./trail.ts";
import { whereFix } from "./where-fix.ts";

export const unsatisfiable: DiagnosticKind<[statement: string, where: string]> = defineDiagnostic({
  code: "DN0501",
  message: (statement: string, where: string) => `${statement} holds for ${where}`,
  explain: {
    title: "no-size-fits",
    text: "The sizes that meet here depend on the input in different ways, so that no input, or only a few, make them fit. One branch has a stride or pool that the other lacks.",
    wrong:
      "dn 1;\nmodel m { input x: f32[3 @ H, 8]; output y = x < concat < id | maxpool (size=[2, 1]) > >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ H, 8]; output y = x < concat < id | maxpool 3 /1 > >; }\n",
  },
});

export const constraintInferred: DiagnosticKind<[model: string, set: string]> = defineDiagnostic({
  code: "DN0502",
  severity: "hint",
  message: (model: string, set: string) => `${quoted(model)} is valid for ${set}`,
  explain: {
    title: "constraint-inferred",
    text: "These are exactly the sizes for which every stage fits and every join agrees. A `where` with it makes the promise part of the spec.",
  },
});

export const constraintViolated: DiagnosticKind<[what: string, demand: string]> = defineDiagnostic({
  code: "DN0503",
  message: (what: string, demand: string) => `${what} violates ${demand}`,
  explain: {
    title: "constraint-violated",
    text: "A `where` must allow only sizes that the model can work on, and a size that is given must be one of them. The smallest counter-example is shown with the sizes that follow from it.",
    wrong:
      "dn 1;\nmodel m where (H % 2 == 0) { input x: f32[3 @ H, 8]; output y = x < maxpool 2; maxpool (size=[2, 1]) : [3 @ H/4, 4] >; }\n",
    right:
      "dn 1;\nmodel m where (H % 4 == 0) { input x: f32[3 @ H, 8]; output y = x < maxpool 2; maxpool (size=[2, 1]) : [3 @ H/4, 4] >; }\n",
  },
});

/** Tells which demands cannot be met; and, of a whole graph, holds them against the `where` or tells what they come to. */
export function settleSymbols(
  build: Build,
  frame: Frame,
  lossless: readonly Condition[] | undefined,
): readonly SymbolConstraint[] {
  const settlements = [...build.symbols.places].map(([symbol, span]) => {
    const allowed = allowedSizes(build.symbols, symbol);
    if (allowed === undefined) reportWhere(symbol, span, build, frame);
    return { symbol, span, allowed, ...settleDemands(symbol, allowed ?? ALL_SIZES, build) };
  });
  reportBroken(
    settlements.flatMap(({ broken }) => broken),
    build,
  );
  return settlements.map(({ symbol, span, allowed, settled, broken, isDecided }) => {
    // What cannot be satisfied was told once, and is part of the answer all the same.
    const conditions = broken.map(({ demand }) => demand.condition);
    const valid = narrowedBy(settled, conditions) ?? ALL_SIZES;
    if (broken.length === 0 && isDecided && allowed !== undefined && lossless !== undefined)
      holdAgainstWhere(symbol, span, allowed, valid, build, frame);
    const ofSymbol = (lossless ?? []).filter((condition) => condition.symbol === symbol);
    return { symbol, valid, lossless: narrowedBy(valid, ofSymbol) ?? valid };
  });
}

function reportWhere(symbol: string, span: Span, build: Build, frame: Frame): void {
  report({ build, frame }, inconclusive, [`what \`where\` says of ${quoted(symbol)}`], {
    span: build.model.where?.span ?? span,
    help: ["use smaller numbers"],
  });
}

/** A demand that a few sizes at most satisfy. */
interface BrokenDemand {
  readonly demand: Demand;
  readonly left: SizeSet;
}

interface Settlement {
  readonly settled: SizeSet;
  readonly broken: readonly BrokenDemand[];
  /** Whether each demand could be decided; the first that could not was reported, and ends it. */
  readonly isDecided: boolean;
}

/** So many values may be looked at to settle the demands on one symbol. */
const MOST_EFFORT = 2 ** 23;

function settleDemands(symbol: string, allowed: SizeSet, build: Build): Settlement {
  let settled = allowed;
  let effort = 0;
  const broken: BrokenDemand[] = [];
  for (const demand of build.symbols.demands) {
    const { condition, statement, frame, span, labels } = demand;
    if (condition.symbol !== symbol) continue;
    if (condition.least === undefined) effort += effortOf([memberOf(symbol, settled), condition]);
    const left = effort > MOST_EFFORT ? undefined : narrowed(settled, condition);
    if (left === undefined) {
      report({ build, frame }, inconclusive, [quoted(statement)], { span, labels });
      return { settled, broken, isDecided: false };
    }
    if (isTooFew(left, settled, build)) broken.push({ demand, left });
    else settled = left;
  }
  return { settled, broken, isDecided: true };
}

/** What goes wrong at one place for the height goes wrong for the width too: it is one mistake. */
function reportBroken(broken: readonly BrokenDemand[], build: Build): void {
  for (const [{ demand, left }, ...others] of byPlace(broken)) {
    const { frame, span, labels, value, statement, condition, grounds } = demand;
    const details = {
      span,
      labels,
      notes: [
        `valid: ${printSet(condition.symbol, left)}`,
        ...others.map(
          (other) =>
            `${quoted(other.demand.statement)} holds for ${sizesIn(other.left, other.demand.condition.symbol)}`,
        ),
      ],
      help: ["let both sides change their sizes in the same way"],
      sizes: sizeTrail(value, build.nodes),
    };
    const sizes = sizesIn(left, condition.symbol);
    report({ build, frame }, unsatisfiable, [quoted(statement), sizes], details, grounds);
  }
}

function byPlace(broken: readonly BrokenDemand[]): readonly (readonly [BrokenDemand, ...BrokenDemand[]])[] {
  const frames = [...groupBy(broken, ({ demand }) => demand.frame).values()];
  return frames.flatMap((ofFrame) => [...groupBy(ofFrame, ({ demand }) => demand.span.start).values()]);
}

function sizesIn(set: SizeSet, symbol: string): string {
  return isEmpty(set) ? `no ${symbol}` : `only ${listOf(printValues(symbol, set.also), "or")}`;
}

/** Where `where` leaves few sizes, one that is left is enough; a block by itself has none. */
function isTooFew(left: SizeSet, settled: SizeSet, { trace }: Build): boolean {
  if (trace !== undefined) return !isOfUse(left);
  return isEmpty(left) || (hasFinitelyMany(left) && !hasFinitelyMany(settled));
}

function holdAgainstWhere(
  symbol: string,
  span: Span,
  allowed: SizeSet,
  valid: SizeSet,
  build: Build,
  frame: Frame,
): void {
  const { model } = build;
  const place = { build, frame };
  const isDeclared = build.symbols.allowed.has(symbol);
  const rule = printSet(symbol, valid);
  const fix = whereFix(model, whereText(symbol, valid));
  if (!isDeclared) {
    if (smallestOutside(allowed, valid) === undefined) return;
    report(place, constraintInferred, [model.name.text, rule], {
      span,
      ...(fix === undefined ? {} : { fix }),
    });
    return;
  }
  const counterExample = smallestOutside(allowed, valid);
  if (counterExample === undefined) return;
  const guilty = refusing(build.symbols.demands, symbol, counterExample);
  report(
    place,
    constraintViolated,
    [`${symbol} = ${counterExample}, which \`where\` allows,`, quoted(guilty?.statement ?? rule)],
    {
      span: model.where?.span ?? span,
      notes: [`the model is valid for ${rule}`],
      ...(fix === undefined ? { help: [`write \`where (${rule})\``] } : { fix }),
      ...refusalOf(build.symbols.demands, symbol, counterExample, build.nodes),
    },
  );
}

/** The demand that a size does not meet. */
function refusing(demands: readonly Demand[], symbol: string, value: number): Demand | undefined {
  return demands.find(({ condition }) => condition.symbol === symbol && !condition.holds(value));
}

/** Where a size does not fit, and the sizes that lead to it. */
export function refusalOf(
  demands: readonly Demand[],
  symbol: string,
  value: number,
  nodes: readonly OpNode[],
): Pick<DiagnosticDetails, "labels" | "sizes"> {
  const guilty = refusing(demands, symbol, value);
  if (guilty === undefined) return {};
  const { span, statement } = guilty;
  return { labels: [{ span, text: `needs ${statement}` }], sizes: sizeTrail(guilty.value, nodes, value) };
}

/** A set as the relations of a `where`, if it is as simple as that. */
function whereText(symbol: string, { modulus, residues, min, also }: SizeSet): string | undefined {
  const [residue] = residues;
  if (min === null || also.length > 0 || residues.length !== 1 || residue === undefined) return undefined;
  const byResidue = modulus === 1 ? [] : [`${symbol} % ${modulus} == ${residue}`];
  const bound = min > 1 && (modulus === 1 || min > modulus) ? [`${symbol} >= ${min}`] : [];
  return [...byResidue, ...bound].join(", ");
}

/** The sizes around one that is not allowed. */
export function nearestSizes({ modulus, residues, min, also }: SizeSet, value: number): readonly number[] {
  const members = residues.flatMap((residue) => {
    if (min === null) return [];
    const below = value - 1 - modulo(value - 1 - residue, modulus);
    const start = Math.max(min, value + 1);
    return [...(below >= min ? [below] : []), start + modulo(residue - start, modulus)];
  });
  const all = [...also, ...members];
  const below = all.reduce((best, size) => (size < value ? Math.max(best, size) : best), 0);
  const above = all.reduce(
    (best, size) => (size > value ? Math.min(best, size) : best),
    Number.POSITIVE_INFINITY,
  );
  return [...(below > 0 ? [below] : []), ...(Number.isFinite(above) ? [above] : [])];
}
