/** What a stage sees while it is applied: settings, growth, and a place to report to and to add nodes at. */
import type * as ast from "../../grammar/ast.ts";
import type { Label } from "../base/diagnostic.ts";
import { invariant } from "../base/invariant.ts";
import type { Span } from "../base/source.ts";
import { spanAfter, spanBefore } from "../base/source.ts";
import type { Weight } from "../ir/graph.ts";
import { integerOf } from "../ir/literal.ts";
import { type Axis, axesOf, rankOf, type Shape, sizeAt } from "../ir/shape.ts";
import {
  type CallEdits,
  type Claim,
  type Expansion,
  type Op,
  type Operands,
  type ReportDetails,
  type Site,
  shapesOf,
  type Value,
} from "../ops/op.ts";
import { type Place, report } from "./build.ts";
import { nameText } from "./callee.ts";
import { CERTAIN, lookUp } from "./scope.ts";
import { blame, sizeTrail } from "./trail.ts";

/** A call with its parts, whether it stands in a pipeline or as a source. */
export interface CallPlace {
  readonly name: ast.QualifiedName;
  readonly span: Span;
  readonly parts: ReadonlyMap<string, Span>;
}

/** `operands` are the values that the stage is applied to, `path` that of the node it makes. */
export function expansionAt(
  place: Place,
  call: CallPlace,
  operands: readonly Value[],
  path: string,
): Expansion {
  const { build } = place;

  const siteFor = (inputs: readonly Value[], doubt: (axis: Axis) => void): Site => ({
    report(kind, args, details) {
      const claims = details.claims ?? [];
      for (const { axis } of claims) if (axis !== "rank") doubt(axis);
      const isDoubtful = claims.some(({ input, axis }) => {
        const value = inputs[input];
        return value !== undefined && isDoubtfulAt(value, axis);
      });
      if (isDoubtful) return;
      report(place, kind, args, {
        ...describe(details, inputs),
        span: call.parts.get(details.at ?? "name") ?? call.name.span,
      });
    },
  });

  const describe = (details: ReportDetails, inputs: readonly Value[]) => {
    const { label, notes, help, claims = [] } = details;
    const labels = claims.flatMap(({ input, axis }): Label[] => {
      const value = inputs[input];
      const found = value === undefined ? undefined : blame(value, axis, build.nodes);
      return found === undefined ? [] : [found];
    });
    const last = inputs[claims.at(-1)?.input ?? -1];
    const sizes = last === undefined ? [] : sizeTrail(last, build.nodes);
    const fix = details.fix?.(editsOf(call));
    return {
      ...(label === undefined ? {} : { label }),
      ...(labels.length === 0 ? {} : { labels: distinct(labels) }),
      ...(notes === undefined ? {} : { notes }),
      ...(help === undefined ? {} : { help }),
      ...(fix === undefined ? {} : { fix }),
      ...(sizes.length === 0 ? {} : { sizes }),
    };
  };

  const emit = <A>(op: Op<A>, attrs: A, inputs: Operands<Value>, child?: string): Value => {
    const shapes = shapesOf(inputs);
    const doubted = new Set<Axis>();
    const shape = op.shape(
      shapes,
      attrs,
      siteFor(inputs, (axis) => doubted.add(axis)),
    );
    for (const axis of inherited(op, attrs, inputs, shape)) doubted.add(axis);
    const nodePath = child === undefined ? path : `${path}/${child}`;
    const weights = op.weights(shapes, attrs).map(
      (spec): Weight => ({
        path: `${nodePath}/${spec.name}`,
        role: spec.role,
        shape: spec.shape,
        trainable: spec.role !== "mean" && spec.role !== "variance",
      }),
    );
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
    return { node: id, shape, doubt: doubted.size === 0 ? CERTAIN : doubted };
  };

  return {
    stageName: nameText(call.name),
    settings: build.settings,
    growth() {
      const entry = lookUp(place.scope, "k");
      return entry?.kind === "literal" ? integerOf(entry.value) : undefined;
    },
    emit,
    report: (kind, args, details) => siteFor(operands, () => {}).report(kind, args, details),
  };
}

function isDoubtfulAt({ shape, doubt }: Value, axis: Claim["axis"]): boolean {
  return axis === "rank" ? axesOf(rankOf(shape)).every((each) => doubt.has(each)) : doubt.has(axis);
}

/** Far from any size that could be meant, so that every axis that depends on it comes out differently. */
const FAR = 4096;

const SILENT_SITE: Site = { report: () => {} };

/** The axes of the result that would come out differently if the doubtful sizes of the operands were others. */
function inherited<A>(op: Op<A>, attrs: A, inputs: Operands<Value>, shape: Shape): readonly Axis[] {
  if (inputs.every((input) => input.doubt.size === 0)) return [];
  const [first, ...rest] = inputs.map(moved);
  invariant(first !== undefined, "an operation has operands");
  const other = op.shape([first, ...rest], attrs, SILENT_SITE);
  return axesOf(rankOf(shape)).filter((axis) => sizeAt(shape, axis) !== sizeAt(other, axis));
}

function moved({ shape, doubt }: Value): Shape {
  const move = (size: number, axis: Axis): number => (doubt.has(axis) ? size + FAR : size);
  return {
    channels: move(shape.channels, 0),
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

function editsOf(call: CallPlace): CallEdits {
  const list = call.parts.get("arguments");
  return {
    insertBefore: (text) => [{ span: spanBefore(call.span), text }],
    replace(part, text) {
      const span = call.parts.get(part);
      return span === undefined ? undefined : [{ span, text }];
    },
    addArgument(text) {
      if (list === undefined)
        return [{ span: spanAfter(call.parts.get("kernel") ?? call.name.span), text: ` (${text})` }];
      const inside = { file: list.file, start: list.end - 1, end: list.end - 1 };
      const isEmpty = list.file.text.slice(list.start + 1, list.end - 1).trim() === "";
      return [{ span: inside, text: isEmpty ? text : `, ${text}` }];
    },
  };
}
