/** What mutations start from: every spec of the project, right or wrong, and every one that its documents show. */
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import type { CstElement, CstNode } from "chevrotain";
import { balance } from "../../grammar/brackets.ts";
import { createParser } from "../../grammar/parser.ts";
import { scan } from "../../grammar/scan.ts";
import { silent } from "../../src/base/diagnostic.ts";
import { loadImport } from "../../src/runtime/source-files.ts";
import type { Loader } from "../../src/semantics/module.ts";

export interface CorpusFile {
  /** Below the root. */
  readonly path: string;
  readonly text: string;
  /** Where each rule of the grammar is met in it. */
  readonly parts: readonly Part[];
}

export interface Part {
  readonly rule: string;
  readonly start: number;
  readonly end: number;
}

const root = new URL("../../", import.meta.url);
const FOLDERS = [
  "specs",
  "test/golden/ok",
  "test/golden/errors",
  "test/golden/grammar/ok",
  "test/golden/grammar/err",
];
const DOCUMENTS = ["README.md", "CHANGELOG.md", "grammar/README.md", "docs"];

/** Networks of a thousand layers take their time, rightly. */
const MOST_CHARACTERS = 6000;
const LARGE = new Set(["specs/resnet-cifar.dn", "specs/resnet-preact.dn"]);

/** As the command line does, with paths below the root. */
export const loadFromRoot: Loader = (request, importer) =>
  loadImport(request, { ...importer, path: posix.resolve(fileURLToPath(root), importer.path) });

export function readCorpus(): readonly CorpusFile[] {
  const specs = FOLDERS.flatMap((folder) =>
    namesIn(folder)
      .filter((name) => name.endsWith(".dn"))
      .map((name) => ({ path: posix.join(folder, name), text: read(posix.join(folder, name)) })),
  );
  const documents = DOCUMENTS.flatMap((path) =>
    path.endsWith(".md")
      ? [path]
      : namesIn(path)
          .filter((name) => name.endsWith(".md"))
          .map((name) => posix.join(path, name)),
  );
  const shown = documents.flatMap((path) =>
    [...read(path).matchAll(/^```dn[^\n]*\n([\s\S]*?)^```/gm)].map(([, text = ""]) => ({ path, text })),
  );
  return [...specs, ...shown]
    .filter(({ path, text }) => text.length <= MOST_CHARACTERS && !LARGE.has(path))
    .map((file) => ({ ...file, parts: partsOf(file.text) }));
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, root)).sort();
}

function read(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

const parser = createParser();

export function partsOf(text: string): readonly Part[] {
  const file = { path: "corpus.dn", text };
  const balanced = balance(file, scan(file, silent).tokens, silent);
  const tree = balanced && parser.parse(balanced.tokens, balanced.depths).tree;
  return tree === undefined ? [] : partsWithin(tree);
}

function partsWithin(node: CstNode): readonly Part[] {
  const { startOffset: start = Number.NaN, endOffset: last = Number.NaN } = node.location ?? {};
  const inner = Object.values(node.children).flatMap((children) =>
    children.filter(isNode).flatMap(partsWithin),
  );
  return start < last ? [{ rule: node.name, start, end: last + 1 }, ...inner] : inner;
}

function isNode(element: CstElement): element is CstNode {
  return "children" in element;
}
