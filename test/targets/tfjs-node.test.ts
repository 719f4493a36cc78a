/** An artifact loads unchanged in tfjs-node itself, by its own loader, and gives the golden numbers. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { compile, elaborate } from "../../src/compile.ts";
import { writeArtifact } from "../../src/runtime/artifact.ts";
import { loadNative, loadTensorFlowJs } from "../../src/runtime/native.ts";
import { loadImport, readSource } from "../../src/runtime/source-files.ts";
import { hashInput } from "../../src/weights/hash.ts";

const strict = {
  report(diagnostic: { readonly message: string }): void {
    throw new Error(diagnostic.message);
  },
};

it("loads an artifact in tfjs-node and computes the golden logits", async () => {
  const source = readSource("specs/densenet-tiny.dn", strict);
  const { graph } = source === undefined ? {} : elaborate(source, { load: loadImport });
  const native = loadNative({}, strict);
  if (graph === undefined || native === undefined) throw new Error("there is nothing to run");
  const options = { target: "savedmodel", weights: { kind: "hash" }, version: "test" } as const;
  const { files = [] } = compile(graph, options, strict);
  const folder = mkdtempSync(join(tmpdir(), "dnc-tfjs-"));
  try {
    const artifact = join(folder, "tiny");
    expect(await writeArtifact(artifact, files, strict)).toBe(true);
    const tf = loadTensorFlowJs(native);
    const model = await tf.node.loadSavedModel(artifact, ["serve"], "serving_default");
    const channelsFirst = tf.tensor4d(
      Float32Array.from(hashInput({ channels: 3, sizes: [32, 32] }).data),
      [1, 3, 32, 32],
    );
    const outputs = model.predict({ x: channelsFirst.transpose([0, 2, 3, 1]) });
    if (Array.isArray(outputs) || "dataSync" in outputs) throw new Error("the outputs have no names");
    const { logits } = outputs;
    const golden: { readonly models: { readonly tiny: { readonly logits: readonly number[] } } } = JSON.parse(
      readFileSync("test/golden/forward.json", "utf8"),
    );
    const values = [...(logits?.dataSync() ?? [])];
    for (const [index, value] of golden.models.tiny.logits.entries())
      expect(values[index]).toBeCloseTo(value, 4);
    model.dispose();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
