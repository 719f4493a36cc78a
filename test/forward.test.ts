/** The golden outputs on the real library, through the command line; other ranks and sizes against the reference. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dnc-forward-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of the largest magnitude among the logits. */
const TOLERANCE = 1e-4;

interface Golden {
  readonly logits: readonly number[];
  /** What the network computes with TensorFlow's padding: nobody may get these. */
  readonly must_not_match_tf_same_padding?: readonly number[];
}

const golden: { readonly models: Readonly<Record<string, Golden>> } = JSON.parse(
  readFileSync(join(root, "test/golden/forward.json"), "utf8"),
);

beforeAll(() => {
  expect(spawnSync(process.execPath, [join(root, "scripts/build.mjs")], { encoding: "utf8" })).toMatchObject({
    status: 0,
  });
});

function dnc(...args: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, [join(root, "bin/dnc.js"), ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  return { status, stdout };
}

function logitsOf(target: string): readonly number[] {
  const { status, stdout } = dnc("run", target, "hash", "--weights", "hash", "--json");
  expect(status).toBe(0);
  const document: { readonly outputs: { readonly logits: { readonly data: readonly number[] } } } =
    JSON.parse(stdout);
  return document.outputs.logits.data;
}

/** The largest difference, as a share of the largest magnitude. */
function distance(values: readonly number[], reference: readonly number[]): number {
  const largest = Math.max(...reference.map(Math.abs));
  return (
    Math.max(...reference.map((value, index) => Math.abs(value - (values[index] ?? Number.NaN)))) / largest
  );
}

it.each([
  ["specs/densenet-tiny.dn", "tiny"],
  ["specs/densenet-cifar.dn:densenet_bc_l100_k12", "densenet_bc_l100_k12"],
  ["specs/densenet121.dn", "densenet121"],
])("%s computes the golden logits natively", (target, model) => {
  const { logits } = golden.models[model] ?? { logits: [] };
  const values = logitsOf(target);
  expect(values.length).toBe(logits.length);
  expect(logits.length).toBeGreaterThan(0);
  expect(distance(values, logits)).toBeLessThan(TOLERANCE);
});

it("tells the paddings of PyTorch and TensorFlow apart", () => {
  const other = golden.models["tiny"]?.must_not_match_tf_same_padding ?? [];
  expect(other.length).toBe(5);
  expect(distance(logitsOf("specs/densenet-tiny.dn"), other)).toBeGreaterThan(100 * TOLERANCE);
});

it.each([
  ["specs/densenet121-gray.dn:densenet121_gray1d", "x=1x97"],
  ["specs/densenet121-gray.dn:densenet121_gray2d", "x=1x45x45"],
  ["specs/densenet121-gray.dn:densenet121_gray3d", "x=1x33x33x33"],
  ["specs/densenet161.dn", "x=3x33x33"],
  ["specs/densenet-cifar.dn:densenet_l40_k12", "x=1x28x28"],
  ["specs/densenet-siamese.dn:multimodal", "ecg=2x37"],
  ["specs/efficientnet.dn", "x=3x33x33"],
  ["specs/googlenet.dn", "x=3x40x40"],
  ["specs/resnet-cifar.dn:resnet110_stochastic", "x=3x16x16"],
  ["specs/squeezenet.dn:squeezenet1_0", "x=3x33x33"],
])("%s with %s agrees with the reference", (target, input) => {
  const output = join(folder, "artifact");
  const { status, stdout } = dnc(
    "compile",
    target,
    "--input",
    input,
    "-o",
    output,
    "--weights",
    "hash",
    "--verify",
    "--json",
  );
  const { verified }: { readonly verified: readonly { readonly difference: number }[] } = JSON.parse(stdout);
  expect(verified.length).toBeGreaterThan(0);
  expect(verified.filter(({ difference }) => !(difference < TOLERANCE))).toEqual([]);
  expect(status).toBe(0);
});
