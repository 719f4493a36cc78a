/** From the concrete tree to the syntax tree of `ast.ts`: what an error left incomplete is left out. */
import type { CstNode } from "chevrotain";
import type {
  Block,
  Comment,
  File,
  Import,
  ImportedName,
  Model,
  ModelItem,
  Parameter,
  ParameterType,
  RepeatClause,
  Where,
} from "./ast.ts";
import {
  buildArguments,
  buildExpression,
  buildNumber,
  buildRelation,
  buildString,
} from "./build-expressions.ts";
import { buildBody, buildCheck, buildFlow, buildLet, buildOperation } from "./build-stages.ts";
import {
  type BuildContext,
  buildAlias,
  buildAll,
  buildName,
  buildNames,
  buildQualifiedName,
  childOf,
  childrenOf,
  nodeSpan,
  tokenOf,
  tokensOf,
} from "./cst.ts";
import { checkBatchSymbol, checkEdition, checkFile, checkModelBody } from "./validate.ts";

export function buildFile(ctx: BuildContext, tree: CstNode, comments: readonly Comment[]): File {
  checkFile(ctx, tree);
  const editionNode = childOf(tree, "edition");
  const editionToken = editionNode && tokenOf(editionNode, "Num");
  const edition = editionToken && buildNumber(ctx, editionToken);
  if (edition !== undefined) checkEdition(ctx, edition);
  const file: File = {
    ...(edition && { edition }),
    imports: buildAll(ctx, childrenOf(tree, "import"), buildImport),
    blocks: buildAll(ctx, childrenOf(tree, "block"), buildBlock),
    models: buildAll(ctx, childrenOf(tree, "model"), buildModel),
    lets: buildAll(ctx, childrenOf(tree, "let"), buildLet),
    comments,
    span: { file: ctx.file, start: 0, end: ctx.file.text.length },
  };
  checkBatchSymbol(ctx, file);
  return file;
}

function buildImport(ctx: BuildContext, node: CstNode): Import | undefined {
  const span = nodeSpan(ctx, node);
  const from = tokenOf(node, "Str");
  if (span === undefined || from === undefined) return undefined;
  const namespace = buildName(ctx, tokenOf(node, "Ident"));
  return {
    names: buildAll(ctx, childrenOf(node, "imported"), buildImported),
    ...(namespace && { namespace }),
    from: buildString(ctx, from),
    span,
  };
}

function buildImported(ctx: BuildContext, node: CstNode): ImportedName | undefined {
  const span = nodeSpan(ctx, node);
  const name = buildName(ctx, tokenOf(node, "name"));
  const as = buildAlias(ctx, node);
  return span && name && { name, ...(as && { as }), span };
}

function buildBlock(ctx: BuildContext, node: CstNode): Block | undefined {
  const span = nodeSpan(ctx, node);
  const name = buildName(ctx, tokenOf(node, "Ident"));
  const body = buildBody(ctx, childOf(node, "body"));
  if (span === undefined || name === undefined || body === undefined) return undefined;
  const inputs = childOf(node, "inputs");
  const repeat = buildRepeatClause(ctx, childOf(node, "repeatClause"));
  const where = buildWhere(ctx, childOf(node, "where"));
  return {
    name,
    parameters: buildParameters(ctx, node),
    ...(inputs && { inputs: buildNames(ctx, tokensOf(inputs, "Ident")) }),
    ...(repeat && { repeat }),
    ...(where && { where }),
    body,
    span,
  };
}

function buildRepeatClause(ctx: BuildContext, node: CstNode | undefined): RepeatClause | undefined {
  const span = node && nodeSpan(ctx, node);
  const count = node && buildExpression(ctx, childOf(node, "expr"));
  if (node === undefined || span === undefined || count === undefined) return undefined;
  const as = buildAlias(ctx, node);
  return { count, ...(as && { as }), span };
}

function buildParameters(ctx: BuildContext, node: CstNode): readonly Parameter[] {
  const params = childOf(node, "params");
  return params === undefined ? [] : buildAll(ctx, childrenOf(params, "param"), buildParameter);
}

function buildParameter(ctx: BuildContext, node: CstNode): Parameter | undefined {
  const span = nodeSpan(ctx, node);
  const name = buildName(ctx, tokenOf(node, "Ident"));
  if (span === undefined || name === undefined) return undefined;
  const type = buildParameterType(ctx, childOf(node, "paramType"));
  const value = buildExpression(ctx, childOf(node, "expr"));
  return { name, ...(type && { type }), ...(value && { default: value }), span };
}

function buildParameterType(ctx: BuildContext, node: CstNode | undefined): ParameterType | undefined {
  const name = node && buildName(ctx, tokenOf(node, "Ident") ?? tokenOf(node, "Block"));
  const span = node && nodeSpan(ctx, node);
  if (node === undefined || name === undefined || span === undefined) return undefined;
  const listDepth = tokensOf(node, "OpenBracket").length;
  return { name, listDepth, span: { ...span, start: name.span.start } };
}

