/** What joins share: operands must agree on every axis that the join does not join. There is no broadcasting. */
import type { Applicability, DiagnosticKind } from "../base/diagnostic.ts";
import { spanText } from "../base/source.ts";
import { listOf, quoted } from "../base/text.ts";
import {
  type Axis,
  axesOf,
  axisName,
  isBoundShape,
  printAxis,
  printShape,
  rankOf,
  type Shape,
} from "../ir/shape.ts";
import type { Claim, Operands, ReportDetails, Site } from "./op.ts";

export interface JoinRules {
  readonly problem: DiagnosticKind<[stage: string, differs: string]>;
  readonly stage: string;
  /** Axes on which operands may differ. */
  readonly joined: readonly Axis[];
  /** Of removing a stride that one operand went through: a dense body never strides, a residual one may. */
  readonly unstride: Applicability;
}

/** Reports the axes on which operands differ; the first operand's sizes are the best guess. */
export function checkJoin(rules: JoinRules, inputs: Operands<Shape>, site: Site): void {
  const [first, ...rest] = inputs;
  const label = `joins ${listOf(inputs.map(printShape))}`;
  const odd = rest.findIndex((shape) => rankOf(shape) !== rankOf(first)) + 1;
  if (odd > 0) {
    site.report(rules.problem, [rules.stage, "the operands have different numbers of axes"], {
      label,
      claims: [0, odd].map((input) => ({ input, axis: "rank" }) as const),
      help: ["join vectors with vectors: `gap` makes one of a map"],
    });
    return;
  }
  for (const [position, shape] of rest.entries()) {
    const other = position + 1;
    const axes = axesOf(rankOf(first)).filter(
      (axis) => !rules.joined.includes(axis) && !site.equal({ input: 0, axis }, { input: other, axis }),
    );
    const [axis] = axes;
    if (axis === undefined) continue;
    const sizes = [first, shape].map((each) => printAxis(each, axis)).join(" and ");
    site.report(rules.problem, [rules.stage, `axis ${axisName(rankOf(first), axis)} differs, ${sizes}`], {
      label,
      claims: axes.flatMap((each): Claim[] => [
        { input: 0, axis: each },
        { input: other, axis: each },
      ]),
      fix: unstride(rules.unstride, other),
      ...wayOut([first, shape], [0, other], axes),
    });
    return;
  }
}

/** Channels are projected; sizes are kept by the strides and the padding. */
function wayOut(
  [first, other]: readonly [Shape, Shape],
  [firstInput, otherInput]: readonly [number, number],
  [axis]: readonly Axis[],
): Pick<ReportDetails, "help" | "notes" | "fix"> {
  const notes = ["sizes are never broadcast"];
  if (axis !== 0) return { notes, help: ["use the same strides and padding on both sides"] };
  const [narrow, wide, input] =
    first.channels < other.channels ? [first, other, firstInput] : [other, first, otherInput];
  const stride = strideFrom(narrow, wide);
  // A formula is of nothing that has a name there.
  const width = wide.formula === undefined ? ` -> ${wide.channels}` : "";
  const projection = `conv 1 (order=bare, bias=false)${stride}${width}`;
  return {
    notes,
    help: [`project the operand of ${printAxis(narrow, 0)} channels: ${quoted(projection)}`],
    fix(edits) {
      const replaced = edits.replaceIdentity(input, projection);
      return (
        replaced && {
          title: `write ${quoted(projection)}`,
          applicability: "maybe-incorrect",
          edits: replaced,
        }
      );
    },
  };
}

/** The stride, as written, that takes the sizes of one shape to those of another; none while sizes are free. */
function strideFrom(shape: Shape, to: Shape): string {
  if (!isBoundShape(shape) || !isBoundShape(to)) return "";
  const stride = Math.ceil((shape.sizes[0] ?? 1) / (to.sizes[0] ?? 1));
  const fits = shape.sizes.every((size, axis) => Math.ceil(size / stride) === to.sizes[axis]);
  return fits && stride > 1 ? ` /${stride}` : "";
}

function unstride(applicability: Applicability, other: number): NonNullable<ReportDetails["fix"]> {
  return (edits) => {
    const span = edits.dropStride({ input: other, other: 0 });
    if (span === undefined) return undefined;
    return { title: `remove ${quoted(spanText(span).trim())}`, applicability, edits: [{ span, text: "" }] };
  };
}
