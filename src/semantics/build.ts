/** The graph under construction, and where in the spec the expansion stands. */
import type * as ast from "../../grammar/ast.ts";
import {
  type DiagnosticDetails,
  type DiagnosticKind,
  defineDiagnostic,
  type Frame,
  type Label,
} from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import { withSeparators } from "../base/text.ts";
import type { Literal } from "../ir/literal.ts";
import type { Condition } from "../ir/size.ts";
import type { OpNode, Value } from "../ops/op.ts";
import type { Settings } from "../ops/settings.ts";
import { wrongRank } from "../ops/window.ts";
import { type DroppedFraction, droppedFraction } from "./dropped-fractions.ts";
import type { Environment, Names } from "./environment.ts";
import { evaluate } from "./evaluate.ts";
import type { Gaps } from "./gaps.ts";
import { type BlockDefinition, isStandardLibrary, type Module } from "./module.ts";
import type { Problems } from "./problems.ts";
import type { Resolution } from "./resolve.ts";
import { lookUp, type Scope, type SharedInstance } from "./scope.ts";
import { decided, type Symbols } from "./symbol-table.ts";
import { inconclusive } from "./symbolic.ts";
import { type Grounds, noteMistake, type Trace, termsIn } from "./trace.ts";

export const modelTooLarge: DiagnosticKind<[limit: string]> = defineDiagnostic({
  code: "DN0211",
  message: (limit: string) => `the models of this file expand to more than ${limit}`,
  explain: {
    title: "model-too-large",
    text: "Expansion stops here, before memory runs out, or does not begin where it is clear that it would. A `repeat` or `for` counts further than was meant, loops are nested, or blocks call each other over many levels. Steps are stages, repetitions, and elements of lists.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < repeat 1000000000000 < relu > >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < repeat 10 < relu > >; }\n",
  },
});

export interface Build {
  readonly nodes: OpNode[];
  readonly problems: Problems;
  readonly resolution: Resolution;
  readonly settings: Settings;
  /** The model that is expanded. */
  readonly model: ast.Model;
  readonly symbols: Symbols;
  /** The `let`s of each file. */
  readonly fileScope: (module: Module) => Scope;
  readonly progress: Progress;
  readonly budget: Budget;
  /** The blocks that were expanded. */
  readonly entered: Set<ast.Block>;
  /** The nodes whose sizes a stage takes, as `crop (to=skip)` does. */
  readonly measured: Set<number>;
  readonly gaps: Gaps;
  readonly droppedFractions: DroppedFraction[];
  /** Remembers how numbers came about, in the check of a block for all its parameters. */
  readonly trace?: Trace | undefined;
}

/** What all models of a file together have taken so far. */
export interface Budget {
  /** Stages, repetitions, and elements of lists. */
  steps: number;
  /** Of the models that are done. */
  operations: number;
  isSpent: boolean;
}

/** `room`: how many steps there may be. */
export function startBudget(room: number = MOST_STEPS): Budget {
  return { steps: MOST_STEPS - room, operations: 0, isSpent: false };
}

interface Progress {
  /** Whether every stage so far is what the spec says: no mistake left a hole or a guess. */
  isWhole: boolean;
  /** What was told once for the whole model. */
  readonly told: Set<string>;
}

export function startProgress(): Progress {
  return { isWhole: true, told: new Set() };
}

/** Where the expansion stands: one per body. */
export interface Place {
  readonly build: Build;
  readonly module: Module;
  readonly frame: Frame;
  /** Of the nodes made here: `net/features/dense/3`. */
  readonly path: string;
  readonly scope: Scope;
  /** How many bodies and calls of blocks are around it. */
  readonly depth: number;
  /** The weights to make or to use again, inside a shared instance. */
  readonly sharing?: Sharing | undefined;
  /** The calls of blocks around it, innermost first. */
  readonly activation?: Activation | undefined;
}

/** One use of a shared instance. */
export interface Sharing {
  readonly instance: SharedInstance;
  /** How many nodes of this use have their weights. */
  next: number;
}

