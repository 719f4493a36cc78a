/** What most commands work on: `FILE.dn[:MODEL]` with `--set` and `--input`, elaborated to a checked graph. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { type CheckedGraph, collectDiagnostics, elaborate, parseInputSizes, parseSetting } from "../index.ts";
import { loadImport, readSource, specHash } from "../runtime/source-files.ts";
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
  /** The SHA-256 of the files that were read. */
  readonly spec?: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Of the spec alone: 0 fine, 1 errors, 3 only expectations failed, 4 unreadable. */
  readonly exitCode: ExitCode;
}

export function readTarget(target: string, flags: FlagValues): TargetResult {
  const [, path = target, model] = /^(.+?)(?::([A-Za-z_][A-Za-z0-9_]*))?$/.exec(target) ?? [];
  const collector = collectDiagnostics();
  const source = readSource(path, collector);
  if (source === undefined) return { diagnostics: collector.diagnostics, exitCode: 4 };
  const settings = listOf(flags["set"]).map((text) => parseSetting(text, collector));
  const sizes = listOf(flags["input"]).map((text) => parseInputSizes(text, collector));
  if (collector.diagnostics.length > 0) return { diagnostics: collector.diagnostics, exitCode: 2 };
  const bindings = {
    parameters: new Map(settings.flatMap((setting) => (setting === undefined ? [] : [setting]))),
    inputs: new Map(sizes.flatMap((each) => [...(each ?? [])])),
  };
  const files = new Map([[source.path, source]]);
  const { graph, diagnostics } = elaborate(source, {
    load(request, importer) {
      const file = loadImport(request, importer);
      if (file !== undefined && "text" in file) files.set(file.path, file);
      return file;
    },
    bindings,
    ...(model === undefined ? {} : { model }),
  });
  const told = withoutHints(diagnostics);
  return {
    ...(graph === undefined ? {} : { graph }),
    spec: specHash([...files.values()]),
    diagnostics: told,
    exitCode: exitCodeOf(told),
  };
}

/** Hints are for editors and `dnc check --hints`. */
export function withoutHints(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity !== "hint");
}

/** The code of a failed `expect`, which has an exit code of its own. */
const BUDGET = "DN0614";

export function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return 0;
  return errors.every(({ code }) => code === BUDGET) ? 3 : 1;
}

export function listOf(value: FlagValues[string]): readonly string[] {
  return Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
}
