/** What most commands work on: `FILE.dn[:MODEL]` with `--set` and `--input`, elaborated to a checked graph. */
import type { Diagnostic, Reporter } from "../base/diagnostic.ts";
import type { SourceFile } from "../base/source.ts";
import {
  type CheckedGraph,
  collectDiagnostics,
  elaborate,
  type Loader,
  parseInputSizes,
  parseSetting,
} from "../index.ts";
import { loadImport, readSource } from "../runtime/source-files.ts";
import type { ExitCode, Flag, FlagValues } from "./command.ts";

export const TARGET_FLAGS: Readonly<Record<"set" | "input", Flag>> = {
  set: {
    type: "string",
    multiple: true,
    value: "NAME=VALUE",
    summary: "bind a parameter of the model: k=24, blocks=[6,12]",
  },
  input: {
    type: "string",
    multiple: true,
    value: "NAME=SIZES",
    summary: "bind sizes, channels first: x=1x28x28, or H=256,W=256",
  },
};

export interface TargetResult {
  /** Absent when there are errors other than failed expectations. */
  readonly graph?: CheckedGraph;
  /** The main one first, the others as they were asked for. */
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
  /** Of the spec alone: 0 fine, 1 errors, 3 only expectations failed, 4 unreadable. */
  readonly exitCode: ExitCode;
}

/** A spec that was read once and can be elaborated several times. */
export interface Target {
  readonly source: SourceFile;
  /** `text`: in place of what the file says. */
  elaborate(flags: FlagValues, text?: string): TargetResult;
}

/** `undefined` where the file cannot be read (reported). */
export function openTarget(target: string, reporter: Reporter): Target | undefined {
  const [, path = target, model] = /^(.+?)(?::([A-Za-z_][A-Za-z0-9_]*))?$/.exec(target) ?? [];
  const source = readSource(path, reporter);
  return source && targetOf(source, loadImport, model);
}

/** `model`: absent for the last one that can be made. */
export function targetOf(source: SourceFile, load: Loader, model?: string): Target {
  return {
    source,
    elaborate(flags, text = source.text) {
      const collector = collectDiagnostics();
      const settings = listOf(flags["set"]).map((each) => parseSetting(each, collector));
      const sizes = listOf(flags["input"]).map((each) => parseInputSizes(each, collector));
      if (collector.diagnostics.length > 0)
        return { files: [], diagnostics: collector.diagnostics, exitCode: 2 };
      const bindings = {
        parameters: new Map(settings.flatMap((setting) => (setting === undefined ? [] : [setting]))),
        inputs: new Map(sizes.flatMap((each) => [...(each ?? [])])),
      };
      const main = { ...source, text };
      const files = new Map([[main.path, main]]);
      const { graph, diagnostics } = elaborate(main, {
        load(request, importer) {
          const file = load(request, importer);
          if (file !== undefined && "text" in file) files.set(file.path, file);
          return file;
        },
        bindings,
        ...(model === undefined ? {} : { model }),
      });
      const told = withoutHints(diagnostics);
      return {
        ...(graph === undefined ? {} : { graph }),
        files: [...files.values()],
        diagnostics: told,
        exitCode: exitCodeOf(told),
      };
    },
  };
}

export function readTarget(target: string, flags: FlagValues): TargetResult {
  const collector = collectDiagnostics();
  const opened = openTarget(target, collector);
  return opened?.elaborate(flags) ?? { files: [], diagnostics: collector.diagnostics, exitCode: 4 };
}

/** Hints are for editors and `dnc check --hints`. */
export function withoutHints(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity !== "hint");
}

/** The code of a failed promise, which has an exit code of its own. */
export const BUDGET = "DN0614";

export function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return 0;
  return errors.every(({ code }) => code === BUDGET) ? 3 : 1;
}

export function listOf(value: FlagValues[string]): readonly string[] {
  return Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
}
