/** What a body is certain to expand to, read off its text: so what can only fail is told before it begins. */
import type * as ast from "../../grammar/ast.ts";
import { toSafeInteger } from "../base/rational.ts";
import type { Amount } from "./build.ts";
import { calleeOf } from "./callee.ts";
import type { BlockDefinition, Module } from "./module.ts";

const NOTHING: Amount = { steps: 0, operations: 0 };
/** Sums stay exact. */
const MOST = 1e12;
/** What stands in more bodies than this is left out: doubling as often fills any model. */
const DEEPEST = 64;

const amounts = new WeakMap<ast.Body, Amount>();

/** Conditions and counts without a number of their own may come to nothing. */
export function leastAmount(body: ast.Body, module: Module, depth = 0): Amount {
  const known = amounts.get(body);
  if (known !== undefined) return known;
  if (depth > DEEPEST) return NOTHING;
  // Within itself, a block is certain of nothing.
  amounts.set(body, NOTHING);
  let amount: Amount = { steps: body.stages.length, operations: 0 };
  for (const stage of body.stages) amount = plus(amount, ofStage(stage, module, depth + 1));
  amounts.set(body, amount);
  return amount;
}

/** What a loop is certain to expand to. */
export function leastOfLoop(turns: number, body: ast.Body, module: Module, depth = 0): Amount {
  const each = leastAmount(body, module, depth);
  return {
    steps: Math.min(MOST, turns * (each.steps + 1)),
    operations: Math.min(MOST, turns * each.operations),
  };
}

function plus(a: Amount, b: Amount): Amount {
  return {
    steps: Math.min(MOST, a.steps + b.steps),
    operations: Math.min(MOST, a.operations + b.operations),
  };
}

function ofStage(stage: ast.Stage, module: Module, depth: number): Amount {
  switch (stage.kind) {
    case "repeat":
      return leastOfLoop(countIn(stage.count), stage.body, module, depth);
    case "for":
      return leastOfLoop(lengthOf(stage.list), stage.body, module, depth);
    case "operation": {
      const bodies = stage.operation.branches?.bodies ?? [];
      const callee = calleeOf(stage.operation.name, module);
      const own =
        callee?.kind === "block"
          ? ofBlock(callee, depth)
          : { steps: 0, operations: callee === undefined ? 0 : 1 };
      return bodies.reduce((sum, body) => plus(sum, leastAmount(body, module, depth)), own);
    }
    default:
      return NOTHING;
  }
}

/** A block that repeats itself may do so as often as an argument says. */
function ofBlock({ ast: block, module }: BlockDefinition, depth: number): Amount {
  if (block.repeat !== undefined) return leastOfLoop(countIn(block.repeat.count), block.body, module, depth);
  const mayRepeat = block.parameters.some(({ name }) => name.text === "n");
  return mayRepeat ? NOTHING : leastAmount(block.body, module, depth);
}

function countIn(expression: ast.Expression): number {
  return expression.kind === "number" ? (toSafeInteger(expression.value) ?? 0) : 0;
}

function lengthOf(expression: ast.Expression): number {
  if (expression.kind === "list") return expression.items.length;
  if (expression.kind !== "name" || expression.name.parts[0].text !== "range") return 0;
  const [item, ...rest] = expression.arguments?.items ?? [];
  return item === undefined || rest.length > 0 ? 0 : countIn(item.value);
}
