/** Type checks, `: [64 @ 56, 56]`: what is declared must be what was inferred (DN0412). */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic, type Label } from "../base/diagnostic.ts";

import { isInteger } from "../base/rational.ts";
import { count, quoted } from "../base/text.ts";
import { fractionOf } from "../ir/fraction.ts";

import type { Literal } from "../ir/literal.ts";
import { integerOf, numericValue, printLiteral } from "../ir/literal.ts";
import { type Axis, axisName, MAX_RANK, printAxis, printShape, rankOf, sizeAt } from "../ir/shape.ts";
import { printSize } from "../ir/size.ts";
import { isEmpty, solve } from "../ir/size-set.ts";
import { wrongType } from "../ops/call-problems.ts";
import { id } from "../ops/id.ts";
import type { Value } from "../ops/op.ts";
import { environmentAt, type Place, remark } from "./build.ts";
import type { Environment } from "./environment.ts";
import { evaluate } from "./evaluate.ts";
import { CERTAIN, doubted } from "./scope.ts";
import { addDemand } from "./symbol-table.ts";
import { compareValues, inconclusive } from "./symbolic.ts";
import { channelsTerm, type Grounds, noteRequirement, sizeTerms, termOf, termOfLiteral } from "./trace.ts";
import { blame, originOf, paddingFor, sizeFormula, sizeTrail } from "./trail.ts";

export const expectMismatch: DiagnosticKind<[declared: string, inferred: string]> = defineDiagnostic({
  code: "DN0412",
  message: (declared: string, inferred: string) => `declared ${declared}, inferred ${inferred}`,
  explain: {
    title: "expect-mismatch",
    text: "A type after a colon says what the value must be at that point. The declared number is the one that is blamed; the label shows where the inferred one comes from.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < maxpool 2 : [3 @ 8x8] >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < maxpool 2 : [3 @ 4x4] >; }\n",
  },
});

/** One declared size: its number, and the expression it came from. */
export interface Declared {
  readonly value: Literal | undefined;
  readonly expression: ast.Expression;
}

/** Channels, then sizes; a list among the sizes is spread (rule R6). */
export function declaredSizes(type: ast.ShapeType, environment: Environment): readonly Declared[] {
  const sizes = type.sizes.flatMap((expression): readonly Declared[] => {
    const value = evaluate(expression, environment);
    return value?.kind === "list"
      ? value.items.map((item) => ({ value: item, expression }))
      : [{ value, expression }];
  });
  return [{ value: evaluate(type.channels, environment), expression: type.channels }, ...sizes];
}

/**
 * The same value; axes that differ from the type are reported and doubtful afterwards. What was doubtful before is what
 * the type says: so a mistake above a type hides none below it.
 */
export function checkType(
  type: ast.ShapeType,
  value: Value,
  place: Place,
  flow: { in?: Value | undefined; it: Value },
): Value {
  const declared = declaredSizes(type, environmentAt(place, flow));
  const rank = rankOf(value.shape);
  const { nodes } = place.build;
  if (declared.length !== rank + 1) {
    if (value.doubt.has("rank")) return asDeclared(type, declared, value, place);
    const label = blame(value, "rank", nodes);
    const details = {
      span: type.span,
      label: `the value has ${count(rank, "size")} here`,
      ...(label === undefined ? {} : { labels: [label] }),
      sizes: sizeTrail(value, nodes),
    };
    const isWritten = declared.length === type.sizes.length + 1;
    const grounds = isWritten ? { values: [], pairs: [] } : undefined;
    remark(place, expectMismatch, [printSizes(declared), printShape(value.shape)], details, grounds);
    return doubted(value);
  }
  const wrong = declared.flatMap((size, axis) =>
    value.doubt.has(axis) || agrees(size, axis, value, place) ? [] : [axis],
  );
  if (wrong.length === 0) return value.doubt.size === 0 ? value : asDeclared(type, declared, value, place);
  reportSizes(wrong, declared, value, place);
  const doubt = new Set([...value.doubt, ...wrong]);
  place.build.gaps.doubts.set(value.node, doubt);
  return { ...value, doubt };
}

/** The shape that the type says, as a node of its own: what follows from it is traced to the type. */
function asDeclared(
  type: ast.ShapeType,
  declared: readonly Declared[],
  value: Value,
  { build, frame, path }: Place,
): Value {
  const numbers = declared.map((size) => size.value && integerOf(size.value));
  const [channels, ...sizes] = numbers.flatMap((size) => (size !== undefined && size >= 1 ? [size] : []));
  if (channels === undefined || sizes.length + 1 < declared.length || sizes.length > MAX_RANK) return value;
  build.progress.isWhole = false;
  const node = build.nodes.length;
  const shape = { channels, sizes };
  const parts = new Map([["name", type.span]]);
  const origin = { span: type.span, parts, frame };
  build.nodes.push({ id: node, path, op: id, attrs: {}, inputs: [value.node], shape, weights: [], origin });
  return { node, shape, doubt: CERTAIN };
}

