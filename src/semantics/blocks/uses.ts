/** What the body of a block makes of its parameters: counts, windows, channels, lists, blocks, arguments of stages. */
import type * as ast from "../../../grammar/ast.ts";
import type { ArgumentType } from "../../ops/argument.ts";
import { parameterNames } from "../call-form.ts";
import { calleeOf, pairArguments, SIZE_ARGUMENT, tensorsIn } from "../callee.ts";
import type { BlockDefinition } from "../module.ts";
import type { Resolution } from "../resolve.ts";

/** `share`: of what is rounded, so that it need not be whole itself. */
export type Role = "count" | "window" | "stride" | "width" | "share" | "list" | "block";

export interface Uses {
  readonly roles: Set<Role>;
  /** What stages say of arguments that are the parameter alone. */
  readonly types: Set<ArgumentType<unknown>>;
}

/** What functions make of their arguments. */
const ROLES_IN: ReadonlyMap<string, Role> = new Map([
  ["len", "list"],
  ["range", "count"],
  ["floor", "share"],
  ["ceil", "share"],
  ["round", "share"],
  ["divisible", "share"],
]);

type UsesByParameter = ReadonlyMap<string, Uses>;

const known = new WeakMap<ast.Block, UsesByParameter>();

/** What is passed on over more blocks than this is passed on for nothing. */
const MOST_LEVELS = 64;

/** By parameter. What it is passed on to tells too. */
export function usesOf(
  definition: BlockDefinition,
  resolution: Pick<Resolution, "repeated">,
  open: ReadonlySet<ast.Block> = new Set(),
): UsesByParameter {
  const uses = known.get(definition.ast) ?? findUses(definition, resolution, open);
  known.set(definition.ast, uses);
  return uses;
}

function findUses(
  definition: BlockDefinition,
  { repeated }: Pick<Resolution, "repeated">,
  open: ReadonlySet<ast.Block>,
): UsesByParameter {
  const { ast: block, module } = definition;
  const uses = new Map(
    block.parameters.map(({ name }): [string, Uses] => [name.text, { roles: new Set(), types: new Set() }]),
  );
  const inside = new Set([...open, block]);

  const visit = (expression: ast.Expression | undefined, role?: Role): void => {
    switch (expression?.kind) {
      case "list":
        for (const item of expression.items) visit(item, role);
        break;
      case "name": {
        const [{ text }] = expression.name.parts;
        if (expression.arguments === undefined) {
          if (role !== undefined) uses.get(text)?.roles.add(role);
          break;
        }
        const inner = ROLES_IN.get(text) ?? role;
        for (const { value } of expression.arguments.items) visit(value, inner);
        break;
      }
      case "index":
        visit(expression.base, "list");
        visit(expression.index);
        break;
      case "unary":
        visit(expression.operand, role);
        break;
      case "binary":
        visit(expression.left, role);
        visit(expression.right, role);
        break;
      case "comparison":
        for (const operand of expression.operands) visit(operand);
        break;
      default:
    }
  };

  const visitCall = (call: ast.Operation | ast.CallSource, isSource: boolean): void => {
    const [{ text }] = call.name.parts;
    uses.get(text)?.roles.add("block");
    const callee = calleeOf(call.name, module);
    const list = call.arguments;
    const items = list?.items.slice(callee === undefined ? 0 : tensorsIn(list, callee, isSource)) ?? [];
    const isRecursive = callee?.kind === "block" && inside.has(callee.ast);
    const isFollowed = !isRecursive && inside.size < MOST_LEVELS;
    const passedOn =
      callee?.kind === "block" && isFollowed ? usesOf(callee, { repeated }, inside) : undefined;
    const names = callee === undefined ? [] : parameterNames(callee);
    for (const [parameter, { value }] of pairArguments(items, names)) {
      const own =
        value.kind === "name" && value.arguments === undefined
          ? uses.get(value.name.parts[0].text)
          : undefined;
      const type = callee?.kind === "stage" ? callee.stage.arguments[parameter]?.type : undefined;
      const inner = passedOn?.get(parameter);
      if (own !== undefined && type !== undefined) own.types.add(type);
      for (const each of inner?.types ?? []) own?.types.add(each);
      visit(
        value,
        parameter === SIZE_ARGUMENT ? "window" : isRecursive && isLess(value) ? "count" : undefined,
      );
      for (const role of inner?.roles ?? []) visit(value, role);
    }
  };

  const visitBody = (body: ast.Body): void => {
    for (const stage of body.stages) visitStage(stage);
  };

  const visitStage = (stage: ast.Stage): void => {
    switch (stage.kind) {
      case "operation": {
        const { operation } = stage;
        visitCall(operation, false);
        visit(operation.stride, "stride");
        visit(operation.channels, "width");
        for (const body of operation.branches?.bodies ?? []) visitBody(body);
        break;
      }
      case "from":
        if (stage.source.kind === "call") visitCall(stage.source, true);
        break;
      case "let":
        visit(stage.let.value);
        break;
      case "when":
        visit(stage.condition);
        visitBody(stage.body);
        if (stage.else !== undefined) "kind" in stage.else ? visitStage(stage.else) : visitBody(stage.else);
        break;
      case "for":
        visit(stage.list, "list");
        visitBody(stage.body);
        break;
      default:
        visit(stage.count, "count");
        visitBody(stage.body);
    }
  };

  visitBody(block.body);
  visit(block.repeat?.count, "count");
  if (repeated.has(block)) uses.get("n")?.roles.add("count");
  // Units without `->` read it (rule R3).
  uses.get("k")?.roles.add("width");
  return uses;
}

/** What counts down how deep a block contains itself (rule R15): `depth - 1`. */
function isLess(expression: ast.Expression): boolean {
  return expression.kind === "binary" && expression.operator === "-";
}
