/** One file of `dnc check`: what is in it, what is wrong with it, and what that means for the exit code. */
import {
  type CheckedModel,
  check,
  collectDiagnostics,
  type Diagnostic,
  describeModel,
  printModel,
} from "../index.ts";
import type { Sources } from "../runtime/sources.ts";
import type { ExitCode, Terminal } from "./command.ts";
import { diagnosticToJson } from "./render/json.ts";
import { exitCodeOf, withoutHints } from "./target.ts";

export interface CheckedFile {
  readonly path: string;
  readonly models: readonly CheckedModel[];
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: ExitCode;
}

export interface CheckFileOptions {
  readonly hints: boolean;
  readonly denyWarnings: boolean;
}

export function checkFile(path: string, sources: Sources, options: CheckFileOptions): CheckedFile {
  const collector = collectDiagnostics();
  const source = sources.read(path, collector);
  if (source === undefined) return { path, models: [], diagnostics: collector.diagnostics, exitCode: 4 };
  const { models, diagnostics: all } = check(source, { load: sources.load });
  const diagnostics = options.hints ? all : withoutHints(all);
  const denied = options.denyWarnings && diagnostics.some(({ severity }) => severity === "warning");
  const exitCode = exitCodeOf(diagnostics);
  return { path: source.path, models, diagnostics, exitCode: exitCode === 0 && denied ? 1 : exitCode };
}

/** Unreadable before errors before broken promises. */
export function worst(files: readonly CheckedFile[]): ExitCode {
  return ([4, 1, 3] as const).find((code) => files.some(({ exitCode }) => exitCode === code)) ?? 0;
}

/** The document of schema dnc/check-1. */
export function renderJson(files: readonly CheckedFile[]): string {
  return `${JSON.stringify({ schema: "dnc/check-1", files: files.map(fileToJson) }, undefined, 2)}\n`;
}

function fileToJson({ path, models, diagnostics }: CheckedFile): object {
  return {
    path,
    models: models.map(({ name, graph, constraints }) =>
      graph === undefined ? { name, constraints } : { ...describeModel(graph), constraints },
    ),
    diagnostics: diagnostics.map(diagnosticToJson),
  };
}

/** A line for each model of a file that is fine; nothing for any other. */
export function summarize({ path, models, exitCode }: CheckedFile, { colors }: Terminal): string {
  if (exitCode !== 0) return "";
  const graphs = models.flatMap(({ graph }) => graph ?? []);
  const width = Math.max(0, ...graphs.map(({ name }) => name.length));
  const lines = graphs.map((graph) => `  ${graph.name.padEnd(width)}  ${printModel(graph)}\n`);
  return `${colors.green("ok")} ${path}\n${lines.join("")}`;
}