function printSizes([channels, ...sizes]: readonly Declared[]): string {
  const printed = sizes.map(printDeclared).join("x");
  return `[${printDeclared(channels)}${printed === "" ? "" : ` @ ${printed}`}]`;
}

/** Whether a declared size equals the inferred one, or could. What could not be evaluated was reported. */
function agrees({ value, expression }: Declared, axis: Axis, inferred: Value, place: Place): boolean {
  const size = sizeAt(inferred.shape, axis);
  if (value === undefined || size === undefined) return true;
  const declared = numericValue(value);
  if (declared === undefined) {
    remark(place, wrongType, ["a size", "a number", printLiteral(value)], { span: expression.span });
    return true;
  }
  const holds = compareValues("==", declared, fractionOf(size));
  const { trace } = place.build;
  if (trace !== undefined && holds === true && axis === 0 && value.kind === "number")
    noteRequirement(trace, {
      kind: "compare",
      operator: "==",
      terms: [termOf(value), channelsTerm(inferred.shape)],
    });
  if (typeof holds === "boolean") return holds;
  const statement = `${printLiteral(value)} = ${printSize(size)}`;
  const labels = [blame(inferred, axis, place.build.nodes) ?? []].flat();
  if (holds === undefined) {
    remark(place, inconclusive, [`whether \`${statement}\``], { span: expression.span, labels });
    return true;
  }
  const set = solve([holds]);
  if (set !== undefined && isEmpty(set)) return false;
  addDemand(place.build.symbols, {
    condition: holds,
    statement,
    frame: place.frame,
    span: expression.span,
    labels,
    value: inferred,
  });
  return true;
}

/** All axes of one type at once: they mostly have one cause. */
function reportSizes(axes: readonly Axis[], declared: readonly Declared[], value: Value, place: Place): void {
  const { nodes } = place.build;
  const rank = rankOf(value.shape);
  const [first = 0] = axes;
  const number = declared[first];
  const print = (axis: Axis, text: string): string => `${axisName(rank, axis)} = ${text}`;
  const declaredText = axes.map((axis) => print(axis, printDeclared(declared[axis]))).join(", ");
  const inferredText = axes.map((axis) => print(axis, printAxis(value.shape, axis))).join(", ");
  const labels = distinctLabels(axes.flatMap((axis) => blame(value, axis, nodes) ?? []));
  const origin = originOf(value, first, nodes);
  const grounds = place.build.trace && typeGrounds(axes, declared, value);
  const formula = origin === undefined ? undefined : sizeFormula(origin, first, nodes);
  const wanted = new Map(
    axes.flatMap((axis): [number, number][] => {
      const size = declared[axis]?.value;
      const whole = size && integerOf(size);
      return axis === 0 || whole === undefined || originOf(value, axis, nodes) !== origin
        ? []
        : [[axis, whole]];
    }),
  );
  const padding = origin && wanted.size === axes.length ? paddingFor(origin, wanted, nodes) : undefined;
  const details = {
    axis: first,
    span: number?.expression.span ?? place.frame.definition,
    label: `the value is ${printShape(value.shape)} here`,
    labels,
    ...(formula === undefined ? {} : { notes: [formula] }),
    ...(padding === undefined ? {} : { help: [`${quoted(padding)} gives ${declaredText}`] }),
    sizes: sizeTrail(value, nodes),
  };
  if (number?.value?.kind === "number" && !isInteger(number.value.value))
    remark(place, wrongType, ["a size", "an integer", printDeclared(number)], details, grounds);
  else remark(place, expectMismatch, [declaredText, inferredText], details, grounds);
}

/** Of what was declared against what is inferred. */
function typeGrounds(axes: readonly Axis[], declared: readonly Declared[], value: Value): Grounds {
  const written = axes.flatMap((axis) => termOfLiteral(declared[axis]?.value) ?? []);
  const sizes = axes.some((axis) => axis > 0) ? sizeTerms(value) : [];
  const width = axes.includes(0) ? declared[0]?.value : undefined;
  if (width?.kind !== "number") return { values: [...written, ...sizes], pairs: [] };
  const inferred = channelsTerm(value.shape);
  return { values: [...written, ...sizes, inferred], pairs: [[termOf(width), inferred]] };
}

function printDeclared(declared: Declared | undefined): string {
  if (declared?.value === undefined) return "?";
  return printLiteral(declared.value);
}

function distinctLabels(labels: readonly Label[]): readonly Label[] {
  return labels.filter(
    (label, index) =>
      labels.findIndex((other) => other.span.start === label.span.start && other.text === label.text) ===
      index,
  );
}
