/** What a stage sees while it is applied: settings, growth, and a place to report to and to add nodes at. */
import { type DiagnosticKind, defineDiagnostic, type Frame, type Label } from "../base/diagnostic.ts";
import { invariant } from "../base/invariant.ts";
import type { Span } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import { comparisonOf } from "../ir/fraction.ts";

import type { Weight } from "../ir/graph.ts";
import { type Axis, axesOf, rankOf, type Shape, sizeAt } from "../ir/shape.ts";
import {
  type Condition,
  conditionOn,
  isSameSize,
  mapSize,
  printSize,
  SHIFT,
  type Size,
  type SymbolicSize,
} from "../ir/size.ts";
import { MAX_INTEGER } from "../ops/argument.ts";
import { outOfRange } from "../ops/call-problems.ts";
import {
  type Claim,
  type Expansion,
  type Op,
  type Operands,
  type ReportDetails,
  type Site,
  shapesOf,
  type Value,
  type WeightSpec,
} from "../ops/op.ts";
import { type Place, report } from "./build.ts";
import { type CallPlace, editsOf } from "./call-edits.ts";
import { nameText } from "./callee.ts";
import { CERTAIN, type SharedInstance } from "./scope.ts";
import { addDemand, isDemanded } from "./symbol-table.ts";
import { inconclusive } from "./symbolic.ts";
import { type CallTerms, type Grounds, noteSameChannels, sizedBy, stageGrounds } from "./trace.ts";
import { blame, sizeTrail } from "./trail.ts";
import { whereFix } from "./where-fix.ts";

export const channelMismatch: DiagnosticKind<[instance: string, before: string, now: string]> =
  defineDiagnostic({
    code: "DN0401",
    message: (instance, before, now) =>
      `the weights of shared ${quoted(instance)} have the shape ${before}, and this use needs ${now}`,
    explain: {
      title: "channel-mismatch",
      text: "A shared instance has one set of weights, made for the width of its first use. Every later use must have as many input channels.",
      wrong:
        "dn 1;\nmodel m { set order = bare; input a: f32[3 @ 8x8]; input b: f32[4 @ 8x8]; shared f = conv 3 -> 8; x = f(a); y = f(b); output z = add(x, y); }\n",
      right:
        "dn 1;\nmodel m { set order = bare; input a: f32[3 @ 8x8]; input b: f32[3 @ 8x8]; shared f = conv 3 -> 8; x = f(a); y = f(b); output z = add(x, y); }\n",
    },
  });

/** What applying a stage to `operands` may do at a place. */
export interface ExpansionContext {
  readonly place: Place;
  readonly call: CallPlace;
  /** And templates, behind them. */
  readonly operands: readonly Value[];
  /** Of the node that the stage makes. */
  readonly path: string;
  readonly growth: number | undefined;
  /** The numbers of the call that depend on unknowns, where that is remembered. */
  readonly terms: CallTerms | undefined;
  /** Called when the stage reports something other than through the shape of a node. */
  readonly onReport: (details: ReportDetails) => void;
}

/** What must hold between two sizes. */
interface Relation {
  readonly sign: string;
  /** Behind "whether one is". */
  readonly words: string;
  readonly test: (difference: number) => boolean;
}

const EQUAL: Relation = { sign: "=", words: "", test: (apart) => apart === 0 };
const AT_MOST: Relation = { sign: "<=", words: "at most ", test: (apart) => apart <= 0 };

