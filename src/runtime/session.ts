/**
 * An artifact ready to run: values go in and come out channels first, whatever the layout of the graph and whichever
 * library computes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../base/diagnostic.ts";
import { listOf, quoted } from "../base/text.ts";
import type { BoundShape } from "../ir/shape.ts";
import { type ArtifactDescription, DESCRIPTION_FILE, type PortDescription } from "../targets/artifact.ts";
import { artifactUnreadable } from "./artifact-problems.ts";
import type { NativeSettings } from "./environment.ts";
import type { FormChoice } from "./forms.ts";
import type { Engine, Runtime, Values } from "./runtime.ts";
import { runtimes } from "./runtimes/index.ts";

export const runtimeUnfit: DiagnosticKind<[runtime: string, target: string]> = defineDiagnostic({
  code: "DN0819",
  message: (runtime, target) => `${runtime} does not run artifacts of the target ${quoted(target)}`,
  explain: {
    title: "runtime-unfit",
    text: "TensorFlow runs SavedModels; onnxruntime and OpenVINO run ONNX models, tfjs runs graph models. Of a spec, `dnc run` makes what the library takes; an artifact is what it is.",
  },
});

/** Row-major, `[batch, channels, ...sizes]`. */
export interface BatchValues {
  readonly batch: number;
  readonly data: Float32Array;
}

export interface Session {
  readonly description: ArtifactDescription;
  readonly runtime: Pick<Runtime, "name" | "title"> & { readonly version: string };
  /** How it can compute: by the graph itself, or in one of its forms. */
  readonly forms: readonly FormChoice[];
  /** The form that suits a batch. */
  formFor(batch: number): FormChoice;
  /** In this form, or in the one that suits the batch. `undefined`: the library refused (reported). */
  run(
    inputs: Readonly<Record<string, BatchValues>>,
    reporter: Reporter,
    form?: FormChoice,
  ): Promise<Readonly<Record<string, BatchValues>> | undefined>;
  dispose(): Promise<void>;
}

export interface SessionSettings extends NativeSettings {
  /** Without it the one that is meant for the target of the artifact. */
  readonly runtime?: string;
}

export async function openSession(
  folder: string,
  settings: SessionSettings,
  reporter: Reporter,
): Promise<Session | undefined> {
  const description = readDescription(folder, reporter);
  const runtime = description && runtimeFor(description, settings.runtime, reporter);
  if (description === undefined || runtime === undefined) return undefined;
  const engine = await runtime.open({ folder, description, settings }, reporter);
  if (engine === undefined) return undefined;
  const { name, title } = runtime;
  return sessionOf(description, { name, title, version: engine.version }, engine);
}

function runtimeFor(
  { target }: ArtifactDescription,
  name: string | undefined,
  reporter: Reporter,
): Runtime | undefined {
  const fitting = runtimes.filter((candidate) => candidate.target === target);
  const wanted = name === undefined ? fitting[0] : runtimes.find((each) => each.name === name);
  if (wanted !== undefined && wanted.target === target) return wanted;
  const help = [
    ...(fitting.length === 0
      ? []
      : [
          `run it with \`--runtime ${listOf(
            fitting.map((each) => each.name),
            "or",
          )}\``,
        ]),
    ...(wanted === undefined ? [] : [`compile the spec with \`--target ${wanted.target}\``]),
  ];
  reporter.report(runtimeUnfit.at({ help }, wanted?.title ?? name ?? "no library here", target));
  return undefined;
}

function sessionOf(description: ArtifactDescription, runtime: Session["runtime"], engine: Engine): Session {
  return {
    description,
    runtime,
    forms: engine.forms?.names ?? ["whole"],
    formFor: (batch) => engine.forms?.choose(batch) ?? "whole",
    async run(inputs, reporter, form) {
      const fed = Object.entries(inputs).map(([name, value]) => [
        name,
        inLayout(value, portNamed(description.inputs, name)),
      ]);
      const results = await engine.run(Object.fromEntries(fed), reporter, form);
      if (results === undefined) return undefined;
      const read = Object.entries(results).map(([name, value]) => [
        name,
        outOfLayout(value, portNamed(description.outputs, name)),
      ]);
      return Object.fromEntries(read);
    },
    dispose: () => engine.dispose(),
  };
}

