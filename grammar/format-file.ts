/** A whole file in canonical form: its definitions in their order, blank lines where they were. */
import type {
  Block,
  File,
  Import,
  Let,
  Model,
  ModelBody,
  ModelItem,
  Parameter,
  RepeatClause,
  Where,
} from "./ast.ts";
import {
  printArguments,
  printAssigned,
  printEnclosed,
  printExpression,
  printQualifiedName,
  printRelation,
} from "./format-expressions.ts";
import { align, concat, fill, type Layout, line, nest, nothing, text, WIDTH } from "./format-layout.ts";
import { printBody, printLet, printSharedOperation, printType, printValue } from "./format-stages.ts";
import { lastRemarks, type Tokens } from "./format-tokens.ts";

export function printFile(tokens: Tokens, file: File): Layout {
  const rows: Layout[] = [];
  const add = (print: () => Layout): void => {
    while (tokens.skip(";"));
    const { isBlank } = tokens.gap();
    rows.push(rows.length === 0 ? nothing : line({ blank: isBlank }), tokens.remarks(), print());
  };
  if (file.edition === undefined) rows.push(text("dn 1;"));
  else add(() => printEdition(tokens));
  for (const print of definitionsOf(tokens, file)) add(print);
  while (tokens.skip(";"));
  return concat(rows, lastRemarks(tokens), tokens.take(""));
}

function printEdition(tokens: Tokens): Layout {
  return concat(tokens.take("dn"), " ", tokens.take(), tokens.attach(";"));
}

/** In the order of the file. */
function definitionsOf(tokens: Tokens, file: File): readonly (() => Layout)[] {
  const definitions = [
    ...file.imports.map((node) => ({ node, print: () => printImport(tokens, node) })),
    ...file.blocks.map((node) => ({ node, print: () => printBlock(tokens, node) })),
    ...file.models.map((node) => ({ node, print: () => printModel(tokens, node) })),
    ...file.lets.map((node) => ({ node, print: () => printLetItem(tokens, node) })),
  ];
  return definitions.sort((a, b) => a.node.span.start - b.node.span.start).map(({ print }) => print);
}

function printImport(tokens: Tokens, { names, namespace }: Import): Layout {
  const head = concat(tokens.take("import"), " ");
  const items = names.map(({ name, as }) => () => {
    const imported = tokens.take(name.text);
    return as === undefined ? imported : concat(imported, " ", tokens.take("as"), " ", tokens.take(as.text));
  });
  const what =
    namespace === undefined
      ? printEnclosed(tokens, "{", items, "}", { isPadded: true })
      : concat(tokens.take("*"), " ", tokens.take("as"), " ", tokens.take(namespace.text));
  return concat(head, what, " ", tokens.take("from"), " ", tokens.take(), tokens.attach(";"));
}

function printBlock(tokens: Tokens, node: Block): Layout {
  const header = printHeader(tokens, node, "block");
  const { hasRemarks } = tokens.gap();
  const remarks = hasRemarks ? tokens.remarks() : nothing;
  const body = printBody(tokens, node.body);
  // Below clauses on a line of their own, a body that fits has its own line, too.
  const isBelow = hasRemarks || (header.hasClausesBelow && body.flat + 2 <= WIDTH);
  return concat(header.layout, isBelow ? nest(concat(line(), remarks, body)) : concat(" ", body));
}

interface Header {
  readonly layout: Layout;
  readonly hasClausesBelow: boolean;
}

/** All that stands before `<`, `{` or `=`: on one line if it fits, else the clauses stand below name and parameters. */
function printHeader(tokens: Tokens, node: Block | Model, keyword: "block" | "model"): Header {
  const word = concat(tokens.take(keyword), " ", tokens.take(node.name.text));
  const parts = [word, printParameters(tokens, node.parameters)];
  if ("inputs" in node && node.inputs !== undefined) {
    const items = node.inputs.map(
      ({ text: name }) =>
        () =>
          tokens.take(name),
    );
    parts.push(concat(" ", tokens.take("in"), " ", printEnclosed(tokens, "(", items, ")")));
  }
  const head = concat(parts);
  const clauses = [
    ...("repeat" in node && node.repeat !== undefined ? [printRepeatClause(tokens, node.repeat)] : []),
    ...(node.where === undefined ? [] : [printWhere(tokens, node.where)]),
  ];
  if (clauses.length === 0) return { layout: head, hasClausesBelow: false };
  const all = concat(clauses.flatMap((clause, index) => (index === 0 ? [clause] : [" ", clause])));
  // Where there are comments among the parameters, `)` stands on a line of its own.
  const width = head.flat === Infinity ? 1 : head.flat;
  const clauseWidth = all.flat === Infinity ? all.lead : all.flat;
  const hasClausesBelow = width + 1 + clauseWidth + 2 > WIDTH;
  return {
    layout: concat(head, hasClausesBelow ? nest(concat(line(), all)) : concat(" ", all)),
    hasClausesBelow,
  };
}

