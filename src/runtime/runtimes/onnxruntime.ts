/** onnxruntime runs ONNX models, through the npm package `onnxruntime-node`. */
import { join } from "node:path";
import type { Reporter } from "../../base/diagnostic.ts";
import { invariant } from "../../base/invariant.ts";
import { artifactUnreadable, reasonOf, runFailed, SHAPE_HELP } from "../artifact-problems.ts";
import { findOptionalPackage } from "../optional-package.ts";
import type { Engine, Opening, Runtime, Values } from "../runtime.ts";
import { runtimeMissing, runtimeUnloadable } from "../runtime.ts";

const PACKAGE = "onnxruntime-node";
const TITLE = "onnxruntime";

/** What is used of the package, since version 1.17. */
interface Package {
  readonly InferenceSession: {
    create(path: string, options: object): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => Tensor;
}

interface InferenceSession {
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  release(): Promise<void>;
}

interface Tensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}

export const onnxruntime: Runtime = {
  name: "onnxruntime",
  title: TITLE,
  isNative: true,
  target: "onnx",
  version: async () => findOptionalPackage(PACKAGE)?.version,
  async open({ folder, settings }: Opening, reporter: Reporter): Promise<Engine | undefined> {
    const library = loadPackage(reporter);
    if (library === undefined) return undefined;
    const { version, InferenceSession, Tensor } = library;
    // Errors come back as exceptions: the library need not print them as well.
    const FATAL = 4;
    const { threads } = settings;
    const options = {
      logSeverityLevel: FATAL,
      ...(threads === undefined
        ? {}
        : { intraOpNumThreads: threads.intra, interOpNumThreads: threads.inter }),
    };
    try {
      const session = await InferenceSession.create(join(folder, "model.onnx"), options);
      return engineOf(session, Tensor, version);
    } catch (error) {
      reporter.report(
        artifactUnreadable.at({ help: ["write it anew with `dnc compile`"] }, folder, reasonOf(error)),
      );
      return undefined;
    }
  },
};

function loadPackage(reporter: Reporter): (Package & { readonly version: string }) | undefined {
  const found = findOptionalPackage(PACKAGE);
  const command = `npm install --ignore-scripts ${PACKAGE}`;
  if (found === undefined) {
    reporter.report(
      runtimeMissing.at({ help: [`run \`${command}\``] }, TITLE, `there is no npm package ${PACKAGE}`),
    );
    return undefined;
  }
  try {
    const { InferenceSession, Tensor } = found.load() as Package;
    return { version: found.version, InferenceSession, Tensor };
  } catch (error) {
    reporter.report(
      runtimeUnloadable.at({ help: [`install it anew: \`${command}\``] }, TITLE, reasonOf(error)),
    );
    return undefined;
  }
}

function engineOf(session: InferenceSession, Tensor: Package["Tensor"], version: string): Engine {
  return {
    version,
    async run(inputs, reporter) {
      const feeds = Object.entries(inputs).map(
        ([name, { shape, data }]) => [name, new Tensor("float32", data, shape)] as const,
      );
      try {
        const results = await session.run(Object.fromEntries(feeds));
        return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, valuesOf(tensor)]));
      } catch (error) {
        reporter.report(runFailed.at({ help: [SHAPE_HELP] }, reasonOf(error)));
        return undefined;
      }
    },
    dispose: () => session.release(),
  };
}

function valuesOf({ dims, data }: Tensor): Values {
  invariant(data instanceof Float32Array, "a model gives other numbers than float32");
  return { shape: dims, data };
}
