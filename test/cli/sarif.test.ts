/** `dnc check --format sarif`: valid against the public schema, exact in its places, and the same bytes every time. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { diagnosticKinds } from "../../src/diagnostics.ts";
import { specNames } from "../golden-specs.ts";
import { dnc } from "../report/run-dnc.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const schemaPath = createRequire(import.meta.url).resolve(
  "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json",
);
const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(schemaPath, "utf8"));
const ajv = new Ajv({
  allErrors: true,
  strictTypes: false,
  // Its patterns are older than the stricter syntax.
  unicodeRegExp: false,
  formats: {
    "date-time": (text: string) => !Number.isNaN(Date.parse(text)),
    uri: (text: string) => URL.canParse(text),
    // Relative to where the command ran, and nothing that a URI must have encoded.
    "uri-reference": (text: string) => !/[\s<>"{}|\\^`]/.test(text) && URL.canParse(text, "file:///base/"),
  },
});
const validate = ajv.compile(schema);

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface Located {
  readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: Region };
  readonly logicalLocations?: readonly { readonly fullyQualifiedName: string; readonly kind: string }[];
  readonly message?: { readonly text: string };
}

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [Located];
  readonly relatedLocations?: readonly Located[];
  readonly codeFlows?: readonly [
    {
      readonly threadFlows: readonly [
        {
          readonly locations: readonly {
            readonly location: Located;
            readonly nestingLevel: number;
            readonly state?: object;
          }[];
        },
      ];
    },
  ];
  readonly fixes?: readonly [
    {
      readonly artifactChanges: readonly [
        {
          readonly replacements: readonly {
            readonly deletedRegion: Region;
            readonly insertedContent?: { readonly text: string };
          }[];
        },
      ];
    },
  ];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
}

interface Run {
  readonly tool: {
    readonly driver: {
      readonly rules: readonly { readonly id: string; readonly name: string; readonly help: object }[];
      readonly notifications: readonly { readonly id: string }[];
    };
  };
  readonly invocations: readonly [
    {
      readonly executionSuccessful: boolean;
      readonly exitCode: number;
      readonly toolExecutionNotifications?: readonly { readonly descriptor: { readonly id: string } }[];
    },
  ];
  readonly columnKind: string;
  readonly artifacts: readonly { readonly location: { readonly uri: string } }[];
  readonly results: readonly SarifResult[];
}

/** The only run of the document, which the schema must accept. */
async function runOf(...args: readonly string[]): Promise<Run> {
  const { stdout } = await dnc("check", "--format", "sarif", ...args);
  const log = JSON.parse(stdout);
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  expect(log.version).toBe("2.1.0");
  expect(log.runs).toHaveLength(1);
  return log.runs[0];
}

function specIn(text: string): string {
  const folder = temporaryFolder();
  const path = join(folder, "net.dn");
  writeFileSync(path, text);
  return path;
}

/** The text that a region means, by lines and UTF-16 columns. */
function textOf(path: string, { startLine, startColumn, endLine, endColumn }: Region): string {
  const lines = readFileSync(path, "utf8").split("\n");
  const offset = (line: number, column: number): number =>
    lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  return lines.join("\n").slice(offset(startLine, startColumn), offset(endLine, endColumn));
}

const errors = new URL("../golden/errors/", import.meta.url);
const STRIDE = "test/golden/errors/DN0404-stride-in-dense-body.dn";

it("refuses what the schema forbids", () => {
  expect(validate({ version: "2.1.0" })).toBe(false);
  expect(validate({ version: "2.1.0", runs: [{ tool: { driver: { name: "dnc" } }, results: [{}] }] })).toBe(
    false,
  );
});