export function expansionAt({
  place,
  call,
  operands,
  path,
  growth,
  terms,
  onReport,
}: ExpansionContext): Expansion {
  const { build } = place;

  const siteFor = (inputs: readonly Value[], doubt: (axis: Claim["axis"]) => void): Site => ({
    demand(size, holds, step, claim) {
      if (typeof size === "number") return holds(size);
      const condition = conditionOn(size, holds, step);
      demandOf(condition, () => `${nameText(call.name)} fits in ${printSize(size)}`, [claim], inputs);
      return true;
    },
    equal: (first, second) => relate(EQUAL, first, second, inputs, doubt),
    atMost: (first, second) => relate(AT_MOST, first, second, inputs, doubt),
    report(kind, args, details) {
      const claims = details.claims ?? [];
      for (const { axis } of claims) doubt(axis);
      for (const axis of details.doubts ?? []) doubt(axis);
      const isDoubtful = claims.some(({ input, axis }) => {
        const value = inputs[input];
        return value?.doubt.has(axis);
      });
      if (isDoubtful) {
        build.problems.skip(kind.code, call.parts.get(details.at ?? "name") ?? call.name.span, place.frame);
        return;
      }
      const span = call.parts.get(details.at ?? "name") ?? call.name.span;
      report(place, kind, args, { ...describe(details, inputs), span }, groundsOf(claims, inputs));
    },
  });

  const groundsOf = (claims: readonly Claim[], inputs: readonly Value[]): Grounds | undefined =>
    terms && stageGrounds(terms, claims, inputs);

  /** The first time in the model, at the outermost call that leads to the stage. */
  const reportOfModel: Expansion["report"] = (kind, args, details) => {
    const { told } = build.progress;
    build.progress.isWhole = false;
    if (told.has(kind.code)) return;
    told.add(kind.code);
    const span = call.parts.get(details.at ?? "name") ?? call.name.span;
    const described = describe(details, operands);
    const outermost = outermostCall(place.frame);
    if (outermost === undefined) report(place, kind, args, { ...described, span });
    else {
      const { label = "required here", ...rest } = described;
      report(place, kind, args, {
        ...rest,
        span: outermost,
        label: "this leads to it",
        labels: [{ span, text: label }],
      });
    }
  };

  const describe = (details: ReportDetails, inputs: readonly Value[]) => {
    const { label, notes, help, claims = [] } = details;
    const labels = claims.flatMap(({ input, axis }) => blameOf(inputs[input], axis));
    const trails = claims.map(({ input }) => {
      const value = inputs[input];
      return value === undefined ? [] : sizeTrail(value, build.nodes);
    });
    // The longer way is the one that changed something.
    const sizes = trails.reduce((longest, trail) => (trail.length > longest.length ? trail : longest), []);
    const fix = details.fix?.(editsOf(call, place, inputs));
    const [claim] = claims;
    return {
      ...(claim && { axis: claim.axis }),
      ...(label === undefined ? {} : { label }),
      ...(labels.length === 0 ? {} : { labels: distinct(labels) }),
      ...(notes === undefined ? {} : { notes }),
      ...(help === undefined ? {} : { help }),
      ...(fix === undefined ? {} : { fix }),
      ...(sizes.length === 0 ? {} : { sizes }),
    };
  };

  const demandOf = (
    condition: Condition,
    statement: () => string,
    claims: readonly Claim[],
    inputs: readonly Value[],
  ): void => {
    const value = inputs[claims.at(-1)?.input ?? 0];
    if (value === undefined || isDemanded(build.symbols, condition)) return;
    if (claims.some(({ input, axis }) => inputs[input]?.doubt.has(axis) === true)) return;
    const labels = distinct(claims.flatMap(({ input, axis }) => blameOf(inputs[input], axis)));
    addDemand(build.symbols, {
      condition,
      statement: statement(),
      frame: place.frame,
      span: call.name.span,
      labels,
      value,
      grounds: groundsOf(claims, inputs),
    });
  };

  const blameOf = (value: Value | undefined, axis: Claim["axis"]): readonly Label[] => {
    const found = value === undefined ? undefined : blame(value, axis, build.nodes);
    return found === undefined ? [] : [found];
  };

  const relate = (
    relation: Relation,
    first: Claim,
    second: Claim,
    inputs: readonly Value[],
    doubt: (axis: Axis) => void,
  ): boolean => {
    const [a, b] = [first, second].map(({ input, axis }) =>
      axis === "rank" ? undefined : inputs[input] && sizeAt(inputs[input].shape, axis),
    );
    if (a === undefined || b === undefined) return true;
    if (build.trace !== undefined && first.axis === 0 && relation === EQUAL && a === b)
      noteSameChannels(build.trace, inputs[first.input], inputs[second.input]);
    if (isSameSize(a, b)) return true;
    if (typeof a === "number" && typeof b === "number") return relation.test(a - b);
    if (typeof a === "number" || typeof b === "number" || a.symbol === b.symbol) {
      const statement = (): string => `${printSize(a)} ${relation.sign} ${printSize(b)}`;
      demandOf(comparisonOf(a, b, relation.test), statement, [first, second], inputs);
      return true;
    }
    const isDoubtful = [first, second].some(({ input, axis }) => inputs[input]?.doubt.has(axis) === true);
    for (const { axis } of [first, second]) if (axis !== "rank") doubt(axis);
    if (isDoubtful) return true;
    const labels = distinct([first, second].flatMap(({ input, axis }) => blameOf(inputs[input], axis)));
    reportTwoSymbols(relation, a, b, labels);
    return true;
  };

  const reportTwoSymbols = (
    relation: Relation,
    a: SymbolicSize,
    b: SymbolicSize,
    labels: readonly Label[],
  ): void => {
    const equality = a.text === a.symbol && b.text === b.symbol ? `${a.symbol} == ${b.symbol}` : undefined;
    // To be at most as large is less than to be equal.
    const fix = relation === EQUAL ? whereFix(build.model, equality) : undefined;
    report(place, inconclusive, [`whether \`${a.text}\` is ${relation.words}\`${b.text}\``], {
      span: call.name.span,
      labels,
      help: [equality ? `say that they are equal: \`where (${equality})\`` : "use one symbol for both"],
      ...(fix === undefined ? {} : { fix }),
    });
  };

  /** New weights, or those of the first use of the instance around the stage. */
  const weightsAt = (
    specs: readonly WeightSpec[],
    nodePath: string,
    inputs: readonly Value[],
  ): readonly Weight[] => {
    const { sharing } = place;
    const known = sharing?.instance.weights[sharing.next];
    if (sharing !== undefined) sharing.next += 1;
    if (known !== undefined && specs.every(({ shape }, index) => known[index]?.shape.join() === shape.join()))
      return known;
    if (known !== undefined && sharing !== undefined)
      reportOtherWidth(sharing.instance, known, specs, inputs);
    const made = specs.map(
      ({ name, role, shape, initial }): Weight => ({
        path: `${nodePath}/${name}`,
        role,
        shape,
        trainable: role !== "mean" && role !== "variance",
        ...(initial === undefined ? {} : { initial }),
      }),
    );
    if (known === undefined) sharing?.instance.weights.push(made);
    return made;
  };

  const reportOtherWidth = (
    instance: SharedInstance,
    known: readonly Weight[],
    specs: readonly WeightSpec[],
    inputs: readonly Value[],
  ): void => {
    const [first] = inputs;
    if (first === undefined || first.doubt.has(0)) return;
    const index = specs.findIndex(({ shape }, position) => known[position]?.shape.join() !== shape.join());
    const [before, now] = [known[index]?.shape, specs[index]?.shape].map((shape) =>
      shape === undefined ? "none" : `[${shape.join(", ")}]`,
    );
    const use = outermostCall(place.frame);
    const labels = [...blameOf(first, 0), ...(use === undefined ? [] : [{ span: use, text: "this use" }])];
    const help = ["use another instance for values of another width"];
    report(place, channelMismatch, [instance.name, `${before}`, `${now}`], {
      span: call.name.span,
      labels,
      help,
    });
  };

  /** Reports what no target counts to, and goes on with the largest number. */
  const withinReach = (shape: Shape, inputs: readonly Value[], doubted: Set<Claim["axis"]>): Shape => {
    const isBeyond = (size: Size): boolean => typeof size === "number" && size > MAX_INTEGER;
    const axes = axesOf(rankOf(shape)).filter((axis) => isBeyond(sizeAt(shape, axis) ?? 0));
    const [first] = axes;
    if (first === undefined) return shape;
    if (inputs.every(({ doubt }) => !doubt.has(first)) && !doubted.has(first)) {
      const what = first === 0 ? "the number of channels" : "a size";
      const got = `${sizeAt(shape, first)} after ${quoted(nameText(call.name))}`;
      report(place, outOfRange, [what, `at most ${MAX_INTEGER}`, got], { span: call.name.span });
    }
    for (const axis of axes) doubted.add(axis);
    const capped = (size: Size): Size => (isBeyond(size) ? MAX_INTEGER : size);
    return { channels: Math.min(shape.channels, MAX_INTEGER), sizes: shape.sizes.map(capped) };
  };

  const emit = <A>(op: Op<A>, attrs: A, inputs: Operands<Value>, child?: string): Value => {
    const shapes = shapesOf(inputs);
    const doubted = new Set<Claim["axis"]>();
    const site = siteFor(inputs, (axis) => doubted.add(axis));
    const shape = withinReach(op.shape(shapes, attrs, site), inputs, doubted);
    for (const axis of inherited(op, attrs, inputs, shape)) doubted.add(axis);
    const [{ shape: before, doubt }] = inputs;
    if (doubt.has("rank")) doubted.add("rank");
    if (rankOf(before) !== rankOf(shape)) doubted.delete("rank");
    const nodePath = child === undefined ? path : `${path}/${child}`;
    const weights = weightsAt(op.weights(shapes, attrs), nodePath, inputs);
    const id = build.nodes.length;
    const origin = { span: call.span, parts: call.parts, frame: place.frame };
    build.nodes.push({
      id,
      path: nodePath,
      op,
      attrs,
      inputs: inputs.map((input) => input.node),
      shape,
      weights,
      origin,
    });
    if (doubted.size > 0) build.gaps.doubts.set(id, doubted);
    const made: Value = { node: id, shape, doubt: doubted.size === 0 ? CERTAIN : doubted };
    return build.trace === undefined ? made : sizedBy(made, inputs);
  };

  const own = siteFor(operands, () => {});
  return {
    stageName: nameText(call.name),
    settings: build.settings,
    growth: () => growth,
    emit,
    demand: own.demand,
    equal: own.equal,
    atMost: own.atMost,
    report(kind, args, details) {
      onReport(details);
      if (details.blamesModel) {
        reportOfModel(kind, args, details);
        return;
      }
      own.report(kind, args, details);
    },
  };
}

