/**
 * The pipeline on one page:
 *
 *   text --parse--> tree --resolve--> names known --instantiate--> checked graph --lower--> lowered graph
 *        --passes--> lowered graph --target--> bytes
 *
 * Everything here is a pure function of source text and options; files are read and written by the caller.
 */
import type { Block } from "../grammar/ast.ts";
import {
  type Collector,
  collectAtMost,
  collectDiagnostics,
  type Diagnostic,
  type DiagnosticKind,
  defineDiagnostic,
  hasErrors,
  type Reporter,
  TooManyProblems,
} from "./base/diagnostic.ts";
import { invariant } from "./base/invariant.ts";
import type { SourceFile } from "./base/source.ts";
import { listOf, nearest, quoted } from "./base/text.ts";
import type { LoweredGraph } from "./ir/lowered.ts";
import { readAllowances } from "./lints/allow.ts";
import { lintInstance } from "./lints/index.ts";
import { countsOf } from "./ops/counts.ts";
import { lowerGraph } from "./ops/lower-graph.ts";
import type { CheckedGraph } from "./ops/op.ts";
import { verifyGraph } from "./ops/verify.ts";
import { type Pass, type PassResult, runPasses } from "./passes/pass.ts";
import { attributeMistakes } from "./semantics/blocks/attribute.ts";
import { signaturesOf } from "./semantics/blocks/signature.ts";
import type { BlockSignature } from "./semantics/blocks/signature-form.ts";
import { startBudget } from "./semantics/build.ts";
import { budgetExceeded } from "./semantics/expect.ts";
import { type Bindings, NO_BINDINGS } from "./semantics/external.ts";
import { hasDefaults, type Instance, instantiate, type ResolvedProgram } from "./semantics/instantiate.ts";
import { type Loader, loadProgram, type ModelDefinition, type Program } from "./semantics/module.ts";
import { gatherProblems, type Problems, silentProblems } from "./semantics/problems.ts";
import { withRecurrences } from "./semantics/recurrence.ts";
import { resolveProgram } from "./semantics/resolve.ts";
import type { SymbolConstraint } from "./semantics/symbol-table.ts";
import { emitArtifact } from "./targets/artifact.ts";
import { targets } from "./targets/index.ts";
import type { ArtifactFile, Precision, Quantization, Target } from "./targets/target.ts";
import type { Fill } from "./weights/fill.ts";
import { hashFill } from "./weights/hash.ts";
import { initFill } from "./weights/init.ts";

export const noModel: DiagnosticKind<[path: string, wanted: string | undefined]> = defineDiagnostic({
  code: "DN0213",
  message: (path: string, wanted: string | undefined) =>
    wanted === undefined
      ? `${path} defines no model that can be made from defaults`
      : `${path} defines no model ${quoted(wanted)}`,
  explain: {
    title: "no-model",
    text: "Commands that need a network take the last model of the file whose parameters all have values, or the one named after a colon: `dnc report specs/densenet-cifar.dn:densenet_l40_k12`.",
  },
});

export const freeSize: DiagnosticKind<[model: string, symbols: readonly string[]]> = defineDiagnostic({
  code: "DN0314",
  message: (model, symbols) => {
    const [noun, verb] = symbols.length === 1 ? ["size", "has"] : ["sizes", "have"];
    return `the ${noun} ${listOf(symbols.map(quoted))} of ${quoted(model)} ${verb} no value`;
  },
  explain: {
    title: "free-size",
    text: "Checking works with free sizes; compiling, running and counting multiply-adds need numbers. Bind them by symbol (`--input H=256,W=256`) or by input (`--input x=3x256x256`).",
  },
});

export interface SourceOptions {
  /** Gives imported files; without it only `std` can be imported. */
  readonly load?: Loader;
}

export interface CheckOptions extends SourceOptions {
  /** Whether the signatures of the file's blocks are wanted. */
  readonly signatures?: boolean;
}

