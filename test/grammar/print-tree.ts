/** A syntax tree in few lines, every grouping explicit: what the goldens of the parser hold. */
import type {
  Arguments,
  Block,
  Body,
  Expression,
  File,
  Flow,
  Model,
  ModelItem,
  Name,
  Operation,
  Parameter,
  QualifiedName,
  ShapeType,
  Source,
  Stage,
  Where,
} from "../../grammar/ast.ts";
import { printRational } from "../../src/base/rational.ts";
import { spanText } from "../../src/base/source.ts";

export function printTree(file: File): string {
  const lines = [
    ...(file.edition === undefined ? [] : [`edition ${expression(file.edition)}`]),
    ...file.imports.map(({ names, namespace, from }) => {
      const list = names.map(({ name, as }) => name.text + suffix(" as ", as)).join(", ");
      return `import {${list}}${suffix(" * as ", namespace)} from ${from.value}`;
    }),
    ...file.lets.map((item) => `let ${item.name.text} = ${expression(item.value)}`),
    ...file.blocks.flatMap(block),
    ...file.models.flatMap(model),
    ...file.comments.map((comment) => `comment ${comment.text}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

function suffix(prefix: string, name: Name | undefined): string {
  return name === undefined ? "" : prefix + name.text;
}

function qualified({ parts }: QualifiedName): string {
  return parts.map((part) => part.text).join(".");
}

function block({ name, parameters, inputs, repeat, where, body }: Block): readonly string[] {
  const takes = inputs === undefined ? "" : ` in (${inputs.map((input) => input.text).join(", ")})`;
  const repeats =
    repeat === undefined ? "" : ` repeat ${expression(repeat.count)}${suffix(" as ", repeat.as)}`;
  const head = `block ${name.text}${parameterList(parameters)}${takes}${repeats}${whereClause(where)}`;
  return [head, ...stages(body)];
}

function parameterList(parameters: readonly Parameter[]): string {
  const list = parameters.map(({ name, type, default: value }) => {
    const declared = type === undefined ? "" : `: ${type.name.text}${"[]".repeat(type.listDepth)}`;
    return `${name.text}${declared}${value === undefined ? "" : ` = ${expression(value)}`}`;
  });
  return list.length === 0 ? "" : `(${list.join(", ")})`;
}

function whereClause(where: Where | undefined): string {
  return where === undefined ? "" : ` where (${where.relations.map(expression).join(", ")})`;
}

function stages(body: Body): readonly string[] {
  return indent(body.stages.flatMap(stage));
}

function stage(node: Stage): readonly string[] {
  const [head = "", ...rest] = bareStage(node);
  const checked = node.type === undefined ? "" : ` : ${shape(node.type)}`;
  return [`${head}${checked}${suffix(" as ", node.label)}`, ...rest];
}

function bareStage(node: Stage): readonly string[] {
  switch (node.kind) {
    case "let":
      return [`let ${node.let.name.text} = ${expression(node.let.value)}`];
    case "when": {
      const otherwise = node.else;
      const elseLines =
        otherwise === undefined
          ? []
          : ["else", ...("kind" in otherwise ? indent(stage(otherwise)) : stages(otherwise))];
      return [`when ${expression(node.condition)}`, ...stages(node.body), ...elseLines];
    }
    case "for":
      return [
        `for ${node.variable.text}${suffix(", ", node.index)} in ${expression(node.list)}`,
        ...stages(node.body),
      ];
    case "repeat":
      return [`repeat ${expression(node.count)}${suffix(" counted ", node.as)}`, ...stages(node.body)];
    case "from":
      return [`from ${source(node.source)}`];
    case "operation":
      return operation(node.operation);
  }
}

function operation(node: Operation): readonly string[] {
  const kernel = node.kernel === undefined ? "" : ` ${expression(node.kernel)}`;
  const stride = node.stride === undefined ? "" : ` /${expression(node.stride)}`;
  const channels = node.channels === undefined ? "" : ` -> ${expression(node.channels)}`;
  const head = `${qualified(node.name)}${kernel}${argumentList(node.arguments)}${stride}${channels}`;
  return [head, ...(node.branches?.bodies ?? []).flatMap((body) => ["|", ...stages(body)])];
}

function argumentList(given: Arguments | undefined): string {
  if (given === undefined) return "";
  return `(${given.items.map(({ name, value }) => `${name === undefined ? "" : `${name.text}=`}${expression(value)}`).join(", ")})`;
}

function shape({ element, channels, sizes }: ShapeType): string {
  return `${element?.text ?? ""}[${expression(channels)} @ ${sizes.map(expression).join(", ")}]`;
}

function model({ name, parameters, where, definition }: Model): readonly string[] {
  const head = `model ${name.text}${parameterList(parameters)}${whereClause(where)}`;
  if (definition.kind === "alias")
    return [`${head} = ${qualified(definition.target)}${argumentList(definition.arguments)}`];
  return [head, ...indent(definition.items.flatMap(item))];
}

function item(node: ModelItem): readonly string[] {
  switch (node.kind) {
    case "input":
      return [`input ${node.name.text} : ${shape(node.type)}`];
    case "output":
    case "value": {
      const checked = node.type === undefined ? "" : ` : ${shape(node.type)}`;
      const [from = "", ...body] = node.flow === undefined ? [] : flow(node.flow);
      const value = node.flow === undefined ? "" : ` = ${from}`;
      return [`${node.kind} ${node.name.text}${value}${checked}`, ...body];
    }
    case "let":
      return [`let ${node.let.name.text} = ${expression(node.let.value)}`];
    case "shared": {
      const [head = "", ...rest] = operation(node.operation);
      return [`shared ${node.name.text} = ${head}`, ...rest];
    }
    case "set":
      return [`set ${node.name.text} = ${expression(node.value)}`];
    case "expect":
      return [`expect ${node.relations.map(expression).join(", ")}`];
  }
}

function flow(node: Flow): readonly string[] {
  return [source(node.source), ...(node.body === undefined ? [] : stages(node.body))];
}

function source(node: Source): string {
  return node.kind === "call" ? qualified(node.name) + argumentList(node.arguments) : node.kind;
}

export function expression(node: Expression): string {
  switch (node.kind) {
    case "number":
      return printRational(node.value);
    case "kernel":
      return node.sizes.join("x");
    case "string":
      return JSON.stringify(node.value);
    case "boolean":
      return String(node.value);
    case "list":
      return `[${node.items.map(expression).join(", ")}]`;
    case "flow-member":
      return node.base + suffix(".", node.member);
    case "name":
      return qualified(node.name) + argumentList(node.arguments);
    case "index":
      return `${expression(node.base)}[${expression(node.index)}]`;
    case "unary":
      return `(${node.operator}${expression(node.operand)})`;
    case "binary":
      return `(${expression(node.left)} ${node.operator} ${expression(node.right)})`;
    case "comparison":
      return `(${node.operands.map((operand, at) => (at === 0 ? "" : ` ${node.operators[at - 1]} `) + expression(operand)).join("")})`;
    default:
      return spanText((node satisfies never as Expression).span);
  }
}
