/** From the concrete tree of bodies, stages and flows to their syntax tree. */
import type { CstNode } from "chevrotain";
import { joinSpans } from "../src/base/source.ts";
import type {
  Body,
  Branches,
  Expression,
  Flow,
  Let,
  Operation,
  ShapeType,
  Source,
  Stage,
  WhenStage,
} from "./ast.ts";
import {
  buildArguments,
  buildExpression,
  buildKernel,
  buildNumber,
  buildRelation,
} from "./build-expressions.ts";
import {
  type BuildContext,
  buildAlias,
  buildAll,
  buildName,
  buildQualifiedName,
  childOf,
  childrenOf,
  nodeSpan,
  tokenOf,
  tokensOf,
} from "./cst.ts";
import { checkBody, checkChannels } from "./validate.ts";

/** `< … >`. */
export function buildBody(ctx: BuildContext, node: CstNode | undefined): Body | undefined {
  const span = node && nodeSpan(ctx, node);
  if (node === undefined || span === undefined) return undefined;
  checkBody(ctx, node, span);
  return { stages: buildAll(ctx, childrenOf(node, "stage"), buildStage), span };
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

export function buildOperation(ctx: BuildContext, node: CstNode | undefined): Operation | undefined {
  const span = node && nodeSpan(ctx, node);
  const name = node && buildQualifiedName(ctx, childOf(node, "qid"));
  if (node === undefined || span === undefined || name === undefined) return undefined;
  const window = tokenOf(node, "window");
  const given = buildArguments(ctx, childOf(node, "args"));
  const branches = buildBranches(ctx, childOf(node, "branches"));
  const stride = buildStride(ctx, childOf(node, "stride"));
  const channelsNode = childOf(node, "channels");
  const channels = channelsNode && buildExpression(ctx, childOf(channelsNode, "expr"));
  const operation: Operation = {
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
  checkChannels(ctx, operation);
  return operation;
}

/** A branch reaches from its first stage to its last; an empty one stands right after its separator. */
function buildBranches(ctx: BuildContext, node: CstNode | undefined): Branches | undefined {
  const whole = buildBody(ctx, node);
  if (node === undefined || whole === undefined) return undefined;
  const bars = tokensOf(node, "Bar").map((bar) => bar.startOffset);
  let next = 0;
  const bodies = [whole.span.start, ...bars].map((separator, index): Body => {
    const first = next;
    while ((whole.stages[next]?.span.start ?? Infinity) < (bars[index] ?? Infinity)) next += 1;
    const stages = whole.stages.slice(first, next);
    const [head, last] = [stages[0], stages.at(-1)];
    const span =
      head && last
        ? joinSpans(head.span, last.span)
        : { ...whole.span, start: separator + 1, end: separator + 1 };
    return { stages, span };
  });
  return { bodies, span: whole.span };
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
export function buildCheck(ctx: BuildContext, node: CstNode): ShapeType | undefined {
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

export function buildLet(ctx: BuildContext, node: CstNode): Let | undefined {
  const span = nodeSpan(ctx, node);
  const name = buildName(ctx, tokenOf(node, "Ident"));
  const value = buildExpression(ctx, childOf(node, "expr"));
  return span && name && value && { name, value, span };
}

export function buildFlow(ctx: BuildContext, node: CstNode | undefined): Flow | undefined {
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