export function portNamed(ports: ArtifactDescription["inputs"], name: string): PortDescription {
  const port = ports[name];
  if (port === undefined) throw new RangeError(`the model has no input or output ${name}`);
  return port;
}

export function inLayout({ batch, data }: BatchValues, { shape, layout }: PortDescription): Values {
  const [channels = 1, ...sizes] = shape;
  return isChannelsFirst(layout)
    ? { shape: [batch, ...shape], data }
    : { shape: [batch, ...sizes, channels], data: exchanged(data, batch, channels, area(sizes)) };
}

export function outOfLayout(
  { shape: [batch = 1], data }: Values,
  { shape, layout }: PortDescription,
): BatchValues {
  const [channels = 1, ...sizes] = shape;
  return { batch, data: isChannelsFirst(layout) ? data : exchanged(data, batch, area(sizes), channels) };
}

function isChannelsFirst(layout: PortDescription["layout"]): boolean {
  return layout.startsWith("NC");
}

function area(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}

/** Transposes each sample from `[rows, columns]` to `[columns, rows]`: channels to the back, or to the front. */
function exchanged(data: Float32Array, batch: number, rows: number, columns: number): Float32Array {
  if (rows === 1 || columns === 1) return data;
  const result = new Float32Array(data.length);
  const length = rows * columns;
  for (let start = 0; start < batch * length; start += length) {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        result[start + column * rows + row] = data[start + row * columns + column] ?? 0;
      }
    }
  }
  return result;
}

export function readDescription(folder: string, reporter: Reporter): ArtifactDescription | undefined {
  const refuse = (reason: string): undefined => {
    reporter.report(artifactUnreadable.at({ help: ["write it with `dnc compile`"] }, folder, reason));
  };
  let text: string;
  try {
    text = readFileSync(join(folder, DESCRIPTION_FILE), "utf8");
  } catch {
    return refuse(`it holds no ${DESCRIPTION_FILE}`);
  }
  try {
    const description: ArtifactDescription = JSON.parse(text);
    if (description.schema === "dnc/artifact-1") return description;
    return refuse(`its ${DESCRIPTION_FILE} is of another kind (${description.schema})`);
  } catch {
    return refuse(`its ${DESCRIPTION_FILE} is damaged`);
  }
}

/** An input or output as the language has it. */
export interface PortShape {
  readonly name: string;
  readonly shape: BoundShape;
}

export function portShapes(ports: ArtifactDescription["inputs"]): readonly PortShape[] {
  return Object.entries(ports).map(
    ([
      name,
      {
        shape: [channels = 1, ...sizes],
      },
    ]) => ({ name, shape: { channels, sizes } }),
  );
}

/** Values for the inputs of a model, in its order. */
export function feedsOf(
  { description }: Session,
  values: readonly BatchValues[],
): Readonly<Record<string, BatchValues>> {
  const names = Object.keys(description.inputs);
  return Object.fromEntries(values.map((value, index) => [names[index] ?? "", value]));
}

/** Milliseconds of the fastest run: the first ones prepare, and whatever else goes on only makes one slower. */
export async function timeOf(
  session: Session,
  values: readonly BatchValues[],
  reporter: Reporter,
): Promise<number | undefined> {
  const feeds = feedsOf(session, values);
  const [PREPARING, MOST_RUNS, MOST_MS] = [2, 20, 1000];
  let [fastest, total] = [Number.POSITIVE_INFINITY, 0];
  for (let index = 0; index < MOST_RUNS && total < MOST_MS; index += 1) {
    const start = performance.now();
    if ((await session.run(feeds, reporter)) === undefined) return undefined;
    const ms = performance.now() - start;
    if (index < PREPARING) continue;
    fastest = Math.min(fastest, ms);
    total += ms;
  }
  return fastest;
}
