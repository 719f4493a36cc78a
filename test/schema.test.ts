/** What the commands print is what the published schemas say. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { SCHEMAS } from "../scripts/schemas.ts";
import { graphToJson } from "../src/ir/json.ts";
import { dnc } from "./report/run-dnc.ts";
import { graphOf } from "./report/spec-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
const validators = new Map<string, ValidateFunction>();

function validatorOf(name: string): ValidateFunction {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const made = ajv.compile(
    JSON.parse(readFileSync(new URL(`../schemas/${name}.json`, import.meta.url), "utf8")),
  );
  validators.set(name, made);
  return made;
}

/** The document, which must be what the schema that it names describes. */
function expectValid<T extends { readonly schema: string }>(document: T, name: string): T {
  expect(document.schema).toBe(`dnc/${name}`);
  const validate = validatorOf(name);
  expect(
    validate(document)
      ? []
      : validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`),
  ).toEqual([]);
  return document;
}

async function documentOf(name: string, ...args: readonly string[]) {
  const { stdout } = await dnc(...args, "--json");
  return expectValid(JSON.parse(stdout), name);
}

it("publishes every schema, and no others", () => {
  const names = readdirSync(new URL("../schemas", import.meta.url)).map((name) =>
    name.replace(/\.json$/, ""),
  );
  expect(names.toSorted()).toEqual(Object.keys(SCHEMAS).toSorted());
});

it.each(Object.keys(SCHEMAS))("accepts nothing but its own documents: %s", (name) => {
  const validate = validatorOf(name);
  expect(validate({})).toBe(false);
  expect(validate({ schema: `dnc/${name}` })).toBe(false);
  expect(validate({ schema: "dnc/other-1" })).toBe(false);
});

it("dnc check: files that are fine, wrong and unreadable", async () => {
  const folder = temporaryFolder();
  const wrong = join(folder, "wrong.dn");
  writeFileSync(
    wrong,
    "dn 1;\nblock b(k=8, n=3) < conv 3 /2; concat >\nmodel m { set order = pre; input x: f32[3 @ 8x8]; output y = x < b > }\nmodel r { input x: f32[3 @ 8x8]; output y = x < linera -> 2 >; }\n",
  );
  const { files } = await documentOf(
    "check-1",
    "check",
    "specs/densenet-cifar.dn",
    wrong,
    join(folder, "none.dn"),
  );
  const [fine, broken, unreadable] = files;
  expect(fine.models).toHaveLength(12);
  expect(fine.diagnostics).toEqual([]);
  expect(broken.diagnostics.length).toBeGreaterThan(1);
  expect(broken.diagnostics.some(({ fix }: { fix?: object }) => fix !== undefined)).toBe(true);
  expect(unreadable.diagnostics[0].code).toBe("DN0901");
});

it("dnc check: one mistake in many places", async () => {
  const path = "test/golden/errors/DN0405-one-shortcut-many-widths.dn";
  const [{ diagnostics }] = (await documentOf("check-1", "check", path)).files;
  expect(diagnostics).toHaveLength(1);
  expect(diagnostics[0].elsewhere).toMatchObject({ total: 4, occurrences: { length: 3 } });
});

it("dnc check: the sizes of a model that fits none", async () => {
  const path = join(temporaryFolder(), "halves.dn");
  writeFileSync(
    path,
    "dn 1;\nmodel m { input x: f32[3 @ H, 8]; output y = x < concat < id | maxpool (size=[2, 1]) > >; }\n",
  );
  const [{ models, diagnostics }] = (await documentOf("check-1", "check", path)).files;
  expect(diagnostics.map(({ code }: { code: string }) => code)).toEqual(["DN0501"]);
  const none = { modulus: 1, residues: [], min: null, also: [] };
  expect(models).toEqual([{ name: "m", constraints: [{ symbol: "H", valid: none, lossless: none }] }]);
});

it("dnc viz: a picture that was written", async () => {
  const file = join(temporaryFolder(), "net.svg");
  const { bytes } = await documentOf("viz-1", "viz", "specs/densenet-tiny.dn", "-o", file);
  expect(bytes).toBe(readFileSync(file).length);
});

it("dnc fmt: files that change, that are wrong and that are not there", async () => {
  const folder = temporaryFolder();
  const paths = ["loose.dn", "wrong.dn", "none.dn"].map((name) => join(folder, name));
  writeFileSync(paths[0] ?? "", "block a<relu>");
  writeFileSync(paths[1] ?? "", "block a < relu");
  const { files } = await documentOf("fmt-1", "fmt", ...paths);
  expect(files.map(({ changed }: { changed: boolean }) => changed)).toEqual([true, false, false]);
});

it("dnc check --format jsonl: a document a line", async () => {
  const path = join(temporaryFolder(), "wrong.dn");
  writeFileSync(path, "dn 1;\nmodel r { input x: f32[3 @ 8x8]; output y = x < linera -> 2 >; }\n");
  const { stdout } = await dnc("check", path, "--format", "jsonl");
  const lines = stdout.trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expectValid(JSON.parse(line), "diagnostic-1");
});

it.each(["densenet121", "densenet-cifar", "densenet121-gray"])("dnc report: %s", async (name) => {
  const { rows } = await documentOf("report-1", "report", `specs/${name}.dn`);
  expect(rows.length).toBeGreaterThan(100);
});

it("dnc report: every convention, a device, folded norms, an upsampling; and sweeps", async () => {
  const flags = ["--convention", "all", "--device", "peak=1T,bw=50G", "--bn", "fold", "--batch", "3"];
  for (const target of ["densenet-tiny.dn", "efficientnet.dn", "unet.dn:unet_small --input image=1x48x48"]) {
    const { conventions, rows } = await documentOf(
      "report-1",
      "report",
      ...`specs/${target}`.split(" "),
      ...flags,
    );
    expect(Object.keys(rows[1].conventions)).toEqual(
      conventions.map(({ name }: { readonly name: string }) => name),
    );
  }
  const sweep = ["--sweep", "classes=2,5", "--convention", "all"];
  await documentOf("sweep-1", "report", "specs/densenet-tiny.dn", ...sweep);
});

it("dnc diff: models that differ, and a saved report", async () => {
  const saved = join(temporaryFolder(), "saved.json");
  writeFileSync(saved, (await dnc("report", "specs/densenet121.dn", "--json")).stdout);
  const { totals } = await documentOf("diff-1", "diff", saved, "specs/densenet169.dn");
  expect(totals.params).toEqual({ before: 7_978_856, after: 14_149_480, change: 6_170_624 });
  const same = await documentOf("diff-1", "diff", saved, "specs/densenet121.dn");
  expect([same.added, same.removed, same.changed, same.parts]).toEqual([[], [], [], []]);
});

it("dnc compile and what it writes", async () => {
  const folder = join(temporaryFolder(), "tiny");
  const { artifact, passes } = await documentOf(
    "compile-1",
    "compile",
    "specs/densenet-tiny.dn",
    "-o",
    folder,
  );
  expect(artifact).toBe(folder);
  expect(passes.length).toBeGreaterThan(0);
  expectValid(JSON.parse(readFileSync(join(folder, "dnc.json"), "utf8")), "artifact-1");
  const stopped = await documentOf(
    "compile-1",
    "compile",
    "specs/densenet-tiny.dn",
    "--stop-after",
    passes[0].name,
  );
  expect(stopped).toMatchObject({ artifact: null, bytes: 0 });
});

it("dnc compile --verify and dnc run, on the native library", async () => {
  const folder = join(temporaryFolder(), "tiny");
  const { verified } = await documentOf(
    "compile-1",
    "compile",
    "specs/densenet-tiny.dn",
    "-o",
    folder,
    "--verify",
  );
  expect(verified).toMatchObject([{ output: "logits", ok: true }]);
  const { outputs } = await documentOf("run-1", "run", folder, "hash");
  expect(outputs.logits.data).toHaveLength(5);
});

it("dnc bench: each form, and another library", async () => {
  const quick = ["--seconds", "0.05", "--starts", "1", "--threads", "2"];
  const flags = ["--against", "onnxruntime", "--form", "all", ...quick];
  const { rows } = await documentOf("bench-1", "bench", "specs/densenet-tiny.dn", ...flags);
  expect(rows).toHaveLength(3);
});

it("dnc doctor", async () => {
  const { checks } = await documentOf("doctor-1", "doctor");
  expect(checks.length).toBeGreaterThan(3);
});

it("dnc explain: a page and all pages", async () => {
  expect((await documentOf("explain-1", "explain", "DN0404")).diagnostics).toHaveLength(1);
  await documentOf("explain-1", "explain");
});

it("dnc ops: a stage and all stages", async () => {
  expect((await documentOf("ops-1", "ops", "conv")).stages).toHaveLength(1);
  await documentOf("ops-1", "ops");
});

it.each(["densenet121.dn", "densenet-tiny.dn", "densenet121-gray.dn"])("the checked graph of %s", (file) => {
  const graph = graphOf({ file });
  const document = expectValid(JSON.parse(JSON.stringify(graphToJson(graph))), "ir-1");
  expect(document.nodes).toHaveLength(graph.nodes.length);
  const paths = new Set(document.nodes.map(({ path }: { path: string }) => path));
  for (const { inputs } of document.nodes) for (const input of inputs) expect(paths).toContain(input);
});