export interface CheckResult {
  /** One a model that can be made from defaults, in the order of the file; only those without errors have a graph. */
  readonly models: readonly CheckedModel[];
  /** One a block of the file, where they were asked for. */
  readonly signatures: readonly BlockSignature[];
  /** Sorted as found; imported files included. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface CheckedModel {
  readonly name: string;
  readonly graph: CheckedGraph | undefined;
  /** What is known of each free size. */
  readonly constraints: readonly SymbolConstraint[];
}

/** Remembering takes time; the mistakes of a loop are met in its first repetitions. */
const MOST_TRACED_STEPS = 2_000;

/** Nobody reads as many; where there are more, the rest of the file is not checked. */
const MOST_PROBLEMS = 1000;

/** Checks every block and every model of a file. */
export function check(source: SourceFile, options: CheckOptions = {}): CheckResult {
  const collector = collectAtMost(MOST_PROBLEMS);
  const { diagnostics } = collector;
  const checked = untilHopeless(() => checkInto(source, options, collector));
  return checked ?? { models: [], signatures: [], diagnostics };
}

function checkInto(source: SourceFile, options: CheckOptions, collector: Collector): CheckResult {
  const opened = open(source, options, collector);
  const { program, diagnostics, instantiateModel, flush, entered, reportUnusedAllows } = opened;
  const models = modelsOf(program)
    .filter(hasDefaults)
    .map((definition): CheckedModel => {
      const instance = instantiateModel(definition, NO_BINDINGS);
      return {
        name: definition.ast.name.text,
        graph: instance?.graph,
        constraints: instance?.constraints ?? [],
      };
    });
  flush(entered);
  const failed = hasErrors(diagnostics);
  if (!failed) reportUnusedAllows(models.flatMap(({ graph }) => graph ?? []));
  const signatures = options.signatures === true ? signaturesOf(program, opened.resolution, diagnostics) : [];
  const shown = failed ? models.map((model) => ({ ...model, graph: undefined })) : models;
  return { models: shown, signatures, diagnostics };
}

export interface ElaborateOptions extends SourceOptions {
  /** The model; without it the last one that can be made from defaults and `bindings`. */
  readonly model?: string;
  readonly bindings?: Bindings;
  /** Whether sizes may stay free; otherwise that is an error. */
  readonly allowFree?: boolean;
}

export interface ElaborateResult {
  /** Absent when there are errors other than failed expectations. */
  readonly graph?: CheckedGraph;
  readonly diagnostics: readonly Diagnostic[];
}

/** The checked graph of one model. */
export function elaborate(source: SourceFile, options: ElaborateOptions = {}): ElaborateResult {
  const collector = collectAtMost(MOST_PROBLEMS);
  const { diagnostics } = collector;
  return untilHopeless(() => elaborateInto(source, options, collector)) ?? { diagnostics };
}

function elaborateInto(source: SourceFile, options: ElaborateOptions, collector: Collector): ElaborateResult {
  const { program, diagnostics, instantiateModel, flush, report } = open(source, options, collector);
  const bindings = options.bindings ?? NO_BINDINGS;
  const definition = chooseModel(program, options.model, bindings);
  if (definition === undefined) {
    const names = modelsOf(program).map((candidate) => candidate.ast.name.text);
    const near = options.model === undefined ? undefined : nearest(options.model, names);
    const known =
      names.length === 0 ? "write one: `model net { … }`" : `it defines ${names.map(quoted).join(", ")}`;
    report(
      noModel.at(
        { help: [near === undefined ? known : `did you mean ${quoted(near)}?`] },
        source.path,
        options.model,
      ),
    );
    return { diagnostics };
  }
  const instance = instantiateModel(definition, bindings);
  flush();
  const graph = instance?.graph;
  const isBroken = diagnostics.some(
    ({ severity, code }) => severity === "error" && code !== budgetExceeded.code,
  );
  if (graph === undefined || isBroken) return { diagnostics };
  const free = instance?.constraints.map(({ symbol }) => symbol) ?? [];
  if (free.length > 0 && options.allowFree !== true) {
    const help = [
      `give ${listOf(free.map((symbol) => `\`${symbol}\``))} a value: \`--input ${free.map((symbol) => `${symbol}=224`).join(",")}\``,
    ];
    report(freeSize.at({ span: definition.ast.name.span, help }, definition.ast.name.text, free));
    return { diagnostics };
  }
  verifyGraph(graph);
  return { graph, diagnostics };
}

