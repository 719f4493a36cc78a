/** What joins share: operands must agree on every axis that the join does not join. There is no broadcasting. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { listOf } from "../base/text.ts";
import { type Axis, axesOf, axisName, printShape, rankOf, type Shape, sizeAt } from "../ir/shape.ts";
import type { Operands, Site } from "./op.ts";

export type JoinProblem = DiagnosticKind<[differs: string, shapes: string]>;

/** Reports the axes on which operands differ; the first operand's sizes are the best guess. */
export function checkJoin(
  kind: JoinProblem,
  inputs: Operands<Shape>,
  joined: readonly Axis[],
  site: Site,
): void {
  const [first, ...rest] = inputs;
  const shapes = listOf(inputs.map(printShape));
  const odd = rest.findIndex((shape) => rankOf(shape) !== rankOf(first)) + 1;
  if (odd > 0) {
    const claims = [0, odd].map((input) => ({ input, axis: "rank" }) as const);
    site.report(kind, ["the operands have different numbers of axes", shapes], {
      label: `joins ${shapes}`,
      claims,
      help: HELP,
    });
    return;
  }
  const rank = rankOf(first);
  for (const axis of axesOf(rank)) {
    if (joined.includes(axis)) continue;
    const size = sizeAt(first, axis);
    const other = rest.findIndex((shape) => sizeAt(shape, axis) !== size) + 1;
    const otherShape = inputs[other];
    if (other === 0 || otherShape === undefined) continue;
    const claims = axesOf(rank)
      .filter(
        (candidate) =>
          !joined.includes(candidate) && sizeAt(first, candidate) !== sizeAt(otherShape, candidate),
      )
      .flatMap((candidate) => [
        { input: 0, axis: candidate },
        { input: other, axis: candidate },
      ]);
    site.report(
      kind,
      [`axis ${axisName(rank, axis)} differs, ${size} and ${sizeAt(otherShape, axis)}`, shapes],
      {
        label: `joins ${shapes}`,
        claims,
        help: HELP,
      },
    );
    return;
  }
}

const HELP = [
  "sizes are never broadcast: make the operands equal, for instance with the same stride on both sides",
];
