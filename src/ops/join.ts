/** What joins share: operands must agree on every axis that the join does not join. There is no broadcasting. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import { listOf } from "../base/text.ts";
import { type Axis, axesOf, axisName, printShape, rankOf, type Shape, sizeAt } from "../ir/shape.ts";
import { printSize } from "../ir/size.ts";
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
  for (const other of rest.keys()) {
    const differing = axesOf(rank).filter(
      (axis) => !joined.includes(axis) && !site.equal({ input: 0, axis }, { input: other + 1, axis }),
    );
    const [axis] = differing;
    const shape = inputs[other + 1];
    if (axis === undefined || shape === undefined) continue;
    const sizes = [first, shape].map((each) => printSize(sizeAt(each, axis) ?? 0)).join(" and ");
    const claims = differing.flatMap((each) => [
      { input: 0, axis: each },
      { input: other + 1, axis: each },
    ]);
    site.report(kind, [`axis ${axisName(rank, axis)} differs, ${sizes}`, shapes], {
      label: `joins ${shapes}`,
      claims,
      help: HELP,
    });
    return;
  }
}

const HELP = [
  "sizes are never broadcast: make the operands equal, for instance with the same stride on both sides",
];