function outermostCall(frame: Frame): Span | undefined {
  let call: Span | undefined;
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) call = at.call ?? call;
  return call;
}

/** Far from any size that could be meant, so that every axis that depends on it comes out differently. */
const FAR = 4096;

export const SILENT_SITE: Site = {
  report: () => {},
  demand: () => true,
  equal: () => true,
  atMost: () => true,
};

/** The axes of the result that would come out differently if the doubtful sizes of the operands were others. */
function inherited<A>(op: Op<A>, attrs: A, inputs: Operands<Value>, shape: Shape): readonly Axis[] {
  if (inputs.every((input) => input.doubt.size === 0)) return [];
  const [first, ...rest] = inputs.map(moved);
  invariant(first !== undefined, "an operation has operands");
  const other = op.shape([first, ...rest], attrs, SILENT_SITE);
  return axesOf(rankOf(shape)).filter((axis) => !isSameSize(sizeAt(shape, axis), sizeAt(other, axis)));
}

function moved({ shape, doubt }: Value): Shape {
  const move = (size: Size, axis: Axis): Size =>
    doubt.has(axis) ? mapSize(size, (n) => n + FAR, SHIFT) : size;
  return {
    channels: shape.channels + (doubt.has(0) ? FAR : 0),
    sizes: shape.sizes.map((size, index) => move(size, index + 1)),
  };
}

function distinct(labels: readonly Label[]): readonly Label[] {
  const seen = new Set<string>();
  return labels.filter(({ span, text }) => {
    const key = `${span.start} ${span.end} ${text}`;
    return seen.has(key) ? false : seen.add(key);
  });
}
