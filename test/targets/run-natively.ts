/** Compiles lowered graphs to SavedModels in a folder for temporary files and runs them on the native library. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { invariant } from "../../src/base/invariant.ts";
import type { LoweredGraph } from "../../src/ir/lowered.ts";
import { type Pass, runPasses } from "../../src/passes/pass.ts";
import { writeArtifact } from "../../src/runtime/artifact.ts";
import { loadNative } from "../../src/runtime/native.ts";
import { loadSavedModel } from "../../src/runtime/saved-model.ts";
import { parseSignatures } from "../../src/runtime/signature.ts";
import { emitArtifact } from "../../src/targets/artifact.ts";
import { savedModelTarget } from "../../src/targets/savedmodel/target.ts";
import type { Values } from "../passes/interpret.ts";

export const facts = { version: "0.0.0", weights: "test", parameters: 0n, macs: 0n } as const;

/** The outputs by port. Fails the test, with the diagnostics, when anything refuses. */
export async function runNatively(graph: LoweredGraph, feeds: Values): Promise<Values> {
  const values = (await runFormsNatively(graph, feeds)).get("serving_default");
  invariant(values !== undefined, "the model has no default signature");
  return values;
}

/** The outputs of each form, by the signature that calls it. `passes`: those of the target, if not the usual ones. */
export async function runFormsNatively(
  graph: LoweredGraph,
  feeds: Values,
  passes: readonly Pass[] = savedModelTarget.passes,
): Promise<ReadonlyMap<string, Values>> {
  const folder = mkdtempSync(join(tmpdir(), "dnc-test-"));
  const reporter = collectDiagnostics();
  const orFail = <T>(value: T | undefined | false): T => {
    const told = reporter.diagnostics.map(({ code, message, notes }) => `${code} ${message} ${notes ?? ""}`);
    invariant(value, told.join("\n"));
    return value;
  };
  try {
    const lowered = runPasses(graph, passes);
    const files = orFail(emitArtifact(savedModelTarget, lowered, facts, reporter));
    const artifact = join(folder, "model");
    orFail(await writeArtifact(artifact, files, reporter));
    const native = orFail(loadNative({ threads: { intra: 1, inter: 2 } }, reporter));
    const inputs = Object.entries(feeds).map(
      ([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }] as const,
    );
    const signatures = orFail(
      parseSignatures(new Uint8Array(readFileSync(join(artifact, "saved_model.pb"))), ["serve"]),
    );
    const [, first] = orFail([...signatures][0]);
    const model = orFail(loadSavedModel({ native, folder: artifact, signature: first }, reporter));
    const values = new Map<string, Values>();
    for (const [name, { outputs }] of signatures) {
      const results = orFail(model.run(Object.fromEntries(inputs), reporter, outputs));
      const entries = Object.entries(results).map(
        ([port, { shape, data }]) => [port, { shape, data: Float64Array.from(data) }] as const,
      );
      values.set(name, Object.fromEntries(entries));
    }
    model.dispose();
    return values;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
