/** One file of `dnc check`: what is in it, what is wrong with it, and what that means for the exit code. */

import { outermost } from "../base/diagnostic.ts";
import { groupBy } from "../base/group.ts";
import { largestOf } from "../base/integers.ts";
import type { SourceFile } from "../base/source.ts";
import {
  type CheckedModel,
  check,
  collectDiagnostics,
  type Diagnostic,
  describeModel,
  describeSignature,
  printModel,
  type SignatureDescription,
} from "../index.ts";
import type { Sources } from "../runtime/sources.ts";
import type { ExitCode, Terminal } from "./command.ts";
import { brokenPromise, withRemedies } from "./remedies.ts";
import { diagnosticToJson } from "./render/json.ts";
import { BUDGET, exitCodeOf, targetOf, withoutHints } from "./target.ts";

export interface CheckedFile {
  readonly path: string;
  readonly models: readonly CheckedModel[];
  /** Absent where they were not asked for. */
  readonly signatures?: readonly SignatureDescription[];
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: ExitCode;
}

export interface CheckFileOptions {
  readonly hints: boolean;
  readonly denyWarnings: boolean;
  readonly signatures: boolean;
}

export function checkFile(path: string, sources: Sources, options: CheckFileOptions): CheckedFile {
  const collector = collectDiagnostics();
  const source = sources.read(path, collector);
  if (source === undefined) return { path, models: [], diagnostics: collector.diagnostics, exitCode: 4 };
  const checked = check(source, { load: sources.load, signatures: options.signatures });
  const { models, diagnostics: all } = checked;
  const diagnostics = remedied(options.hints ? all : withoutHints(all), source, sources);
  const denied = options.denyWarnings && diagnostics.some(({ severity }) => severity === "warning");
  const exitCode = exitCodeOf(diagnostics);
  return {
    path: source.path,
    models,
    ...(options.signatures && { signatures: checked.signatures.map(describeSignature) }),
    diagnostics,
    exitCode: exitCode === 0 && denied ? 1 : exitCode,
  };
}

/** Promises that do not hold tell what would pass. */
function remedied(
  diagnostics: readonly Diagnostic[],
  source: SourceFile,
  { load }: Sources,
): readonly Diagnostic[] {
  const broken = diagnostics.filter(({ code }) => code === BUDGET);
  const help = new Map<Diagnostic, Diagnostic>();
  for (const [model, alike] of groupBy(broken, ({ frame }) => frame && outermost(frame).name)) {
    const target = targetOf(source, load, model);
    const told = withRemedies(alike.map(brokenPromise), target, {}, target.elaborate({}));
    for (const [at, diagnostic] of told.entries()) help.set(alike[at] ?? diagnostic, diagnostic);
  }
  return diagnostics.map((diagnostic) => help.get(diagnostic) ?? diagnostic);
}

/** Unreadable before errors before broken promises. */
export function worst(files: readonly CheckedFile[]): ExitCode {
  return ([4, 1, 3] as const).find((code) => files.some(({ exitCode }) => exitCode === code)) ?? 0;
}

/** The document of schema dnc/check-1. */
export function renderJson(files: readonly CheckedFile[]): string {
  return `${JSON.stringify({ schema: "dnc/check-1", files: files.map(fileToJson) }, undefined, 2)}\n`;
}

function fileToJson({ path, models, signatures, diagnostics }: CheckedFile): object {
  return {
    path,
    models: models.map(({ name, graph, constraints }) =>
      graph === undefined ? { name, constraints } : { ...describeModel(graph), constraints },
    ),
    ...(signatures && { signatures }),
    diagnostics: diagnostics.map(diagnosticToJson),
  };
}

/** A line for each model of a file that is fine; signatures, where they are wanted, of any file. */
export function summarize(file: CheckedFile, terminal: Terminal): string {
  return summarizeModels(file, terminal) + summarizeSignatures(file);
}

function summarizeSignatures({ path, exitCode, signatures = [] }: CheckedFile): string {
  const heads = signatures.map(({ name, parameters }) => `${name}(${parameters.join(", ")})`);
  const width = Math.min(
    MOST_ALIGNED,
    largestOf(
      heads.map(({ length }) => length),
      0,
    ),
  );
  const lines = signatures.map(({ forms, undecided }, index) => {
    const told = undecided === undefined ? forms.map(({ printed }) => printed) : [`undecided: ${undecided}`];
    return `  ${(heads[index] ?? "").padEnd(width)}  ${told.join(`\n  ${" ".repeat(width)}  `)}\n`;
  });
  const head = exitCode === 0 || lines.length === 0 ? "" : `${path}\n`;
  return head + lines.join("");
}

/** A block of many parameters does not push the others' signatures out of sight. */
const MOST_ALIGNED = 48;

function summarizeModels({ path, models, exitCode }: CheckedFile, { colors }: Terminal): string {
  if (exitCode !== 0) return "";
  const graphs = models.flatMap(({ graph }) => graph ?? []);
  const width = largestOf(
    graphs.map(({ name }) => name.length),
    0,
  );
  const lines = graphs.map((graph) => `  ${graph.name.padEnd(width)}  ${printModel(graph)}\n`);
  return `${colors.green("ok")} ${path}\n${lines.join("")}`;
}
