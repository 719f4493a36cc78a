/** TensorFlow runs SavedModels, one native call for the whole graph. */
import type { Reporter } from "../../base/diagnostic.ts";
import type { ArtifactDescription } from "../../targets/artifact.ts";
import { installedVersion, loadNative } from "../native.ts";
import type { Engine, Opening, Runtime, Values } from "../runtime.ts";
import { loadSavedModel } from "../saved-model.ts";
import type { Signature, TensorInfo } from "../signature.ts";

export const tensorflow: Runtime = {
  name: "tensorflow",
  title: "TensorFlow",
  target: "savedmodel",
  version: async () => installedVersion(),
  async open({ folder, description, settings }: Opening, reporter: Reporter): Promise<Engine | undefined> {
    const native = loadNative(settings, reporter);
    if (native === undefined) return undefined;
    const model = loadSavedModel({ native, folder, signature: signatureOf(description) }, reporter);
    if (model === undefined) return undefined;
    return {
      async run(inputs, runReporter) {
        const results = model.run(inputs, runReporter);
        if (results === undefined) return undefined;
        const outputs = Object.entries(results).map(([name, { shape, data }]): [string, Values] => [
          name,
          { shape, data: Float32Array.from(data) },
        ]);
        return Object.fromEntries(outputs);
      },
      dispose: async () => model.dispose(),
    };
  },
};

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