/** A block at work, with what its parameters are bound to. */
export interface Activation {
  readonly definition: BlockDefinition;
  readonly scope: Scope;
  /** How often the block contains itself up to here. */
  readonly depth: number;
  readonly parent: Activation | undefined;
}

type PlacedDetails = DiagnosticDetails & { readonly span: Span };

/** Reports a mistake that keeps the graph from being what the spec says. */
export function report<Args extends readonly unknown[]>(
  place: Pick<Place, "build" | "frame">,
  kind: DiagnosticKind<Args>,
  args: Args,
  details: PlacedDetails,
  grounds?: Grounds,
): undefined {
  place.build.progress.isWhole = false;
  remark(place, kind, args, details, grounds);
}

/** Reports what is wrong with a graph that is what the spec says. */
export function remark<Args extends readonly unknown[]>(
  place: Pick<Place, "build" | "frame">,
  kind: DiagnosticKind<Args>,
  args: Args,
  details: PlacedDetails,
  grounds?: Grounds,
): undefined {
  const diagnostic = kind.at({ frame: place.frame, ...blameCaller(details, place.frame) }, ...args);
  const { trace, problems } = place.build;
  if (trace === undefined) problems.report(diagnostic);
  else noteMistake(trace, diagnostic, grounds);
}

/** The standard library is right: what goes wrong in it is reported at the call that leads into it. */
export function blameCaller({ fix, label, ...details }: PlacedDetails, frame: Frame): PlacedDetails {
  const whole = { ...details, ...(label && { label }), ...(fix && { fix }) };
  if (!isStandardLibrary(details.span.file)) return whole;
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    if (at.call === undefined || isStandardLibrary(at.call.file)) continue;
    const cause: Label = { span: details.span, text: label ?? "goes wrong here" };
    return { ...details, span: at.call, labels: [cause, ...(details.labels ?? [])] };
  }
  return whole;
}

type Spot = Pick<Place, "build" | "frame" | "scope">;

/** Expressions at a place; `in` and `it` where they have a value. */
export function environmentAt(spot: Spot, flow: Pick<Names, "in" | "it"> = {}): Environment {
  const { scope, build } = spot;
  return new PlacedEnvironment(spot, { scope, in: flow.in, it: flow.it, trace: build.trace });
}

/** A class, since there is one for each stage and call of a network. */
class PlacedEnvironment implements Environment {
  readonly scope: Scope;
  readonly in: Value | undefined;
  readonly it: Value | undefined;
  readonly trace: Trace | undefined;
  readonly measured: Names["measured"];
  private readonly spot: Spot;
  private readonly isSilent: boolean;

  constructor(spot: Spot, names: Names, isSilent = false) {
    this.scope = names.scope;
    this.in = names.in;
    this.it = names.it;
    this.trace = names.trace;
    this.measured = names.measured;
    this.spot = spot;
    this.isSilent = isSilent;
  }

  with(names: Partial<Names>): Environment {
    const { scope, it, trace, measured } = this;
    return new PlacedEnvironment(
      this.spot,
      { scope, in: this.in, it, trace, measured, ...names },
      this.isSilent,
    );
  }

  get silent(): Environment {
    return new PlacedEnvironment(this.spot, this, true);
  }

  blockOf(expression: ast.NameExpression): BlockDefinition | undefined {
    return this.spot.build.resolution.blocks.get(expression);
  }

  decide(condition: Condition, span: Span): boolean | undefined {
    const answer = decided(this.spot.build.symbols, condition);
    if (answer !== undefined || this.isSilent) return answer;
    const help = [`say in a \`where\` what holds for \`${condition.symbol}\``];
    return report(this.spot, inconclusive, ["this condition"], { span, help });
  }

  isBad(expression: ast.Expression): boolean {
    return isBad(this.spot.build, expression);
  }

  spend(amount: number, span: Span): boolean {
    return spend(this.spot, span, amount);
  }