function buildWhere(ctx: BuildContext, node: CstNode | undefined): Where | undefined {
  const span = node && nodeSpan(ctx, node);
  if (node === undefined || span === undefined) return undefined;
  return { relations: buildAll(ctx, childrenOf(node, "rel"), buildRelation), span };
}

function buildModel(ctx: BuildContext, node: CstNode): Model | undefined {
  const span = nodeSpan(ctx, node);
  const name = buildName(ctx, tokenOf(node, "Ident"));
  const definition =
    buildModelAlias(ctx, childOf(node, "modelAlias")) ?? buildModelBody(ctx, childOf(node, "modelBody"));
  if (span === undefined || name === undefined || definition === undefined) return undefined;
  const where = buildWhere(ctx, childOf(node, "where"));
  return { name, parameters: buildParameters(ctx, node), ...(where && { where }), definition, span };
}

function buildModelAlias(ctx: BuildContext, node: CstNode | undefined): Model["definition"] | undefined {
  const span = node && nodeSpan(ctx, node);
  const target = node && buildQualifiedName(ctx, childOf(node, "qid"));
  if (node === undefined || span === undefined || target === undefined) return undefined;
  const given = buildArguments(ctx, childOf(node, "args"));
  return { kind: "alias", target, ...(given && { arguments: given }), span };
}

function buildModelBody(ctx: BuildContext, node: CstNode | undefined): Model["definition"] | undefined {
  const span = node && nodeSpan(ctx, node);
  if (node === undefined || span === undefined) return undefined;
  checkModelBody(ctx, node);
  return { kind: "body", items: buildAll(ctx, childrenOf(node, "item"), buildItem), span };
}

function buildItem(ctx: BuildContext, item: CstNode): ModelItem | undefined {
  for (const [rule, build] of ITEMS) {
    const node = childOf(item, rule);
    if (node !== undefined) return build(ctx, node);
  }
  return undefined;
}

const ITEMS: readonly (readonly [
  rule: string,
  build: (ctx: BuildContext, node: CstNode) => ModelItem | undefined,
])[] = [
  ["inputItem", buildInput],
  ["outputItem", buildOutput],
  ["valueItem", buildValue],
  ["let", buildLetItem],
  ["sharedItem", buildShared],
  ["setItem", buildSet],
  ["expectItem", buildExpect],
];

function buildInput(ctx: BuildContext, node: CstNode): ModelItem | undefined {
  const span = nodeSpan(ctx, node);
  const name = buildName(ctx, tokenOf(node, "Ident"));
  const type = buildCheck(ctx, node);
  return span && name && type && { kind: "input", name, type, span };
}

function buildOutput(ctx: BuildContext, node: CstNode): ModelItem | undefined {
  const span = nodeSpan(ctx, node);
  const name = buildName(ctx, tokenOf(node, "Ident"));
  const flow = buildFlow(ctx, childOf(node, "flow"));
  const type = buildCheck(ctx, node);
  return span && name && { kind: "output", name, ...(flow && { flow }), ...(type && { type }), span };
}

function buildValue(ctx: BuildContext, node: CstNode): ModelItem | undefined {
  const span = nodeSpan(ctx, node);
  const name = buildName(ctx, tokenOf(node, "Ident"));
  const flow = buildFlow(ctx, childOf(node, "flow"));
  const type = buildCheck(ctx, node);
  return span && name && flow && { kind: "value", name, flow, ...(type && { type }), span };
}

function buildLetItem(ctx: BuildContext, node: CstNode): ModelItem | undefined {
  const binding = buildLet(ctx, node);
  return binding && { kind: "let", let: binding, span: binding.span };
}

function buildShared(ctx: BuildContext, node: CstNode): ModelItem | undefined {
  const span = nodeSpan(ctx, node);
  const name = buildName(ctx, tokenOf(node, "Ident"));
  const operation = buildOperation(ctx, childOf(node, "op"));
  return span && name && operation && { kind: "shared", name, operation, span };
}

function buildSet(ctx: BuildContext, node: CstNode): ModelItem | undefined {
  const span = nodeSpan(ctx, node);
  const name = buildName(ctx, tokenOf(node, "Ident"));
  const value = buildExpression(ctx, childOf(node, "expr"));
  return span && name && value && { kind: "set", name, value, span };
}

function buildExpect(ctx: BuildContext, node: CstNode): ModelItem | undefined {
  const span = nodeSpan(ctx, node);
  return span && { kind: "expect", relations: buildAll(ctx, childrenOf(node, "rel"), buildRelation), span };
}