function chooseModel(
  program: Program,
  name: string | undefined,
  bindings: Bindings,
): ModelDefinition | undefined {
  const models = modelsOf(program);
  if (name !== undefined) return models.find((candidate) => candidate.ast.name.text === name);
  const isBound = (definition: ModelDefinition): boolean =>
    definition.ast.parameters.every(
      (parameter) => parameter.default !== undefined || bindings.parameters.has(parameter.name.text),
    );
  return models.findLast((candidate) => hasDefaults(candidate)) ?? models.findLast(isBound);
}

function modelsOf(program: Program): readonly ModelDefinition[] {
  return [...program.main.own.values()].flatMap((definition) =>
    definition.kind === "model" ? [definition] : [],
  );
}

/** `undefined` when there were too many problems. */
function untilHopeless<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof TooManyProblems) return undefined;
    throw error;
  }
}

function open(source: SourceFile, { load = () => undefined }: SourceOptions, collector: Collector) {
  const program = loadProgram(source, load, collector);
  const allowances = readAllowances(program, collector);
  const resolution = resolveProgram(program, allowances.guard(collector));
  // One more than fit, so that flushing them tells that there are more.
  const gathered = gatherProblems(MOST_PROBLEMS + 1);
  // Before calls and repetitions are told as one: some may be allowed and others not.
  const problems: Problems = { ...gathered, ...allowances.guard(gathered) };
  const entered = new Set<Block>();
  const shared: ResolvedProgram = { resolution, problems, budget: startBudget(), entered };
  const made: { readonly definition: ModelDefinition; readonly bindings: Bindings }[] = [];
  return {
    program,
    resolution,
    entered,
    diagnostics: collector.diagnostics,
    report: collector.report,
    instantiateModel(definition: ModelDefinition, bindings: Bindings): Instance | undefined {
      made.push({ definition, bindings });
      return untilHopeless(() => {
        const instance = instantiate(definition, bindings, shared);
        if (instance !== undefined) lintInstance(instance, problems);
        return instance;
      });
    },
    /** Reports what the models are wrong in; with `all`, also the blocks that are not among these. */
    flush(all?: ReadonlySet<Block>): void {
      const flushed = collectDiagnostics();
      problems.flush(flushed);
      const found = made.reduce<readonly Diagnostic[]>(
        (told, { definition, bindings }) =>
          withRecurrences(told, definition, (trace) => {
            const budget = startBudget(MOST_TRACED_STEPS);
            instantiate(definition, bindings, { ...shared, problems: silentProblems, budget, trace });
          }),
        flushed.diagnostics,
      );
      const others = all && { entered: all, before: [...collector.diagnostics] };
      for (const each of attributeMistakes(found, program, resolution, others)) collector.report(each);
    },
    reportUnusedAllows: (graphs: readonly CheckedGraph[]) => allowances.reportUnused(graphs, collector),
  };
}

/** How the weights are filled: by the spec's initialisers from a seed, or by the golden hash. */
export type WeightsChoice = { readonly kind: "init"; readonly seed: number } | { readonly kind: "hash" };

