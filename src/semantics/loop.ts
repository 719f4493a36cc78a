/** `repeat`, `for`, and blocks that repeat themselves: how often, and what their names stand for. */
import type * as ast from "../../grammar/ast.ts";
import { invariant } from "../base/invariant.ts";
import type { Span } from "../base/source.ts";
import type { Literal, NumberLiteral } from "../ir/literal.ts";
import type { Term } from "../ir/term.ts";
import type { Value } from "../ops/op.ts";
import { environmentAt, type Place } from "./build.ts";
import type { Environment } from "./environment.ts";
import { asCount, badExpression, evaluate } from "./evaluate.ts";
import type { BlockDefinition } from "./module.ts";
import { lookUp } from "./scope.ts";
import { termOfLiteral } from "./trace.ts";

export interface Loop {
  readonly definition: Span;
  readonly name: string;
  readonly total: number;
  /** How the total came about, where it depends on unknowns. */
  readonly count: Term | undefined;
  readonly body: ast.Body;
  /** The variable that counts from zero. */
  readonly counter: ast.Name | undefined;
  /** What the names of a repetition stand for; `number` is its number, which counts from zero. */
  readonly variables: (number: NumberLiteral, index: number) => readonly (readonly [ast.Name, Literal])[];
}

export function repetition(
  { count: written, span, body, as }: ast.RepeatStage,
  environment: Environment,
): Loop | undefined {
  const count = evaluate(written, environment);
  const total = asCount("the count of `repeat`", count, written, 0, environment);
  if (total === undefined) return undefined;
  const counting = { counter: as, variables: countingAs(as) };
  return { definition: span, name: "repeat", total, count: termOfLiteral(count), body, ...counting };
}

function countingAs(name: ast.Name | undefined): Loop["variables"] {
  return (number) => (name === undefined ? [] : [[name, number]]);
}

export function loopOver(stage: ast.ForStage, environment: Environment): Loop | undefined {
  const list = evaluate(stage.list, environment);
  if (list === undefined) return undefined;
  if (list.kind !== "list")
    return environment.report(badExpression, ["`for` goes through a list"], stage.list.span);
  const { span: definition, body, variable, index: counter } = stage;
  const { items, listing } = list;
  // Through the numbers from zero on, the variable counts.
  const isRange = listing !== undefined && listing.name === undefined;
  const variables: Loop["variables"] = (number, index) => {
    const item = items[index];
    invariant(item !== undefined, "a loop stays inside its list");
    const bound = [variable, isRange ? number : item] as const;
    return counter === undefined ? [bound] : [bound, [counter, number]];
  };
  return {
    definition,
    name: "for",
    total: items.length,
    count: listing?.length,
    body,
    counter: isRange ? variable : counter,
    variables,
  };
}

/** Of a block that repeats itself: by its clause, or by a parameter `n` that its body never reads (rule R1). */
export function loopOfBlock(
  { ast: block }: BlockDefinition,
  place: Place,
  input: Value,
): Loop | "once" | undefined {
  const environment = environmentAt(place, { in: input });
  const { body, name, repeat } = block;
  const loop = (total: number | undefined, count: Literal | undefined): Loop | undefined =>
    total === undefined
      ? undefined
      : {
          definition: body.span,
          name: name.text,
          total,
          count: termOfLiteral(count),
          body,
          counter: repeat?.as,
          variables: countingAs(repeat?.as),
        };
  if (repeat !== undefined) {
    const count = evaluate(repeat.count, environment);
    return loop(asCount("the count of `repeat`", count, repeat.count, 0, environment), count);
  }
  if (!place.build.resolution.repeated.has(block)) return "once";
  const n = lookUp(place.scope, "n");
  if (n?.kind !== "literal") return undefined;
  return loop(asCount("`n`", n.value, n.argument ?? n.span, 0, environment), n.value);
}
