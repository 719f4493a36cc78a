/** Names in call position that nothing can be called by: what they are instead, and what was meant. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticDetails, type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { replaceFix } from "../base/replace-fix.ts";
import { type Span, spanBefore } from "../base/source.ts";
import { listOf, nearest, quoted } from "../base/text.ts";
import { STAGES } from "../ops/index.ts";
import { LATER_STAGES, NEVER_NEEDED, notSupported } from "../ops/unsupported.ts";
import { definitionOf, nameText } from "./callee.ts";
import { type Module, STANDARD_BLOCKS } from "./module.ts";
import type { NameContext } from "./resolve-names.ts";
import { read, type StaticScope } from "./static-scope.ts";

export const unknownOperation: DiagnosticKind<[name: string]> = defineDiagnostic({
  code: "DN0201",
  message: (name: string) => `no stage or block named ${quoted(name)}`,
  explain: {
    title: "unknown-operation",
    text: "What stands in call position is a stage of the language (`dnc ops` lists them) or a block of this file or of an import.",
    wrong: "dn 1;\nblock b(k=8) < cnv 3 >\n",
    right: "dn 1;\nblock b(k=8) < conv 3 >\n",
  },
});

export const unknownBlock: DiagnosticKind<[name: string, what: string]> = defineDiagnostic({
  code: "DN0202",
  message: (name: string, what: string) => `no ${what} named ${quoted(name)} in scope`,
  explain: {
    title: "unknown-block",
    text: "The name is looked up in this file and its imports. A namespace (`import * as lib`) is written before the name: `lib.dense`.",
    wrong: "dn 1;\nmodel m = densnet();\n",
    right: "dn 1;\nmodel densenet { input x: f32[3 @ 8x8]; output y = x < gap >; }\nmodel m = densenet();\n",
  },
});

export const valueNotApplied: DiagnosticKind<[name: string, what: string, wanted: string]> = defineDiagnostic(
  {
    code: "DN0207",
    message: (name: string, what: string, wanted: string) => `${quoted(name)} is ${what}, not ${wanted}`,
    explain: {
      title: "value-not-applied",
      text: "A pipeline is made of stages and blocks. To go on with a named value write `from value`; a model is no block; a block or stage is no value until it is applied.",
      wrong: "dn 1;\nblock b < maxpool 2 as pool; pool >\n",
      right: "dn 1;\nblock b < maxpool 2 as pool; from pool >\n",
    },
  },
);

export function reportNoCallee(name: ast.QualifiedName, scope: StaticScope, context: NameContext): void {
  const { module, reporter } = context;
  const text = nameText(name);
  const { span } = name;
  if (LATER_STAGES.has(text.toLowerCase())) {
    const notes = ["it belongs to a later edition of the language"];
    reporter.report(notSupported.at({ span, notes }, `${quoted(text)} is`));
  } else if (definitionOf(name, module)?.kind === "model") {
    const help = ["write what it does as a block, and call the block in both"];
    reporter.report(valueNotApplied.at({ span, help }, text, "a model", "a block"));
  } else if (name.parts.length > 1) {
    reporter.report(unknownBlock.at({ span, ...inNamespaces(name, module) }, text, "block"));
  } else if (read(scope, text) !== undefined) {
    const help = [`write \`from ${text}\` to go on with a tensor of this name`];
    const edits = [{ span: spanBefore(span), text: "from " }];
    const fix = { title: `write \`from ${text}\``, applicability: "maybe-incorrect", edits } as const;
    reporter.report(valueNotApplied.at({ span, help, fix }, text, "a value", "a stage or block"));
  } else {
    reporter.report(unknownOperation.at({ span, ...meant(text, span, module) }, text));
  }
}

type Advice = Pick<DiagnosticDetails, "labels" | "help" | "fix">;

/** What stages that are no calls begin with. */
const WORDS = ["when", "for", "repeat", "from", "let"];

function meant(text: string, span: Span, module: Module): Advice {
  if (STANDARD_BLOCKS.has(text)) return importAdvice(text, module);
  const why = NEVER_NEEDED.get(text.toLowerCase().replaceAll("_", ""));
  if (why !== undefined) return { help: [why] };
  const near = nearest(text, [...STAGES.map((stage) => stage.name), ...module.names.keys(), ...WORDS]);
  const definition = near === undefined ? undefined : module.names.get(near);
  if (near !== undefined)
    return {
      ...(definition && { labels: [{ span: definition.ast.name.span, text: "defined here" }] }),
      help: [`did you mean ${quoted(near)}?`],
      ...replaceFix(span, near),
    };
  return { help: ["`dnc ops` lists the stages; blocks are those of this file and its imports"] };
}

/** The library has it. The import goes below those that are there, or below the line that names the edition. */
function importAdvice(name: string, { ast: file, source }: Module): Advice {
  const line = `import { ${name} } from "std";`;
  const above = file.imports.at(-1)?.span.end ?? editionEnd(file);
  const at = above ?? 0;
  const edits = [
    {
      span: { file: source, start: at, end: at },
      text: above === undefined ? `${line}\n` : `\n${line}`,
    },
  ];
  return {
    help: ["the standard library has a block of this name"],
    fix: { title: `insert \`${line}\``, applicability: "maybe-incorrect", edits },
  };
}

function editionEnd({ edition, span }: ast.File): number | undefined {
  if (edition === undefined) return undefined;
  const semicolon = span.file.text.indexOf(";", edition.span.end);
  return semicolon < 0 ? undefined : semicolon + 1;
}

function inNamespaces({ parts: [head, member] }: ast.QualifiedName, { namespaces }: Module): Advice {
  const namespace = namespaces.get(head.text);
  if (namespace === undefined) {
    const near = nearest(head.text, namespaces.keys());
    if (near !== undefined)
      return { help: [`did you mean ${quoted(near)}?`], ...replaceFix(head.span, near) };
    const names = [...namespaces.keys()].map(quoted);
    return {
      help: [
        names.length === 0 ? "no file is imported as a namespace" : `the namespaces are ${listOf(names)}`,
      ],
    };
  }
  const near = member && nearest(member.text, namespace.own.keys());
  if (member === undefined || near === undefined)
    return { help: [`it defines ${listOf([...namespace.own.keys()].map(quoted))}`] };
  return { help: [`did you mean ${quoted(`${head.text}.${near}`)}?`], ...replaceFix(member.span, near) };
}
