/** TensorFlow runs SavedModels, one native call for the whole graph, in the form that suits the batch. */
import { availableParallelism } from "node:os";
import type { Reporter } from "../../base/diagnostic.ts";
import type { ArtifactDescription } from "../../targets/artifact.ts";
import type { NativeSettings } from "../environment.ts";
import { chooseForm, type FormChoice, formsOf, threadsFor } from "../forms.ts";
import { installedVersion, loadNative } from "../native.ts";
import type { Engine, Opening, Runtime, Values } from "../runtime.ts";
import { loadSavedModel } from "../saved-model.ts";
import type { Signature, TensorInfo } from "../signature.ts";

export const tensorflow: Runtime = {
  name: "tensorflow",
  title: "TensorFlow",
  isNative: true,
  target: "savedmodel",
  version: async () => installedVersion(),
  async open({ folder, description, settings }: Opening, reporter: Reporter): Promise<Engine | undefined> {
    const native = loadNative({ ...settings, ...threadsOf(description, settings) }, reporter);
    if (native === undefined) return undefined;
    const model = loadSavedModel({ native, folder, signature: signatureOf(description) }, reporter);
    if (model === undefined) return undefined;
    // What was set when the library was loaded, which an earlier artifact may have done.
    const atOnce = Number(process.env["TF_NUM_INTEROP_THREADS"] ?? availableParallelism());
    const choose = (batch: number): FormChoice => chooseForm(description, { batch, atOnce });
    return {
      version: native.version,
      forms: { names: formsOf(description), choose },
      async run(inputs, runReporter, form = choose(Object.values(inputs)[0]?.shape[0] ?? 1)) {
        const results = model.run(inputs, runReporter, outputsOf(description, form));
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

/** What the caller or the environment says, else all cores. */
function threadsOf(
  description: ArtifactDescription,
  settings: NativeSettings,
): Pick<NativeSettings, "threads"> {
  const isSet = ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"].some((name) => process.env[name]);
  if (settings.threads === undefined && isSet) return {};
  const threads = settings.threads ?? { intra: availableParallelism(), inter: 1 };
  return { threads: threadsFor(description, threads) };
}

function outputsOf({ outputs, forms }: ArtifactDescription, form: FormChoice): Signature["outputs"] {
  return infosOf((form === "whole" ? undefined : forms?.[form]?.outputs) ?? outputs);
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
