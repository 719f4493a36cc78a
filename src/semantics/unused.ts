/** Names that nothing reads. Told only where every name is known: else what looks unused may be what was meant. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { quoted } from "../base/text.ts";
import { missingParameter } from "../ops/call-problems.ts";
import { deadValue } from "./dead-values.ts";
import { type NameContext, unknownName } from "./resolve-names.ts";
import type { StaticEntry, StaticKind, StaticScope } from "./static-scope.ts";
import { unknownBlock, unknownOperation } from "./unknown-callee.ts";

export const unusedDefinition: DiagnosticKind<[what: string, name: string]> = defineDiagnostic({
  code: "DN0206",
  severity: "warning",
  message: (what: string, name: string) => `${what} ${quoted(name)} is never used`,
  explain: {
    title: "unused-definition",
    text: "Nothing reads this name, so changing it changes nothing. Often it was meant to be passed on to a block, which never sees the names of its caller.",
    wrong: "dn 1;\nblock b(k=8, drop=0) < conv 3 -> k >\n",
    right: "dn 1;\nblock b(k=8, drop=0) < conv 3 -> k; dropout(p=drop) >\n",
  },
});

/** Resolves one block or model, and tells whether all its text and names are known. */
export function resolveDefinition(
  definition: ast.Block | ast.Model,
  context: NameContext,
  resolve: (context: NameContext) => void,
): boolean {
  const declared: StaticEntry[] = [];
  const { start, end } = definition.span;
  const isReadTo = (last: number): boolean =>
    !context.module.syntaxErrors.some((error) => start <= error.start && error.start <= last);
  const isRead = isReadTo(end);
  const isHeadRead = isReadTo(("body" in definition ? definition.body : definition.definition).span.start);
  const unknown = new Set<string>();
  const reporter: NameContext["reporter"] = {
    report(diagnostic) {
      unknown.add(diagnostic.code);
      // Perhaps the name is a parameter that a syntax error hides.
      if (!isHeadRead && HIDDEN.some((kind) => kind.code === diagnostic.code)) return;
      context.reporter.report(diagnostic);
    },
  };
  resolve({ ...context, reporter, declared, ended: new Map() });
  if (isRead && !unknown.has(unknownName.code)) warnUnused(declared, context);
  return isRead && UNKNOWN.every((kind) => !unknown.has(kind.code));
}

const UNKNOWN = [unknownName, unknownOperation, unknownBlock];
const HIDDEN = [unknownName, missingParameter];

const NOUNS: Readonly<Record<Exclude<StaticKind, "value">, string>> = {
  parameter: "parameter",
  let: "`let`",
  variable: "loop variable",
  symbol: "symbol",
  label: "label",
  input: "input",
  shared: "shared instance",
  block: "parameter",
  failed: "name",
};

function warnUnused(entries: readonly StaticEntry[], { reporter }: NameContext): void {
  for (const { kind, name, span, used } of entries) {
    if (used) continue;
    const help = [
      kind === "variable"
        ? "use it, or write `repeat` without a variable"
        : "remove it, or use it where it was meant",
    ];
    if (kind === "value") reporter.report(deadValue.at({ span, help }, `value ${quoted(name)}`));
    else reporter.report(unusedDefinition.at({ span, help }, NOUNS[kind], name));
  }
}

/** `lets` is the scope of the file. */
export function warnUnusedImports(lets: StaticScope, { module, called, reporter }: NameContext): void {
  if (module.syntaxErrors.length > 0) return;
  // A definition of the same name was reported, and is what the calls mean.
  const defined = new Set([...module.ast.blocks, ...module.ast.models].map(({ name }) => name.text));
  for (const item of module.ast.imports) {
    const names = item.names.map(({ name, as = name }) => as);
    for (const { text, span } of item.namespace === undefined ? names : [item.namespace]) {
      if (called.has(text) || module.missing.has(text) || lets.entries.get(text)?.used === true) continue;
      if (defined.has(text)) continue;
      const help = ["leave it out of the import"];
      reporter.report(unusedDefinition.at({ span, help }, "import", text));
    }
  }
}