  floored(call: ast.NameExpression, amount: Literal | undefined): void {
    const { build, frame } = this.spot;
    const dropped = droppedFraction(call, amount, frame, (factor) => evaluate(factor, this));
    if (dropped !== undefined) build.droppedFractions.push(dropped);
  }

  report<Args extends readonly unknown[]>(
    kind: DiagnosticKind<Args>,
    args: Args,
    at: Span | ast.Expression,
    more?: Pick<DiagnosticDetails, "help" | "fix" | "labels">,
  ): undefined {
    if (this.isSilent) return;
    const where = "kind" in at ? culprit(at, this.spot.scope) : { span: at };
    // Which axes a value has depends on no number.
    const values = kind.code === wrongRank.code ? [] : "kind" in at ? termsIn(at, this) : undefined;
    const grounds = values && { values, pairs: [] };
    report(this.spot, kind, args, { ...where, ...more }, grounds);
  }
}

/** A value that is wrong where it is used was given by a call, when all that stands there is a parameter. */
function culprit(expression: ast.Expression, scope: Scope): PlacedDetails {
  const argument = argumentOf(expression, scope);
  return argument === undefined
    ? { span: expression.span }
    : { span: argument, labels: [{ span: expression.span, text: "required here" }] };
}

/** Where the value of an expression that only names a parameter was given. */
export function argumentOf(expression: ast.Expression, scope: Scope): Span | undefined {
  if (expression.kind !== "name" || expression.arguments !== undefined) return undefined;
  const entry = lookUp(scope, expression.name.parts[0].text);
  return entry?.kind === "literal" ? entry.argument : undefined;
}

/** Whether a part of the tree was reported and must be passed over. */
export function isBad(build: Build, node: object): boolean {
  const known = build.resolution.bad.has(node);
  if (known) build.progress.isWhole = false;
  return known;
}

/** Expands at least to so much. */
export interface Amount {
  readonly steps: number;
  readonly operations: number;
}

/** ResNet-1202 has 8,000 operations; so many take five seconds, and three quarters of a gigabyte. */
const MOST_OPERATIONS = 300_000;
const MOST_STEPS = 400_000;

/** Takes steps off the budget; `false` when there are none left, reported the first time. */
export function spend(place: Spending, span: Span, steps = 1): boolean {
  const { budget } = place.build;
  if (budget.isSpent) return false;
  budget.steps += steps;
  return fits(place, span, { steps: 0, operations: 1 });
}

/** Whether there is room for what is certain to come; otherwise nothing is expanded any more, which is reported. */
export function fits(place: Spending, span: Span, { steps, operations }: Amount): boolean {
  const { budget, nodes } = place.build;
  if (budget.isSpent) return false;
  const isTooLarge = budget.operations + nodes.length + operations > MOST_OPERATIONS;
  if (!isTooLarge && budget.steps + steps <= MOST_STEPS) return true;
  budget.isSpent = true;
  const limit = isTooLarge
    ? `${withSeparators(MOST_OPERATIONS)} operations`
    : `${withSeparators(MOST_STEPS)} steps`;
  return reportTooLarge(place, span, limit, "lower the counts of its loops, or of those around it");
}

type Spending = Pick<Place, "build" | "frame">;

/** Half as many again exhaust the stack. Recursion to its limit of 256 fits, with two bodies around each call. */
const DEEPEST = 1100;

/** Whether a body may stand in so many others, those of the blocks that lead to it included; reported otherwise. */
export function isShallow(place: Place, span: Span): boolean {
  if (place.depth < DEEPEST) return true;
  const limit = `${withSeparators(DEEPEST)} calls and bodies within each other`;
  return reportTooLarge(
    place,
    span,
    limit,
    "let fewer blocks call each other, or put fewer bodies into each",
  );
}

function reportTooLarge(place: Spending, span: Span, limit: string, help: string): false {
  place.build.gaps.isTotal = true;
  report(place, modelTooLarge, [limit], { span, help: [help] });
  return false;
}