it("is valid for every golden, and finds in it what the check finds", async () => {
  const paths = specNames(errors).map((name) => `test/golden/errors/${name}.dn`);
  const { results } = await runOf(...paths);
  const { stdout } = await dnc("check", "--json", ...paths);
  const { files } = JSON.parse(stdout) as { files: readonly { diagnostics: readonly { code: string }[] }[] };
  expect(results.length).toBeGreaterThanOrEqual(paths.length);
  const codes = files.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code));
  expect([...new Set(results.map(({ ruleId }) => ruleId))].sort()).toEqual([...new Set(codes)].sort());
  const fingerprints = results.map(
    ({ locations: [{ physicalLocation }], partialFingerprints }) =>
      `${physicalLocation.artifactLocation.uri} ${partialFingerprints.primaryLocationLineHash}`,
  );
  expect(new Set(fingerprints).size).toBe(fingerprints.length);
});

it("has a rule for every diagnostic, with its page", async () => {
  const { tool, results } = await runOf(STRIDE);
  const { rules, notifications } = tool.driver;
  const ids = [...rules, ...notifications].map(({ id }) => id);
  expect(ids.toSorted()).toEqual(diagnosticKinds.map(({ code }) => code));
  expect(notifications.every(({ id }) => /^DN0[89]/.test(id))).toBe(true);
  for (const { ruleId, ruleIndex } of results) expect(rules[ruleIndex]?.id).toBe(ruleId);
  expect(rules.find(({ id }) => id === "DN0404")).toMatchObject({
    name: "ConcatMismatch",
    shortDescription: { text: "concat mismatch." },
    defaultConfiguration: { level: "error" },
    help: { markdown: expect.stringContaining("```dn\ndn 1;\n") },
  });
});

it("tells a mistake with its places, how it came about, and what it means", async () => {
  const { results, columnKind, artifacts, invocations } = await runOf(STRIDE);
  expect({ columnKind, artifacts, invocations }).toMatchObject({
    columnKind: "utf16CodeUnits",
    artifacts: [{ location: { uri: STRIDE } }],
    invocations: [{ executionSuccessful: true, exitCode: 1 }],
  });
  const [found] = results;
  if (found === undefined) throw new Error("no result");
  expect(found).toMatchObject({ ruleId: "DN0404", level: "error" });
  expect(found.message.text).toMatch(/^cannot concat: axis H differs, 56 and 28\n[\s\S]*\nhelp: /);
  const [{ physicalLocation, logicalLocations }] = found.locations;
  expect(textOf(STRIDE, physicalLocation.region)).toBe("concat");
  expect(logicalLocations).toEqual([
    { name: "dense[1]", fullyQualifiedName: "net/dense/dense[1]", kind: "repeat" },
  ]);
  expect(found.relatedLocations?.map(({ message }) => message?.text)).toContain("28 comes from this stride");
  const steps = found.codeFlows?.[0].threadFlows[0].locations ?? [];
  expect(steps.map(({ nestingLevel }) => nestingLevel)).toEqual([0, 1, 2, 3]);
  expect(textOf(STRIDE, steps[1]?.location.physicalLocation.region as Region)).toBe("dense(k=32, n=6)");
  expect(steps[1]?.state).toEqual({ k: { text: "32" }, n: { text: "6" } });
  expect(steps[3]?.location.message?.text).toContain("sizes: input [1 @ 224x224] > conv 7");
});

it("writes what it wrote before", async () => {
  const { tool: _tool, ...run } = await runOf(STRIDE, "test/golden/errors/many-two-models.dn");
  await expect(`${JSON.stringify(run, undefined, 2)}\n`).toMatchFileSnapshot(
    "../golden/sarif/two-files-without-the-rules.json",
  );
});

it("counts columns in UTF-16 units", async () => {
  const path = specIn("dn 1;\n/* 🌍🌍 */ block layer(k) < conv 3 concat >\n");
  const { results } = await runOf(path);
  const insertion = results.find(({ ruleId }) => ruleId === "DN0104");
  const replacement = insertion?.fixes?.[0].artifactChanges[0].replacements[0];
  const column = "/* 🌍🌍 */ block layer(k) < conv 3".length + 1;
  expect(replacement).toEqual({
    deletedRegion: { startLine: 2, startColumn: column, endLine: 2, endColumn: column },
    insertedContent: { text: ";" },
  });
});