export interface CompileOptions {
  readonly target: string;
  readonly weights: WeightsChoice;
  /** Recorded in the artifact: the version of dnc, and the SHA-256 of the files of the spec. */
  readonly version: string;
  readonly spec?: string;
  /** What large weights are written as, where the target has such forms. */
  readonly quantization?: Quantization;
  /** Of what is computed inside; one that the target has. By default float32. */
  readonly precision?: Precision;
  /** Sees the lowered graph (`lowering`) and what each pass, by its name, makes of it. */
  readonly onGraph?: (name: string, graph: LoweredGraph) => void;
  /** Ends after this pass, with nothing to write. */
  readonly stopAfter?: string;
  /** Without: only the passes run that the target needs. */
  readonly optimize?: boolean;
}

export interface CompileResult {
  readonly lowered: LoweredGraph;
  readonly passes: readonly PassResult[];
  /** Absent after `stopAfter`, and when the target cannot hold the network (reported). */
  readonly files?: readonly ArtifactFile[];
}

/** From a checked graph to the files of an artifact. */
export function compile(graph: CheckedGraph, options: CompileOptions, reporter: Reporter): CompileResult {
  const target = targets.find((candidate) => candidate.name === options.target);
  invariant(target !== undefined, `there is no target ${options.target}`);
  const chosen = passesOf(target, options);
  const stop = chosen.findIndex((pass) => pass.name === options.stopAfter);
  const passes: PassResult[] = [];
  const start = lowerGraph(graph, weightsOf(graph, options.weights));
  options.onGraph?.("lowering", start);
  const lowered = runPasses(start, stop < 0 ? chosen : chosen.slice(0, stop + 1), {
    onPass(result, after) {
      passes.push(result);
      options.onGraph?.(result.name, after);
    },
  });
  if (stop >= 0) return { lowered, passes };
  const { params: parameters, macs } = countsOf(graph.nodes, graph);
  const facts = {
    version: options.version,
    ...(options.spec === undefined ? {} : { spec: options.spec }),
    ...(options.quantization === undefined ? {} : { quantization: options.quantization }),
    ...(options.precision === "bf16" ? { precision: options.precision } : {}),
    weights: describeWeights(options.weights),
    parameters,
    macs,
  };
  const files = emitArtifact(target, lowered, facts, reporter);
  return files === undefined ? { lowered, passes } : { lowered, passes, files };
}

/** What `--target` takes. */
export function targetNames(): readonly string[] {
  return targets.map(({ name }) => name);
}

/** What `--quantize` takes; nothing for most targets. */
export function quantizationsOf(target: string): readonly Quantization[] {
  return targets.find((candidate) => candidate.name === target)?.quantizations ?? [];
}

/** What `--precision` takes. */
export function precisionsOf(target: string): readonly Precision[] {
  const found = targets.find((candidate) => candidate.name === target);
  return found?.bfloat16Passes === undefined ? ["f32"] : ["f32", "bf16"];
}

/** What `--print-after` and `--stop-after` take. */
export function passNames(target: string, options: PassChoice = {}): readonly string[] {
  const found = targets.find((candidate) => candidate.name === target);
  return found === undefined ? [] : passesOf(found, options).map((pass) => pass.name);
}

type PassChoice = Pick<CompileOptions, "optimize" | "precision">;

function passesOf(target: Target, { optimize = true, precision = "f32" }: PassChoice): readonly Pass[] {
  const passes = precision === "f32" ? target.passes : target.bfloat16Passes;
  invariant(passes !== undefined, `${target.name} has no precision ${precision}`);
  return passes.filter(({ kind }) => optimize || kind === "requirement");
}

/** The values of each weight, made when they are asked for. */
export function weightsOf(graph: CheckedGraph, choice: WeightsChoice): Fill {
  return choice.kind === "hash" ? hashFill(graph) : initFill(graph, choice.seed);
}

/** `hash`, or `init, seed 0`. */
export function describeWeights(choice: WeightsChoice): string {
  return choice.kind === "hash" ? "hash" : `init, seed ${choice.seed}`;
}
