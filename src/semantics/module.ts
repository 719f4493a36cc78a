/** Files, what they define, and what they import. A module is loaded once however often it is imported. */
import type * as ast from "../../grammar/ast.ts";
import { parse } from "../../grammar/parse.ts";
import { missingSeparator } from "../../grammar/syntax-errors.ts";
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../base/diagnostic.ts";
import { replaceFix } from "../base/replace-fix.ts";
import type { SourceFile, Span } from "../base/source.ts";
import { brief, count, nearest, quoted } from "../base/text.ts";
import { stageNamed } from "../ops/index.ts";
import { FUNCTIONS } from "./functions.ts";
import { STD_TEXT } from "./std.generated.ts";

export const duplicateDefinition: DiagnosticKind<[name: string, owner?: string]> = defineDiagnostic({
  code: "DN0204",
  message: (name: string, owner?: string) =>
    owner === undefined
      ? `${quoted(name)} is defined twice`
      : `${quoted(name)} is the name of a ${owner} of the language`,
  explain: {
    title: "duplicate-definition",
    text: "A name means one thing: blocks, models and imports of a file, values of a model, labels of a body and parameters each differ from one another, and a block may not take the name of a stage or function.",
    wrong: "dn 1;\nblock b(k=8) < conv 3 >\nblock b(k=4) < conv 1 >\n",
    right: "dn 1;\nblock b(k=8) < conv 3 >\nblock c(k=4) < conv 1 >\n",
  },
});

export const importFailed: DiagnosticKind<[path: string, why: string]> = defineDiagnostic({
  code: "DN0210",
  message: (path: string, why: string) => `cannot import ${JSON.stringify(brief(path))}: ${why}`,
  explain: {
    title: "import-failed",
    text: "An import names `std`, the library that comes with dnc, or a file by a path relative to the importing one. Files must not import each other in a circle, nor over more than 64 levels, and have at most 4,194,304 characters together.",
    wrong: 'dn 1;\nimport { dense } from "./nowhere.dn";\n',
    right: 'dn 1;\nimport { dense } from "std";\nblock b < dense >\n',
  },
});

export const notExported: DiagnosticKind<[path: string, name: string]> = defineDiagnostic({
  code: "DN0212",
  message: (path: string, name: string) => `${JSON.stringify(brief(path))} defines no ${quoted(name)}`,
  explain: {
    title: "import-unknown-name",
    text: "The imported file has no block, model or `let` of this name. Names that a file imports itself are not passed on.",
    wrong: 'dn 1;\nimport { dens } from "std";\n',
    right: 'dn 1;\nimport { dense } from "std";\nblock b < dense >\n',
  },
});

export interface BlockDefinition {
  readonly kind: "block";
  readonly ast: ast.Block;
  readonly module: Module;
}

export interface ModelDefinition {
  readonly kind: "model";
  readonly ast: ast.Model;
  readonly module: Module;
}

export interface LetDefinition {
  readonly kind: "let";
  readonly ast: ast.Let;
  readonly module: Module;
}

export type Definition = BlockDefinition | ModelDefinition;

export interface Module {
  readonly source: SourceFile;
  readonly ast: ast.File;
  /** Blocks and models that the file defines itself. */
  readonly own: ReadonlyMap<string, Definition>;
  /** The same with imported ones: what may be called. */
  readonly names: ReadonlyMap<string, Definition>;
  /** `let`s of the file and imported ones: what may stand in an expression. A name may be in both maps. */
  readonly lets: ReadonlyMap<string, LetDefinition>;
  /** `import * as x`. */
  readonly namespaces: ReadonlyMap<string, Module>;
  /** Names whose import failed: whatever they stand for, it was reported. */
  readonly missing: ReadonlySet<string>;
  /** Where the text breaks the grammar: what stands around it may have been read wrongly. */
  readonly syntaxErrors: readonly Span[];
  /** Those of them that may hide a part of the text. */
  readonly misread: readonly Span[];
}

