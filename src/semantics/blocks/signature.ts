/** What a block makes of any input, for all parameters: `[C @ S…] → [C + n·k @ S…]`. */
import type * as ast from "../../../grammar/ast.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { compare, rational, toSafeInteger } from "../../base/rational.ts";
import { isWithin, spanText } from "../../base/source.ts";
import { listOf, quoted } from "../../base/text.ts";
import { axesOf, axisName, MAX_RANK, rankOf } from "../../ir/shape.ts";
import { ALL_SIZES, printSet, solve } from "../../ir/size-set.ts";
import {
  constant,
  isSameTerm,
  productOf,
  substituted,
  type Term,
  unknown,
  unknownsOf,
  valueWith,
} from "../../ir/term.ts";
import { LANGUAGE, printTerm } from "../../ir/term-print.ts";
import { dependsOnSymbol } from "../../ops/flatten.ts";
import type { Program } from "../module.ts";
import type { Resolution } from "../resolve.ts";
import { inconclusive } from "../symbolic.ts";
import { channelsTerm, type Hypotheses } from "../trace.ts";
import { channelsName } from "../traced-block.ts";
import { type Exploration, explore } from "./explore.ts";
import { candidatesOf } from "./parameters.ts";
import {
  type BlockSignature,
  type PortForm,
  printForm,
  printSizeForm,
  type SignatureForm,
} from "./signature-form.ts";
import { fitSizes, type SizeForm } from "./sizes.ts";
import { type Run, type Subject, subjectOf } from "./world.ts";

/** What stands for the size of any axis. */
const ANY = "S";

/** Of the blocks of the main file, and then of those that it imports, under the names that it gives them. */
export function signaturesOf(
  { main }: Program,
  resolution: Resolution,
  diagnostics: readonly Diagnostic[],
): readonly BlockSignature[] {
  const errors = diagnostics.flatMap(({ severity, span }) => (severity === "error" && span ? [span] : []));
  return [...new Map([...main.own, ...main.names])].flatMap(([name, definition]) => {
    if (definition.kind !== "block") return [];
    const subject = subjectOf(definition, resolution, { left: MOST_STEPS });
    const isBroken = errors.some((error) => isWithin(error, definition.ast.span));
    const signature = isBroken ? undecided(subject, "it has errors") : signatureOf(subject);
    return [{ ...signature, name }];
  });
}

export function signatureOf(subject: Subject): BlockSignature {
  const decided = decide(subject);
  return "why" in decided ? undecided(subject, decided.why) : { ...headOf(subject), forms: decided.forms };
}

function undecided(subject: Subject, why: string): BlockSignature {
  return { ...headOf(subject), forms: [], undecided: why };
}

function headOf({
  definition: { ast: block },
}: Subject): Pick<BlockSignature, "name" | "span" | "parameters"> {
  const parameters = block.parameters.map(({ span }) => spanText(span).replace(/\s+/g, " "));
  return { name: block.name.text, span: block.name.span, parameters };
}

type Decided = { readonly forms: readonly SignatureForm[] } | { readonly why: string };

function decide(subject: Subject): Decided {
  const { ast: block } = subject.definition;
  const candidates = candidatesOf(subject);
  const open = candidates.filter(({ values }) => values.length === 0);
  if (open.length > 0)
    return { why: `it depends on what ${listOf(open.map(({ name }) => quoted(name)))} is` };
  let failure: Decided = { why: "no parameters were found that fit" };
  for (const scales of scalesOf(block)) {
    const forms: SignatureForm[] = [];
    let at = subject;
    for (const rank of RANKS) {
      // What is known of one rank need only be confirmed for the others.
      const isEnough = (runs: readonly Run[]): boolean => forms.length > 0 && runs.length >= CONFIRMING_RUNS;
      const look = (): Exploration => explore(at, candidates, { rank, scales }, isEnough);
      const first = look();
      const hypotheses = forms.length > 0 ? at.hypotheses : hypothesesOf(subject, first);
      const isAssumed = hypotheses.size > at.hypotheses.size;
      at = { ...subject, hypotheses };
      const form = formOf(subject, isAssumed ? look() : first, rank, scales);
      if ("why" in form) {
        if (form.isSerious) return { why: form.why };
        if (forms.length === 0 && rank === RANKS[0]) failure = form;
      } else forms.push(form);
    }
    if (forms.length > 0) return { forms: merged(forms) };
  }
  return failure;
}

/** What the blocks give that contain themselves: this one what it gave in the runs, others what is known of them. */
function hypothesesOf(
  { definition, resolution, effort, hypotheses }: Subject,
  { runs }: Exploration,
): Hypotheses {
  const found = new Map(hypotheses);
  for (const recursive of new Set(runs.flatMap(({ trace }) => [...trace.recursive]))) {
    if (recursive === definition) {
      const channels = channelsOf(runs.filter(({ result }) => result !== undefined));
      if ("term" in channels) found.set(recursive, channels.term);
    } else {
      const [form] = signatureOf(subjectOf(recursive, resolution, effort)).forms;
      if (form !== undefined) found.set(recursive, form.output.channels);
    }
  }
  return found;
}

/** Images first, as most networks are of them. */
const RANKS = [2, 1, 3, 0];
const CONFIRMING_RUNS = 8;

/** Of one block. */
const MOST_STEPS = 50_000;

