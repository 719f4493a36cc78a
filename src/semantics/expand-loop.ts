/** Expands loops: their bodies, one repetition after the other. */
import type * as ast from "../../grammar/ast.ts";
import type { Frame } from "../base/diagnostic.ts";
import { printLiteral } from "../ir/literal.ts";
import { constant, type Term } from "../ir/term.ts";
import type { Value } from "../ops/op.ts";
import { fits, type Place, spend } from "./build.ts";
import { leastOfLoop } from "./least-amount.ts";
import type { Loop } from "./loop.ts";
import { childScope, define, doubted } from "./scope.ts";
import { termLiteral } from "./trace.ts";
import { traceLoop } from "./traced-loop.ts";

/** The value after all repetitions; `expand` expands one. */
export function expandLoop(
  loop: Loop,
  place: Place,
  path: string,
  start: Value,
  expand: (body: ast.Body, place: Place, it: Value) => Value,
): Value {
  const { definition, total, body, counter, count = constant(total) } = loop;
  if (!fits(place, definition, leastOfLoop(total, body, place.module))) return doubted(start);
  const { trace, symbols } = place.build;
  if (trace !== undefined) {
    const repeat = (index: number, it: Value, number: Term): Value | undefined => {
      if (!spend(place, definition)) return undefined;
      return expand(body, repetitionAt(loop, place, path, index, number), it);
    };
    return traceLoop(trace, { total, count, indexName: counter?.text ?? "i", repeat }, start, symbols);
  }
  let it = start;
  for (let index = 0; index < total; index += 1) {
    if (!spend(place, definition)) return doubted(it);
    it = expand(body, repetitionAt(loop, place, path, index), it);
  }
  return it;
}

/** `number`: the number of the repetition as a formula. */
function repetitionAt(loop: Loop, place: Place, path: string, index: number, number?: Term): Place {
  const scope = childScope(place.scope);
  const bound = loop.variables(termLiteral(index, number), index);
  for (const [name, value] of bound) define(scope, name.text, value, name.span);
  const frame: Frame = {
    kind: "repeat",
    name: loop.name,
    definition: loop.definition,
    bindings: bound.map(([name, value]) => `${name.text}=${printLiteral(value)}`),
    iteration: { index: index + 1, total: loop.total },
    parent: place.frame,
  };
  return { ...place, scope, frame, path: `${path}/${index + 1}` };
}
