/** An artifact: the files of a target, and `dnc.json`, which says what they are and how to feed and read them. */
import type { Reporter } from "../base/diagnostic.ts";
import { invariant } from "../base/invariant.ts";
import { jsonInteger } from "../base/text.ts";
import type { Form, FormName, LoweredGraph, Port } from "../ir/lowered.ts";
import { typeOfPort } from "../ir/lowered.ts";
import type { ArtifactFacts, ArtifactFile, Precision, Quantization, Target } from "./target.ts";

export const DESCRIPTION_FILE = "dnc.json";

/** One end of the network. */
export interface PortDescription {
  /** What the runtime calls it: `net/x:0`. */
  readonly tensor: string;
  /** Of one sample, channels first, as the language has it: `[3, 224, 224]`. */
  readonly shape: readonly number[];
  /** The axes of the tensor at run time: `NHWC`. */
  readonly layout: TensorLayout;
  readonly element: "float32";
}

export type TensorLayout = "NC" | "NLC" | "NHWC" | "NDHWC" | "NCL" | "NCHW" | "NCDHW";

/** The content of `dnc.json`. */
export interface ArtifactDescription {
  readonly schema: "dnc/artifact-1";
  readonly model: string;
  readonly target: string;
  readonly version: string;
  /** All files but this one: nothing else in the folder is dnc's. */
  readonly files: readonly string[];
  /** The SHA-256 of the files that the network is written in, where it is known. */
  readonly spec?: string;
  readonly weights: string;
  /** What large weights are written as, where it is not float32. */
  readonly quantization?: Quantization;
  /** Of what is computed inside; absent: float32. */
  readonly precision?: Precision;
  /** Past 2^53 as a string. */
  readonly parameters: number | string;
  readonly macs: number | string;
  readonly inputs: Readonly<Record<string, PortDescription>>;
  readonly outputs: Readonly<Record<string, PortDescription>>;
  /** Other ways to the same outputs, from the same inputs; the target holds one for each name. */
  readonly forms?: Readonly<Partial<Record<FormName, FormDescription>>>;
}

export interface FormDescription {
  /** How many parts work at the same time, if they have the threads. */
  readonly parts: number;
  readonly outputs: Readonly<Record<string, PortDescription>>;
}

/** The files of a graph on which the target's passes have run; `undefined` when it was reported why there are none. */
export function emitArtifact(
  target: Target,
  graph: LoweredGraph,
  facts: ArtifactFacts,
  reporter: Reporter,
): readonly ArtifactFile[] | undefined {
  const files = target.emit(graph, facts, reporter);
  if (files === undefined) return undefined;
  const { version, spec, weights, quantization, precision, parameters, macs } = facts;
  const describe = (ports: readonly Port[]): Readonly<Record<string, PortDescription>> =>
    Object.fromEntries(ports.map((port) => [port.name, describePort(target, graph, port)]));
  const describeForm = ({ name, parts, outputs }: Form) =>
    [name, { parts, outputs: describe(outputs) }] as const;
  const description: ArtifactDescription = {
    schema: "dnc/artifact-1",
    model: graph.name,
    target: target.name,
    version,
    files: files.map(({ path }) => path),
    ...(spec === undefined ? {} : { spec }),
    weights,
    ...(quantization === undefined ? {} : { quantization }),
    ...(precision === undefined ? {} : { precision }),
    parameters: jsonInteger(parameters),
    macs: jsonInteger(macs),
    inputs: describe(graph.inputs),
    outputs: describe(graph.outputs),
    ...(graph.forms && { forms: Object.fromEntries(graph.forms.map(describeForm)) }),
  };
  const content = new TextEncoder().encode(`${JSON.stringify(description, undefined, 2)}\n`);
  return [...files, { path: DESCRIPTION_FILE, size: content.length, pieces: () => [content] }];
}

function describePort(target: Target, graph: LoweredGraph, port: Port): PortDescription {
  const { element, shape } = typeOfPort(graph, port);
  const layout = LAYOUTS[target.channels][shape.length - 2];
  invariant(layout !== undefined, `the port ${port.name} has rank ${shape.length}`);
  invariant(element === "float32", `the port ${port.name} has elements of ${element}`);
  const sample = shape.slice(1).map((size) => {
    invariant(size !== null, `the port ${port.name} has an unknown size`);
    return size;
  });
  return {
    tensor: target.tensorName(port),
    shape: [...sample.slice(-1), ...sample.slice(0, -1)],
    layout,
    element,
  };
}

const LAYOUTS: Record<Target["channels"], readonly TensorLayout[]> = {
  first: ["NC", "NCL", "NCHW", "NCDHW"],
  last: ["NC", "NLC", "NHWC", "NDHWC"],
};
