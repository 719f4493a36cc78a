/** Reading the concrete tree: after an error any part of it may be missing, so every reader says `undefined`. */
import type { CstNode, IToken } from "chevrotain";
import type { Reporter } from "../src/base/diagnostic.ts";
import type { SourceFile, Span } from "../src/base/source.ts";
import type { Name, QualifiedName } from "./ast.ts";

export interface BuildContext {
  readonly file: SourceFile;
  readonly reporter: Reporter;
  /** What the tree was built from: balanced, made-up tokens included. */
  readonly tokens: readonly IToken[];
  /** Whether a mistake that was told already reaches this offset. */
  isSpoiled(offset: number): boolean;
}

export function childrenOf(node: CstNode, name: string): readonly CstNode[] {
  return (node.children[name] ?? []).filter((child): child is CstNode => "children" in child);
}

export function childOf(node: CstNode, name: string): CstNode | undefined {
  const child = node.children[name]?.[0];
  return child !== undefined && "children" in child ? child : undefined;
}

export function tokensOf(node: CstNode, name: string): readonly IToken[] {
  return (node.children[name] ?? []).filter((child): child is IToken => "image" in child);
}

export function tokenOf(node: CstNode, name: string): IToken | undefined {
  const child = node.children[name]?.[0];
  return child !== undefined && "image" in child ? child : undefined;
}

export function tokenSpan(ctx: BuildContext, token: IToken): Span {
  return { file: ctx.file, start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}

/** `undefined` for a node without a token. */
export function nodeSpan(ctx: BuildContext, node: CstNode): Span | undefined {
  const { startOffset = Number.NaN, endOffset = Number.NaN } = node.location ?? {};
  if (Number.isNaN(startOffset) || Number.isNaN(endOffset)) return undefined;
  return { file: ctx.file, start: startOffset, end: Math.max(startOffset, endOffset + 1) };
}

/** The built nodes; what could not be built has been reported. */
export function buildAll<T>(
  ctx: BuildContext,
  nodes: readonly CstNode[],
  build: (ctx: BuildContext, node: CstNode) => T | undefined,
): readonly T[] {
  return nodes.map((node) => build(ctx, node)).filter((built): built is T & {} => built !== undefined);
}

export function buildName(ctx: BuildContext, token: IToken | undefined): Name | undefined {
  return token === undefined ? undefined : { text: token.image, span: tokenSpan(ctx, token) };
}

export function buildNames(ctx: BuildContext, tokens: readonly IToken[]): readonly Name[] {
  return tokens.map((token) => ({ text: token.image, span: tokenSpan(ctx, token) }));
}

/** `as x`. */
export function buildAlias(ctx: BuildContext, node: CstNode): Name | undefined {
  const alias = childOf(node, "alias");
  return alias && buildName(ctx, tokenOf(alias, "Ident"));
}

export function buildQualifiedName(ctx: BuildContext, node: CstNode | undefined): QualifiedName | undefined {
  const span = node && nodeSpan(ctx, node);
  if (node === undefined || span === undefined) return undefined;
  const [first, ...rest] = buildNames(ctx, tokensOf(node, "Ident"));
  return first && { parts: [first, ...rest], span };
}
