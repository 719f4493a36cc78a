/** From the concrete tree to the syntax tree of `ast.ts`: what an error left incomplete is left out. */
import type { CstNode, IToken } from "chevrotain";
import type {
  Block,
  Body,
  Branches,
  Comment,
  Expression,
  File,
  Flow,
  Import,
  ImportedName,
  Let,
  Model,
  ModelItem,
  Operation,
  Parameter,
  ParameterType,
  RepeatClause,
  ShapeType,
  Source,
  Stage,
  WhenStage,
  Where,
} from "./ast.ts";
import {
  buildArguments,
  buildExpression,
  buildKernel,
  buildNumber,
  buildRelation,
  buildString,
} from "./build-expressions.ts";
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
  tokenSpan,
  tokensOf,
} from "./cst.ts";

export function buildFile(ctx: BuildContext, tree: CstNode, comments: readonly IToken[]): File {
  const edition = childOf(tree, "edition");
  const number = edition && tokenOf(edition, "Num");
  return {
    ...(number && { edition: buildNumber(ctx, number) }),
    imports: buildAll(ctx, childrenOf(tree, "import"), buildImport),
    blocks: buildAll(ctx, childrenOf(tree, "block"), buildBlock),
    models: buildAll(ctx, childrenOf(tree, "model"), buildModel),
    lets: buildAll(ctx, childrenOf(tree, "let"), buildLet),
    comments: comments.map((token): Comment => ({ text: token.image, span: tokenSpan(ctx, token) })),
    span: { file: ctx.file, start: 0, end: ctx.file.text.length },
  };
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

/** `< … >`. */
function buildBody(ctx: BuildContext, node: CstNode | undefined): Body | undefined {
  const span = node && nodeSpan(ctx, node);
  if (node === undefined || span === undefined) return undefined;
  return { stages: buildStages(ctx, childOf(node, "pipe")), span };
}

function buildStages(ctx: BuildContext, pipe: CstNode | undefined): readonly Stage[] {
  return pipe === undefined ? [] : buildAll(ctx, childrenOf(pipe, "stage"), buildStage);
}

function buildStage(ctx: BuildContext, node: CstNode): Stage | undefined {
  const stage = buildBareStage(ctx, node);
  const span = nodeSpan(ctx, node);
  if (stage === undefined || span === undefined) return undefined;
  const type = buildCheck(ctx, node);
  const label = buildAlias(ctx, node);
  return { ...stage, ...(type && { type }), ...(label && { label }), span };
}

type BareStage = (ctx: BuildContext, node: CstNode) => Stage | undefined;

const STAGES: readonly (readonly [rule: string, build: BareStage])[] = [
  ["op", buildOperationStage],
  ["let", buildLetStage],
  ["when", buildWhen],
  ["for", buildFor],
  ["repeat", buildRepeat],
  ["from", buildFrom],
];

function buildBareStage(ctx: BuildContext, node: CstNode): Stage | undefined {
  for (const [rule, build] of STAGES) {
    const child = childOf(node, rule);
    if (child !== undefined) return build(ctx, child);
  }
  return undefined;
}

function buildOperationStage(ctx: BuildContext, node: CstNode): Stage | undefined {
  const operation = buildOperation(ctx, node);
  return operation && { kind: "operation", operation, span: operation.span };
}

function buildLetStage(ctx: BuildContext, node: CstNode): Stage | undefined {
  const binding = buildLet(ctx, node);
  return binding && { kind: "let", let: binding, span: binding.span };
}

function buildWhen(ctx: BuildContext, node: CstNode): WhenStage | undefined {
  const span = nodeSpan(ctx, node);
  const condition = buildRelation(ctx, childOf(node, "rel"));
  const body = buildBody(ctx, childOf(node, "body"));
  if (span === undefined || condition === undefined || body === undefined) return undefined;
  const elseNode = childOf(node, "else");
  const otherwise = elseNode && (elseNode.name === "when" ? buildWhen : buildBody)(ctx, elseNode);
  return { kind: "when", condition, body, ...(otherwise && { else: otherwise }), span };
}

function buildFor(ctx: BuildContext, node: CstNode): Stage | undefined {
  const span = nodeSpan(ctx, node);
  const variable = buildName(ctx, tokenOf(node, "variable"));
  const list = buildExpression(ctx, childOf(node, "expr"));
  const body = buildBody(ctx, childOf(node, "body"));
  const index = buildName(ctx, tokenOf(node, "index"));
  return (
    span && variable && list && body && { kind: "for", variable, ...(index && { index }), list, body, span }
  );
}

function buildRepeat(ctx: BuildContext, node: CstNode): Stage | undefined {
  const span = nodeSpan(ctx, node);
  const count = buildExpression(ctx, childOf(node, "expr"));
  const body = buildBody(ctx, childOf(node, "body"));
  const as = buildAlias(ctx, node);
  return span && count && body && { kind: "repeat", count, ...(as && { as }), body, span };
}

function buildFrom(ctx: BuildContext, node: CstNode): Stage | undefined {
  const span = nodeSpan(ctx, node);
  const source = buildSource(ctx, childOf(node, "source"));
  return span && source && { kind: "from", source, span };
}

function buildOperation(ctx: BuildContext, node: CstNode | undefined): Operation | undefined {
  const span = node && nodeSpan(ctx, node);
  const name = node && buildQualifiedName(ctx, childOf(node, "qid"));
  if (node === undefined || span === undefined || name === undefined) return undefined;
  const window = tokenOf(node, "window");
  const given = buildArguments(ctx, childOf(node, "args"));
  const branches = buildBranches(ctx, childOf(node, "branches"));
  const stride = buildStride(ctx, childOf(node, "stride"));
  const channelsNode = childOf(node, "channels");
  const channels = channelsNode && buildExpression(ctx, childOf(channelsNode, "expr"));
  return {
    name,
    ...(window && {
      kernel: window.tokenType.name === "Kernel" ? buildKernel(ctx, window) : buildNumber(ctx, window),
    }),
    ...(given && { arguments: given }),
    ...(branches && { branches }),
    ...(stride && { stride }),
    ...(channels && { channels }),
    span,
  };
}

function buildBranches(ctx: BuildContext, node: CstNode | undefined): Branches | undefined {
  const span = node && nodeSpan(ctx, node);
  if (node === undefined || span === undefined) return undefined;
  const bodies = childrenOf(node, "pipe").map(
    (pipe): Body => ({ stages: buildStages(ctx, pipe), span: nodeSpan(ctx, pipe) ?? span }),
  );
  return { bodies, span };
}

function buildStride(ctx: BuildContext, node: CstNode | undefined): Expression | undefined {
  if (node === undefined) return undefined;
  const kernel = tokenOf(node, "Kernel");
  if (kernel !== undefined) return buildKernel(ctx, kernel);
  const number = tokenOf(node, "Num");
  if (number !== undefined) return buildNumber(ctx, number);
  const name = buildName(ctx, tokenOf(node, "Ident"));
  if (name !== undefined) return { kind: "name", name: { parts: [name], span: name.span }, span: name.span };
  const inner = buildExpression(ctx, childOf(node, "expr"));
  const open = tokenOf(node, "OpenParen");
  const span = nodeSpan(ctx, node);
  return inner && open && span && { ...inner, span: { ...span, start: open.startOffset } };
}

/** `: type`. */
function buildCheck(ctx: BuildContext, node: CstNode): ShapeType | undefined {
  const check = childOf(node, "check");
  const type = check && childOf(check, "type");
  const span = type && nodeSpan(ctx, type);
  const channels = type && buildExpression(ctx, childOf(type, "channels"));
  if (type === undefined || span === undefined || channels === undefined) return undefined;
  const element = buildName(ctx, tokenOf(type, "Ident"));
  return {
    ...(element && { element }),
    channels,
    sizes: buildAll(ctx, childrenOf(type, "size"), buildExpression),
    span,
  };
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
  return node && span && { kind: "body", items: buildAll(ctx, childrenOf(node, "item"), buildItem), span };
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

function buildLet(ctx: BuildContext, node: CstNode): Let | undefined {
  const span = nodeSpan(ctx, node);
  const name = buildName(ctx, tokenOf(node, "Ident"));
  const value = buildExpression(ctx, childOf(node, "expr"));
  return span && name && value && { name, value, span };
}

function buildFlow(ctx: BuildContext, node: CstNode | undefined): Flow | undefined {
  const span = node && nodeSpan(ctx, node);
  const source = node && buildSource(ctx, childOf(node, "source"));
  if (node === undefined || span === undefined || source === undefined) return undefined;
  const body = buildBody(ctx, childOf(node, "body"));
  return { source, ...(body && { body }), span };
}

function buildSource(ctx: BuildContext, node: CstNode | undefined): Source | undefined {
  const span = node && nodeSpan(ctx, node);
  if (node === undefined || span === undefined) return undefined;
  if (tokenOf(node, "In") !== undefined) return { kind: "in", span };
  if (tokenOf(node, "It") !== undefined) return { kind: "it", span };
  const name = buildQualifiedName(ctx, childOf(node, "qid"));
  const given = buildArguments(ctx, childOf(node, "args"));
  return name && { kind: "call", name, ...(given && { arguments: given }), span };
}
