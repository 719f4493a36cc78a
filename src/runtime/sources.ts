/**
 * The files that a check reads, remembered: what was read, under which path, and what is to be there instead. A check
 * that is repeated on the same sources sees each file once, with the text that replaced it.
 */
import { readFileSync } from "node:fs";
import type { Reporter } from "../base/diagnostic.ts";
import type { SourceFile } from "../base/source.ts";
import type { Unreadable } from "../semantics/module.ts";
import { importPath, loadImport, readSource } from "./source-files.ts";

/** The path that standard input has in messages. */
export const STANDARD_INPUT = "<stdin>";

export interface Sources {
  /** The file named on the command line, or `undefined` when it cannot be read (reported). */
  read(path: string, reporter: Reporter): SourceFile | undefined;
  /** The file that an import means. */
  load(request: string, importer: SourceFile): SourceFile | Unreadable | undefined;
  /** From now on, the file has this text; nothing is written. */
  replace(file: SourceFile, text: string): void;
  /** Whether the person's own file is meant: one that was read, not what comes with dnc. */
  has(file: SourceFile): boolean;
  /** The files whose text was replaced, with the text that was read. */
  replaced(): readonly { readonly file: SourceFile; readonly before: string }[];
  /** Every path that was looked for, whether or not there is a file. */
  paths(): readonly string[];
  /** Whether the disk says something else by now. */
  isStale(): boolean;
}

interface Entry {
  readonly file: SourceFile | undefined;
  /** As it was read. */
  readonly text: string | undefined;
}

export function openSources(): Sources {
  const entries = new Map<string, Entry>();
  const once = (path: string, read: () => SourceFile | undefined): SourceFile | undefined => {
    const known = entries.get(path);
    if (known?.file !== undefined) return known.file;
    const file = read();
    entries.set(file?.path ?? path, { file, text: file?.text });
    return file;
  };
  return {
    read: (path, reporter) => once(path === "-" ? STANDARD_INPUT : path, () => readSource(path, reporter)),
    load(request, importer) {
      let unreadable: Unreadable | undefined;
      const file = once(importPath(request, importer), () => {
        const loaded = loadImport(request, importer);
        if ("text" in loaded) return loaded;
        unreadable = loaded;
        return undefined;
      });
      return file ?? unreadable;
    },
    replace(file, text) {
      entries.set(file.path, { file: { ...file, text }, text: entries.get(file.path)?.text });
    },
    has: (file) => entries.get(file.path)?.file === file,
    replaced: () =>
      [...entries.values()].flatMap(({ file, text: before }) =>
        file === undefined || before === undefined || file.text === before ? [] : [{ file, before }],
      ),
    paths: () => [...entries.keys()],
    isStale: () => [...entries].some(([path, { text }]) => textAt(path) !== text),
  };
}

/** Whatever the reason, a file that cannot be read has no text. */
function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