function printParameters(tokens: Tokens, parameters: readonly Parameter[]): Layout {
  if (parameters.length > 0) {
    const items = parameters.map((parameter) => () => printParameter(tokens, parameter));
    return printEnclosed(tokens, "(", items, ")");
  }
  // `block a()` is `block a`.
  if (tokens.skip("(")) tokens.skip(")");
  return nothing;
}

function printParameter(tokens: Tokens, { name, type, default: value }: Parameter): Layout {
  const word = tokens.take(name.text);
  if (type === undefined) return value === undefined ? word : concat(word, printAssigned(tokens, value));
  const colon = tokens.take(":");
  const typeName = tokens.take(type.name.text);
  const brackets = Array.from({ length: type.listDepth }, () => concat(tokens.take("["), tokens.take("]")));
  const declared = concat(word, colon, " ", typeName, brackets);
  if (value === undefined) return declared;
  return concat(declared, " ", tokens.take("="), " ", printExpression(tokens, value));
}

function printRepeatClause(tokens: Tokens, { count, as }: RepeatClause): Layout {
  const clause = concat(tokens.take("repeat"), " ", printExpression(tokens, count));
  return as === undefined ? clause : concat(clause, " ", tokens.take("as"), " ", tokens.take(as.text));
}

function printWhere(tokens: Tokens, { relations }: Where): Layout {
  const items = relations.map((relation) => () => printRelation(tokens, relation));
  return concat(tokens.take("where"), " ", printEnclosed(tokens, "(", items, ")"));
}

function printModel(tokens: Tokens, node: Model): Layout {
  const { layout } = printHeader(tokens, node, "model");
  const { definition } = node;
  if (definition.kind === "body") return concat(layout, " ", printModelBody(tokens, definition));
  const head = concat(layout, " ", tokens.take("="));
  const target = printQualifiedName(tokens, definition.target);
  const call = concat(target, printArguments(tokens, definition.arguments), tokens.attach(";"));
  return fill([head, call], { hangs: true });
}

function printModelBody(tokens: Tokens, { items }: ModelBody): Layout {
  const open = tokens.attach("{");
  const rows = items.flatMap((item, index) => {
    const blank = index > 0 && tokens.gap().isBlank;
    return [line({ blank }), tokens.remarks(), printItem(tokens, item)];
  });
  if (items.length === 0 && !tokens.gap().hasRemarks) return concat(open, tokens.take("}"));
  return concat(open, nest(concat(rows, lastRemarks(tokens))), line(), tokens.take("}"));
}

function printItem(tokens: Tokens, item: ModelItem): Layout {
  switch (item.kind) {
    case "input": {
      const head = concat(tokens.take("input"), " ", tokens.take(item.name.text));
      return concat(head, tokens.take(":"), " ", printType(tokens, item.type), tokens.attach(";"));
    }
    case "output": {
      const head = concat(tokens.take("output"), " ", tokens.take(item.name.text));
      if (item.flow === undefined && item.type !== undefined) {
        return concat(head, tokens.take(":"), " ", printType(tokens, item.type), tokens.attach(";"));
      }
      return concat(printValue(tokens, head, item), tokens.attach(";"));
    }
    case "value":
      return concat(printValue(tokens, tokens.take(item.name.text), item), tokens.attach(";"));
    case "let":
      return printLetItem(tokens, item.let);
    case "shared": {
      const head = concat(tokens.take("shared"), " ", tokens.take(item.name.text), " ", tokens.take("="));
      return concat(head, " ", printSharedOperation(tokens, item.operation), tokens.attach(";"));
    }
    case "set": {
      const head = concat(tokens.take("set"), " ", tokens.take(item.name.text), " ", tokens.take("="));
      return concat(fill([head, printExpression(tokens, item.value)], { hangs: true }), tokens.attach(";"));
    }
    case "expect": {
      const head = concat(tokens.take("expect"), " ");
      const relations = item.relations.map((relation, index) => {
        const printed = printRelation(tokens, relation);
        return concat(printed, tokens.attach(index === item.relations.length - 1 ? ";" : ","));
      });
      return concat(head, align(fill(relations)));
    }
  }
}

function printLetItem(tokens: Tokens, node: Let): Layout {
  return concat(fill(printLet(tokens, node), { hangs: true }), tokens.attach(";"));
}