it("proposes no fix that leaves a blank to fill in", async () => {
  const path = specIn("dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < conv 3 -> 8; gap >; }\n");
  const { stdout } = await dnc("check", "--json", path);
  expect(stdout).toContain("has-placeholders");
  const { results } = await runOf(path);
  expect(results.length).toBeGreaterThan(0);
  expect(results.every(({ fixes }) => fixes === undefined)).toBe(true);
});

it("knows a finding again after lines have moved, and two of the same apart", async () => {
  const hashes = async (text: string): Promise<readonly string[]> => {
    const { results } = await runOf(specIn(text));
    return results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash);
  };
  const block = (name: string): string => `block ${name} <\n  cnv 3;\n  relu;\n  cnv 3;\n>\n`;
  const [first, second, ...more] = await hashes(`dn 1;\n${block("a")}`);
  expect(more).toEqual([]);
  expect(first).toMatch(/^[0-9a-f]{16}:1$/);
  expect(second).toBe(first?.replace(":1", ":2"));
  expect(await hashes(`dn 1;\n\n// moved\n${block("a").replaceAll("  ", "\t")}`)).toEqual([first, second]);
  expect(await hashes(`dn 1;\n${block("b")}`)).not.toContain(first);
});

it("names the definition where there is no expansion", async () => {
  const { results } = await runOf(specIn("dn 1;\nblock first < conv 3 >\nblock second < conv 3 relu >\n"));
  const separator = results.find(({ ruleId }) => ruleId === "DN0104");
  expect(separator?.locations[0].logicalLocations).toEqual([
    { name: "second", fullyQualifiedName: "second", kind: "block" },
  ]);
});

it("takes what the machine refuses for a failed run, not for a finding", async () => {
  const { invocations, results } = await runOf("no/such/file.dn", "specs/densenet-tiny.dn");
  expect(results).toEqual([]);
  expect(invocations).toMatchObject([
    {
      executionSuccessful: false,
      exitCode: 4,
      toolExecutionNotifications: [{ descriptor: { id: "DN0901" }, level: "error" }],
    },
  ]);
});

it("tells of an imported file once, and names files by URIs", async () => {
  const folder = temporaryFolder("dnc sarif#");
  writeFileSync(join(folder, "lib.dn"), "dn 1;\nblock layer(k) < conv 3 concat >\n");
  for (const name of ["a.dn", "b.dn"])
    writeFileSync(join(folder, name), 'dn 1;\nimport { layer } from "./lib.dn";\nblock b < layer(k=3) >\n');
  const { results } = await runOf(join(folder, "a.dn"), join(folder, "b.dn"));
  expect(results.map(({ ruleId }) => ruleId)).toEqual(["DN0104"]);
  expect(results[0]?.locations[0].physicalLocation.artifactLocation.uri).toMatch(
    /^file:\/\/\/.*dnc%20sarif%23.*\/lib\.dn$/,
  );
  const relative = await runOf(`./${STRIDE}`);
  expect(relative.artifacts[0]?.location.uri).toBe(STRIDE);
});

it("gives the same bytes every time", async () => {
  const [first, second] = [
    await dnc("check", "--format", "sarif", STRIDE, "test/golden/errors/many-volumes.dn"),
    await dnc("check", "--format", "sarif", "test/golden/errors/many-volumes.dn", STRIDE),
  ];
  const again = await dnc("check", "--format", "sarif", STRIDE, "test/golden/errors/many-volumes.dn");
  expect(again).toEqual(first);
  const results = ({ stdout }: { stdout: string }): unknown => JSON.parse(stdout).runs[0].results;
  expect(results(second)).toEqual(results(first));
});

it("has nothing to say of what is fine", async () => {
  const { results, invocations } = await runOf("specs/densenet-tiny.dn");
  expect(results).toEqual([]);
  expect(invocations).toEqual([{ executionSuccessful: true, exitCode: 0 }]);
});