/** Several inputs may have the same sizes, or one of them may be larger: what a decoder joins. */
function scalesOf({ inputs = [] }: ast.Block): readonly (readonly number[])[] {
  if (inputs.length < 2) return [[1]];
  const same = inputs.map(() => 1);
  return [
    same,
    ...[2, 4].flatMap((scale) =>
      inputs.map((_, index) => same.map((one, at) => (at === index ? scale : one))),
    ),
  ];
}

/** `isSerious`: the block has no signature, rather than none for this number of axes. */
type NoForm = { readonly why: string; readonly isSerious: boolean };

function formOf(
  subject: Subject,
  { runs, oneSided }: Exploration,
  rank: number,
  scales: readonly number[],
): SignatureForm | NoForm {
  const good = runs.filter(({ result }) => result !== undefined);
  const first = good.find(({ trace }) => !trace.isIdle);
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
  const fixed = unvaried(meant);
  if (fixed !== undefined)
    return { why: `what sizes it gives for other values of ${quoted(fixed)} is not known`, isSerious: true };
  const axes = axesOf(nAxes).slice(1);
  const sizes = axes.flatMap((axis) => fitSizes(meant, axis - 1, axisName(rank, axis)) ?? []);
  if (sizes.length < axes.length) return { why: "the sizes follow no formula", isSerious: true };
  const { definition } = subject;
  const inputs = scales.map((scale, input): PortForm => {
    const name = definition.ast.inputs?.[input]?.text;
    return {
      ...(name !== undefined && { name }),
      channels: unknown(channelsName(definition, input)),
      sizes: axesOf(rank)
        .slice(1)
        .map((axis) => productOf(constant(scale), unknown(axisName(rank, axis)))),
    };
  });
  const assumed = found.assumptions.map(({ term, least }) => `${printTerm(term, LANGUAGE)} >= ${least}`);
  return {
    ranks: [rank],
    inputs,
    output: { channels: found.term, sizes },
    where: [...assumed, ...sizeSets(meant, rank)],
  };
}

/** A parameter that the sizes depend on, and that had one value alone in the runs that fit. */
function unvaried(runs: readonly Run[]): string | undefined {
  const names = new Set(runs.flatMap(({ result }) => [...(result?.sizesBy ?? [])]));
  return [...names].find((name) => {
    const values = runs.flatMap(({ trace }) => trace.values.get(name) ?? []);
    return values.every((value) => compare(value, values[0] ?? value) === 0);
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
function channelsOf(
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

/** What the sizes must be, where that is more than large enough and the same for all parameters. */
function sizeSets(runs: readonly Run[], rank: number): readonly string[] {
  return axesOf(rank)
    .slice(1)
    .flatMap((axis) => {
      const symbol = axisName(rank, axis);
      const sets = runs.map(({ symbols }) => {
        const conditions = symbols.demands.flatMap(({ condition }) =>
          condition.symbol === symbol ? [condition] : [],
        );
        return solve(conditions) ?? ALL_SIZES;
      });
      const [set] = sets;
      const texts = new Set(sets.map((each) => printSet(symbol, each)));
      if (
        set === undefined ||
        texts.size > 1 ||
        (set.modulus === 1 && set.min !== null && set.also.length === 0)
      )
        return [];
      return [...texts];
    });
}

/** Where every axis is treated alike, whatever their number, one form says it. */
function merged(forms: readonly SignatureForm[]): readonly SignatureForm[] {
  const alike = forms.flatMap((form) => (form.ranks[0] === 0 ? [] : (forEachAxis(form) ?? [])));
  const [first, ...others] = alike;
  const isSame =
    first !== undefined &&
    alike.length === MAX_RANK &&
    others.every((other) => printForm(other) === printForm(first));
  if (!isSame) return [...forms].sort((a, b) => (a.ranks[0] ?? 0) - (b.ranks[0] ?? 0));
  const vector = forms.find(({ ranks }) => ranks[0] === 0);
  const coversVectors = vector !== undefined && isSameTerm(vector.output.channels, first.output.channels);
  const whole = { ...first, ranks: coversVectors ? [0, 1, 2, 3] : [1, 2, 3] };
  return vector === undefined || coversVectors ? [whole] : [vector, whole];
}

/** The form with one size for all axes, if they are alike. */
function forEachAxis(form: SignatureForm): SignatureForm | undefined {
  const [rank = 0] = form.ranks;
  const ports = [...form.inputs, form.output].map((port): PortForm | undefined => {
    if (!Array.isArray(port.sizes)) return port;
    if (port.sizes.length === 0) return port;
    const named = port.sizes.map((size, index) => renamed(size, axisName(rank, index + 1)));
    const [first] = named;
    const isAlike = named.every(
      (size) =>
        size !== undefined &&
        first !== undefined &&
        printSizeForm(size, LANGUAGE) === printSizeForm(first, LANGUAGE),
    );
    return first !== undefined && isAlike ? { ...port, sizes: { each: first } } : undefined;
  });
  const output = ports.at(-1);
  const inputs = ports.slice(0, -1).flatMap((port) => port ?? []);
  if (output === undefined || inputs.length < form.inputs.length) return undefined;
  const pattern = new RegExp(
    `\\b(${axesOf(rank)
      .slice(1)
      .map((axis) => axisName(rank, axis))
      .join("|")})\\b`,
    "g",
  );
  const where = [...new Set(form.where.map((text) => text.replace(pattern, ANY)))];
  return { ...form, inputs, output, where };
}

function renamed(size: SizeForm, symbol: string): SizeForm | undefined {
  return "products" in size
    ? substituted(size, new Map([[symbol, unknown(ANY)]]))
    : { text: size.text.replaceAll(symbol, ANY) };
}