/** Whether what an argument holds is a block. */
export function isBlockDefinition(definition: object): definition is BlockDefinition {
  return "kind" in definition && definition.kind === "block";
}

/** Why there is nothing to import: `it is a folder`. */
export interface Unreadable {
  readonly reason: string;
}

/** Gives the file that an import means; `undefined` when there is none. */
export type Loader = (request: string, importer: SourceFile) => SourceFile | Unreadable | undefined;

export interface Program {
  readonly main: Module;
  /** Every file that took part, `main` first. */
  readonly modules: readonly Module[];
}

const STD: SourceFile = { path: "std", text: STD_TEXT };

/** The blocks of the standard library. */
export const STANDARD_BLOCKS: ReadonlySet<string> = new Set(
  [...STD_TEXT.matchAll(/^block ([A-Za-z]+)/gm)].map(([, name = ""]) => name),
);

/** The standard library is never the user's to mend. */
export function isStandardLibrary(file: SourceFile): boolean {
  return file === STD;
}

/** Each level takes stack, and each character memory. */
const MOST_LEVELS = 64;
const MOST_CHARACTERS = 2 ** 22;

/** Parses a file and all that it imports. Mistakes are reported; what is left is still a program. */
export function loadProgram(source: SourceFile, load: Loader, reporter: Reporter): Program {
  const modules = new Map<string, Module>();
  const open: string[] = [];
  let nCharacters = source.text.length;

  const loadModule = (file: SourceFile): Module => {
    const known = modules.get(file.path);
    if (known !== undefined) return known;
    open.push(file.path);
    const syntaxErrors: Span[] = [];
    const misread: Span[] = [];
    const tree = parse(file, {
      report(diagnostic) {
        const { span, code } = diagnostic;
        if (span !== undefined) syntaxErrors.push(span);
        if (span !== undefined && code !== missingSeparator.code) misread.push(span);
        reporter.report(diagnostic);
      },
    });
    const own = new Map<string, Definition>();
    const names = new Map<string, Definition>();
    const lets = new Map<string, LetDefinition>();
    const namespaces = new Map<string, Module>();
    const missing = new Set<string>();
    const module: Module = {
      source: file,
      ast: tree,
      own,
      names,
      lets,
      namespaces,
      missing,
      syntaxErrors,
      misread,
    };
    const [called, bound] = [new Map<string, Span>(), new Map<string, Span>()];

    for (const item of tree.imports) {
      const imported = importedModule(item, file);
      if (imported === undefined) {
        for (const { name, as = name } of item.names) missing.add(as.text);
        if (item.namespace !== undefined) missing.add(item.namespace.text);
        continue;
      }
      if (item.namespace !== undefined && claimName(item.namespace, called, reporter)) {
        namespaces.set(item.namespace.text, imported);
      }
      for (const { name, as = name } of item.names) {
        const definition = imported.own.get(name.text);
        const value = ownLet(imported, name.text);
        if (definition !== undefined && claimName(as, called, reporter)) names.set(as.text, definition);
        if (value !== undefined && claimName(as, bound, reporter)) lets.set(as.text, value);
        if (definition === undefined && value === undefined) {
          missing.add(as.text);
          reportNotExported(item.from.value, name, imported, reporter);
        }
      }
    }
    for (const item of tree.lets) {
      if (claimName(item.name, bound, reporter)) lets.set(item.name.text, { kind: "let", ast: item, module });
    }
    for (const definition of definitionsOf(module)) {
      const { name } = definition.ast;
      if (isReserved(name.text)) reportReserved(name, reporter);
      else if (claimName(name, called, reporter)) {
        own.set(name.text, definition);
        names.set(name.text, definition);
      }
    }
    open.pop();
    modules.set(file.path, module);
    return module;
  };

  const importedModule = (item: ast.Import, importer: SourceFile): Module | undefined => {
    const request = item.from.value;
    const loaded = request === "std" ? STD : load(request, importer);
    const file = loaded !== undefined && "text" in loaded ? loaded : undefined;
    const refusal = file && refusalOf(file);
    if (file !== undefined && refusal === undefined) return loadModule(file);
    const reason = loaded !== undefined && "reason" in loaded ? loaded.reason : "there is no such file";
    const { why, help } = refusal ?? { why: reason, help: 'write `"std"`, or a path relative to this file' };
    const { span } = item.from;
    const isStandard = refusal === undefined && nearest(request, ["std"]) !== undefined;
    const advice = isStandard
      ? { help: ['did you mean `"std"`?'], ...replaceFix(span, '"std"') }
      : { help: [help] };
    reporter.report(importFailed.at({ span, ...advice }, request, why));
    return undefined;
  };

  const refusalOf = ({
    path,
    text,
  }: SourceFile): { readonly why: string; readonly help: string } | undefined => {
    if (open.includes(path))
      return {
        why: `it imports this file (${[...open, path].join(" → ")})`,
        help: "put what both need in a third file",
      };
    if (modules.has(path)) return undefined;
    if (open.length === MOST_LEVELS)
      return {
        why: `this file is imported over ${count(MOST_LEVELS, "level")}, and more are too many`,
        help: "import what is needed from where it is defined",
      };
    nCharacters += text.length;
    if (nCharacters <= MOST_CHARACTERS) return undefined;
    return {
      why: `with it, all files have more than ${count(MOST_CHARACTERS, "character")}`,
      help: "import fewer files",
    };
  };

  const main = loadModule(source);
  return { main, modules: [main, ...[...modules.values()].filter((module) => module !== main)] };
}

