/** An artifact ready to run: values go in and come out channels first, whatever the graph's layout. One native call a run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Reporter } from "../base/diagnostic.ts";
import type { BoundShape } from "../ir/shape.ts";
import { type ArtifactDescription, DESCRIPTION_FILE, type PortDescription } from "../targets/artifact.ts";
import type { NativeSettings } from "./environment.ts";
import { loadNative, type Native } from "./native.ts";
import { loadSavedModel, type SavedModel, savedModelUnreadable } from "./saved-model.ts";
import type { Signature, TensorInfo } from "./signature.ts";

/** Row-major, `[batch, channels, ...sizes]`. */
export interface BatchValues {
  readonly batch: number;
  readonly data: Float32Array;
}

export interface Session {
  readonly description: ArtifactDescription;
  readonly native: Native;
  /** `undefined`: the library refused (reported). */
  run(
    inputs: Readonly<Record<string, BatchValues>>,
    reporter: Reporter,
  ): Readonly<Record<string, BatchValues>> | undefined;
  dispose(): void;
}

export function openSession(
  folder: string,
  settings: NativeSettings,
  reporter: Reporter,
): Session | undefined {
  const description = readDescription(folder, reporter);
  if (description === undefined) return undefined;
  const native = loadNative(settings, reporter);
  if (native === undefined) return undefined;
  const model = loadSavedModel({ native, folder, signature: signatureOf(description) }, reporter);
  return model && sessionOf(description, native, model);
}

function sessionOf(description: ArtifactDescription, native: Native, model: SavedModel): Session {
  return {
    description,
    native,
    run(inputs, reporter) {
      const fed = Object.entries(inputs).map(([name, { batch, data }]) => {
        const { shape } = portNamed(description.inputs, name);
        const [channels = 1, ...sizes] = shape;
        return [
          name,
          { shape: [batch, ...sizes, channels], data: exchanged(data, batch, channels, area(sizes)) },
        ] as const;
      });
      const results = model.run(Object.fromEntries(fed), reporter);
      if (results === undefined) return undefined;
      const read = Object.entries(results).map(([name, { shape, data }]) => {
        const [batch = 1] = shape;
        const [channels = 1, ...sizes] = portNamed(description.outputs, name).shape;
        return [
          name,
          { batch, data: exchanged(Float32Array.from(data), batch, area(sizes), channels) },
        ] as const;
      });
      return Object.fromEntries(read);
    },
    dispose: () => model.dispose(),
  };
}

function portNamed(ports: ArtifactDescription["inputs"], name: string): PortDescription {
  const port = ports[name];
  if (port === undefined) throw new RangeError(`the model has no input or output ${name}`);
  return port;
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

function readDescription(folder: string, reporter: Reporter): ArtifactDescription | undefined {
  const refuse = (reason: string): undefined => {
    reporter.report(savedModelUnreadable.at({ help: ["write it with `dnc compile`"] }, folder, reason));
  };
  let text: string;
  try {
    text = readFileSync(join(folder, DESCRIPTION_FILE), "utf8");
  } catch {
    return refuse(`it holds no ${DESCRIPTION_FILE}`);
  }
  try {
    const description: ArtifactDescription = JSON.parse(text);
    if (description.schema === "dnc/artifact-1" && description.target === "savedmodel") return description;
    return refuse(
      `its ${DESCRIPTION_FILE} is of another kind (${description.schema}, ${description.target})`,
    );
  } catch {
    return refuse(`its ${DESCRIPTION_FILE} is damaged`);
  }
}

function signatureOf({ inputs, outputs }: ArtifactDescription): Signature {
  return { inputs: infosOf(inputs), outputs: infosOf(outputs) };
}

function infosOf(ports: ArtifactDescription["inputs"]): Readonly<Record<string, TensorInfo>> {
  return Object.fromEntries(
    Object.entries(ports).map(([name, { tensor, element, shape }]) => {
      const [channels = 1, ...sizes] = shape;
      return [name, { tensor, dtype: element, shape: [-1, ...sizes, channels] }];
    }),
  );
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
