/**
 * Conventions of counting operations. There is no such thing as the FLOPs of a network: every tool counts by rules of
 * its own, which change between its versions. A convention is those rules as data; this evaluates them, exactly.
 */
import { InternalError } from "../base/invariant.ts";
import { isInteger, printRational } from "../base/rational.ts";
import type { Shape } from "../ir/shape.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { type Expression, parseExpression, type Symbols } from "./expression.ts";
import { foldableNorms } from "./foldable.ts";
import { symbolsOf } from "./symbols.ts";

/** A file of rules. `schemas/convention-1.json` says the same of its JSON. */
export interface ConventionData {
  readonly schema: "dnc/convention-1";
  readonly id: string;
  /** Of the tool; `ID@VERSION` names it. */
  readonly version: string;
  /** Other versions of the tool that were found to count the same. */
  readonly sameAs?: readonly string[];
  /** The function that prints the number. */
  readonly tool: string;
  /** Where the rules are defined. */
  readonly source: string;
  /** Whether the tool was run on each rule and on whole models, or its source was read. */
  readonly evidence: "measured" | "source";
  readonly unit: string;
  /** `one`: the tool divides by the batch size. */
  readonly batch: "included" | "one";
  /** Whether normalizations that can be folded are. */
  readonly norms: "kept" | "folded";
  /** How operations are taken to be written where the tool counts spellings differently. */
  readonly spelling?: Readonly<Record<string, Spelling>>;
  /** The symbols that the rules read. */
  readonly symbols: readonly string[];
  /** By the name of the operation. */
  readonly rules: Readonly<Record<string, RuleData>>;
  /** Of operations without a rule; absent: the tool's count of them is not known. */
  readonly otherwise?: string;
}

/**
 * `module`: an `nn.Module`; `function`: a call of `torch.nn.functional`; `method`: of a tensor, such as `x.mean((2, 3))`;
 * `operator`: `+`; `torch_add`: `torch.add`.
 */
export const SPELLINGS = ["module", "function", "method", "operator", "torch_add"] as const;
export type Spelling = (typeof SPELLINGS)[number];

export type Phase = "infer" | "train";

const RANKS = ["1-D", "2-D", "3-D"] as const;
export type Rank = (typeof RANKS)[number];

/** An expression, or one for each spelling, phase, mode or rank of the operation, or several kinds that add up. */
export type RuleData =
  | string
  | { readonly spelling: Readonly<Partial<Record<Spelling, RuleData>>> }
  | { readonly phase: Readonly<Record<Phase, RuleData>> }
  | { readonly mode: Readonly<Record<string, RuleData>> }
  | { readonly rank: Readonly<Record<Rank, RuleData>> }
  | { readonly kinds: Readonly<Record<string, string>> };

/** What the rules are applied to. */
export interface CountOptions {
  readonly batch: number;
  readonly phase: Phase;
  /** Overrides what the convention does with normalizations that can be folded. */
  readonly norms?: "kept" | "folded";
  /** The spelling of a node where it is not what the convention takes it to be. */
  readonly spellingOf?: (node: OpNode) => Spelling | undefined;
}

export interface Count {
  readonly amount: bigint;
  /** Of what kinds it is made, where the rule says so: multiply-adds, comparisons. */
  readonly kinds: Readonly<Record<string, bigint>>;
  /** Whether the convention has a rule for the operation; otherwise it counts 0. */
  readonly isKnown: boolean;
}

export interface Convention {
  readonly data: ConventionData;
  /** `fvcore@0.1.5.post20221221`. */
  readonly name: string;
  /** One count a node, in the order of the nodes; the graph has no free sizes. */
  count(graph: CheckedGraph, options: CountOptions): readonly Count[];
}

/** What a rule may ask of an operation beside its symbols. */
interface Circumstances {
  readonly spelling: Spelling | undefined;
  readonly phase: Phase;
  readonly mode: string | undefined;
  readonly rank: Rank | undefined;
}

const NOTHING: Count = { amount: 0n, kinds: {}, isKnown: true };
const UNKNOWN: Count = { amount: 0n, kinds: {}, isKnown: false };

export function conventionOf(data: ConventionData): Convention {
  const expressions = new Map<string, Expression>();
  const exactValue = (text: string, symbols: Symbols): bigint => {
    const expression = expressions.get(text) ?? parseExpression(text);
    expressions.set(text, expression);
    const value = expression.evaluate(symbols);
    if (!isInteger(value))
      throw new InternalError(`${data.id} counts ${printRational(value)} by \`${text}\`, no integer`);
    return value.numerator;
  };
  const countBy = (rule: RuleData, op: string, symbols: Symbols, how: Circumstances): Count => {
    if (typeof rule === "string") return { amount: exactValue(rule, symbols), kinds: {}, isKnown: true };
    if ("kinds" in rule) {
      const kinds = Object.entries(rule.kinds).map(
        ([kind, text]) => [kind, exactValue(text, symbols)] as const,
      );
      const amount = kinds.reduce((sum, [, value]) => sum + value, 0n);
      return { amount, kinds: Object.fromEntries(kinds), isKnown: true };
    }
    const chosen = variantOf(rule, data.spelling?.[op], how);
    return chosen === undefined ? UNKNOWN : countBy(chosen, op, symbols, how);
  };
  const countOne = (op: string, symbols: Symbols, how: Circumstances): Count => {
    const rule = Object.hasOwn(data.rules, op) ? data.rules[op] : data.otherwise;
    return rule === undefined ? UNKNOWN : countBy(rule, op, symbols, how);
  };
  return {
    data,
    name: `${data.id}@${data.version}`,
    count(graph, { batch, phase, norms = data.norms, spellingOf }) {
      const folds = norms === "folded" ? foldableNorms(graph) : new Map<number, number>();
      const absorbing = new Set(folds.values());
      return graph.nodes.map((node) => {
        // What the caller feeds is no operation.
        if (node.inputs.length === 0 || folds.has(node.id)) return NOTHING;
        const symbols = symbolsOf(node, graph, {
          batch: data.batch === "one" ? 1 : batch,
          absorbsNorm: absorbing.has(node.id),
        });
        return countOne(node.op.countedAs?.(node.attrs) ?? node.op.name, symbols, {
          spelling: spellingOf?.(node),
          phase,
          mode: modeOf(node),
          rank: rankNamed(graph.nodes[node.inputs[0] ?? -1]?.shape),
        });
      });
    },
  };
}

function variantOf(
  rule: Exclude<RuleData, string | { readonly kinds: unknown }>,
  usual: Spelling | undefined,
  { spelling = usual, phase, mode = "", rank }: Circumstances,
): RuleData | undefined {
  if ("phase" in rule) return rule.phase[phase];
  if ("mode" in rule) return Object.hasOwn(rule.mode, mode) ? rule.mode[mode] : undefined;
  if ("rank" in rule) return rank && rule.rank[rank];
  return spelling === undefined ? undefined : rule.spelling[spelling];
}

/** Of a first operand, how many axes it has beside the channels, as rules name it; a vector has none. */
export function rankNamed(shape: Shape | undefined): Rank | undefined {
  return RANKS[(shape?.sizes.length ?? 0) - 1];
}

function modeOf({ attrs }: OpNode): string | undefined {
  return typeof attrs === "object" && attrs !== null && "mode" in attrs && typeof attrs.mode === "string"
    ? attrs.mode
    : undefined;
}