function ownLet(module: Module, name: string): LetDefinition | undefined {
  const definition = module.lets.get(name);
  return definition?.module === module ? definition : undefined;
}

function definitionsOf(module: Module): readonly Definition[] {
  const { blocks, models } = module.ast;
  return [
    ...blocks.map((block): Definition => ({ kind: "block", ast: block, module })),
    ...models.map((model): Definition => ({ kind: "model", ast: model, module })),
  ].sort((a, b) => a.ast.span.start - b.ast.span.start);
}

/** Whether the name is free in `places`, which remembers it; reports DN0204 otherwise. */
export function claimName(
  name: ast.Name,
  places: Map<string, Span>,
  reporter: Reporter,
  help = "rename one of them",
): boolean {
  const first = places.get(name.text);
  if (first === undefined) {
    places.set(name.text, name.span);
    return true;
  }
  const labels = [{ span: first, text: "first defined here" }];
  reporter.report(duplicateDefinition.at({ span: name.span, labels, help: [help] }, name.text));
  return false;
}

/** Names of stages and functions belong to the language. */
function isReserved(name: string): boolean {
  return stageNamed(name) !== undefined || FUNCTIONS.has(name);
}

function reportReserved(name: ast.Name, reporter: Reporter): void {
  const owner = FUNCTIONS.has(name.text) ? "function" : "stage";
  const help = ["give it another name"];
  reporter.report(duplicateDefinition.at({ span: name.span, help }, name.text, owner));
}

function reportNotExported(path: string, name: ast.Name, imported: Module, reporter: Reporter): void {
  const near = nearest(name.text, imported.own.keys());
  reporter.report(
    notExported.at(
      {
        span: name.span,
        help: [
          near === undefined
            ? `it defines ${[...imported.own.keys()].map(quoted).join(", ")}`
            : `did you mean ${quoted(near)}?`,
        ],
        ...(near === undefined
          ? {}
          : {
              fix: {
                title: `import ${quoted(near)}`,
                applicability: "maybe-incorrect",
                edits: [{ span: name.span, text: near }],
              },
            }),
      },
      path,
      name.text,
    ),
  );
}
