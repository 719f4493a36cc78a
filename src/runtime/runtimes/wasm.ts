/** tfjs runs graph models, here on its WebAssembly backend, as browsers do. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Reporter } from "../../base/diagnostic.ts";
import { invariant } from "../../base/invariant.ts";
import { artifactUnreadable, reasonOf, runFailed, SHAPE_HELP } from "../artifact-problems.ts";
import { findOptionalPackage } from "../optional-package.ts";
import type { Engine, Opening, Runtime, Values } from "../runtime.ts";
import { runtimeMissing, runtimeUnloadable } from "../runtime.ts";

const BACKEND = "@tensorflow/tfjs-backend-wasm";
const TITLE = "tfjs (wasm)";

/** What is used of tfjs 4. */
interface Tfjs {
  setBackend(name: string): Promise<boolean>;
  tensor(data: Float32Array, shape: readonly number[]): Tensor;
  dispose(tensors: readonly Tensor[]): void;
}

interface Tensor {
  readonly shape: readonly number[];
  dataSync(): unknown;
}

interface Converter {
  loadGraphModel(source: { load(): Promise<object> }): Promise<GraphModel>;
}

interface GraphModel {
  execute(inputs: Readonly<Record<string, Tensor>>, outputs: readonly string[]): Tensor | readonly Tensor[];
  dispose(): void;
}

export const wasm: Runtime = {
  name: "wasm",
  title: TITLE,
  isNative: false,
  target: "graphmodel",
  version: async () => findOptionalPackage(BACKEND)?.version,
  async open({ folder, description }: Opening, reporter: Reporter): Promise<Engine | undefined> {
    const library = await loadLibrary(reporter);
    if (library === undefined) return undefined;
    const { version, tf, converter } = library;
    try {
      const model = await converter.loadGraphModel({ load: async () => readArtifact(folder) });
      const outputs = Object.entries(description.outputs).map(([name, { tensor }]) => ({ name, tensor }));
      return { version, ...engineOf(tf, model, outputs, description.inputs) };
    } catch (error) {
      const help = ["write it anew with `dnc compile`"];
      reporter.report(artifactUnreadable.at({ help }, folder, reasonOf(error)));
      return undefined;
    }
  },
};

interface Library {
  readonly version: string;
  readonly tf: Tfjs;
  readonly converter: Converter;
}

async function loadLibrary(reporter: Reporter): Promise<Library | undefined> {
  const found = findOptionalPackage(BACKEND);
  const parts = [BACKEND, "@tensorflow/tfjs-core", "@tensorflow/tfjs-converter"];
  const command = `npm install --ignore-scripts ${parts.join(" ")}`;
  if (found === undefined) {
    reporter.report(
      runtimeMissing.at({ help: [`run \`${command}\``] }, TITLE, `there is no npm package ${BACKEND}`),
    );
    return undefined;
  }
  try {
    found.load();
    // The backend has registered itself with the core that it finds, so that one is meant.
    const requireThere = createRequire(join(found.folder, "package.json"));
    const tf: Tfjs = requireThere("@tensorflow/tfjs-core");
    await tf.setBackend("wasm");
    return { version: found.version, tf, converter: requireThere("@tensorflow/tfjs-converter") };
  } catch (error) {
    const help = [`install it anew: \`${command}\``];
    reporter.report(runtimeUnloadable.at({ help }, TITLE, reasonOf(error)));
    return undefined;
  }
}

/** What `fetch` would get in a browser. */
function readArtifact(folder: string): object {
  const { weightsManifest, ...model }: { weightsManifest: { paths: string[]; weights: object[] }[] } =
    JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const files = weightsManifest.flatMap(({ paths }) =>
    paths.map((path) => Uint8Array.from(readFileSync(join(folder, path)))),
  );
  return {
    ...model,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: files.map(({ buffer }) => buffer),
  };
}

function engineOf(
  tf: Tfjs,
  model: GraphModel,
  outputs: readonly { readonly name: string; readonly tensor: string }[],
  inputs: Opening["description"]["inputs"],
): Omit<Engine, "version"> {
  return {
    async run(values, reporter) {
      const tensors: Tensor[] = [];
      try {
        const fed = Object.entries(values).map(([name, { shape, data }]) => {
          const tensor = tf.tensor(data, shape);
          tensors.push(tensor);
          return [inputs[name]?.tensor ?? name, tensor] as const;
        });
        const names = outputs.map(({ tensor }) => tensor);
        const results = [model.execute(Object.fromEntries(fed), names)].flat();
        tensors.push(...results);
        return Object.fromEntries(
          outputs.map(({ name }, index) => [name, valuesOf(results[index])] as const),
        );
      } catch (error) {
        reporter.report(runFailed.at({ help: [SHAPE_HELP] }, reasonOf(error)));
        return undefined;
      } finally {
        tf.dispose(tensors);
      }
    },
    dispose: async () => model.dispose(),
  };
}

function valuesOf(tensor: Tensor | undefined): Values {
  const data = tensor?.dataSync();
  invariant(data instanceof Float32Array && tensor !== undefined, "a model gives other numbers than float32");
  return { shape: tensor.shape, data: data.slice() };
}
