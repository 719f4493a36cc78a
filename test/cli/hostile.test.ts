/**
 * Files that nobody means well with, given to `dnc check` as a process: each ends with a message that has a code, soon,
 * and in little memory.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const program = fileURLToPath(new URL("../../bin/dnc.js", import.meta.url));

/** Of processors, on a machine that is busy with other tests, which makes each work more slowly. */
const MOST_SECONDS = 5;
/** A heap of this size must do: what takes more ends the process. */
const MOST_MEBIBYTES = 512;

const MILLION = 1_000_000;

const repeated = (text: string, count: number): string => text.repeat(count);
const numbered = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join("");
const model = (body: string, { blocks = "", input = "f32[8 @ 32x32]" } = {}): string =>
  `dn 1;\n${blocks}\nmodel m { set order = post; input x: ${input}; output y = x < ${body} >; }\n`;

const TEXTS: Readonly<Record<string, readonly [code: string, text: string | Uint8Array]>> = {
  "ten million brackets": ["DN0114", repeated("([{<", 2.5 * MILLION)],
  "a million brackets": ["DN0106", repeated("<", MILLION)],
  "a million closing brackets": ["DN0101", repeated(">", MILLION)],
  "a hundred thousand blocks that are never closed": ["DN0102", repeated("block a < ", MILLION / 10)],
  "a million bodies within each other": ["DN0106", `block a < ${repeated("repeat 2 < ", MILLION / 12)}`],
  "more words than a file holds": ["DN0114", model(repeated("c;", MILLION / 2.1))],
  "a comment of ten megabytes": ["DN0114", `// ${repeated("x", 10 * MILLION)}\n`],
  "a string of ten megabytes": ["DN0114", `import { a } from "${repeated("x", 10 * MILLION)}";\n`],
  "a string of one megabyte": ["DN0210", `import { a } from "${repeated("x", MILLION)}";\n`],
  "a name of ten megabytes": ["DN0114", `let ${repeated("x", 10 * MILLION)} = 1;\n`],
  "a name of one megabyte": ["DN0201", model(repeated("conv", MILLION / 4))],
  "a number of a million digits": ["DN0108", model(`repeat ${repeated("9", MILLION)} < relu >`)],
  "bytes that are no text": [
    "DN0115",
    Uint8Array.from({ length: MILLION / 10 }, (_, index) => 128 + (index % 128)),
  ],
  "UTF-16": ["DN0115", Uint8Array.from(Buffer.from(`\uFEFF${model("relu")}`, "utf16le"))],
  "a byte of zero": ["DN0103", model("re\0lu")],
  "a million bytes of zero": ["DN0103", repeated("\0", MILLION)],

  "a block that calls itself": ["DN0205", model("a", { blocks: "block a < a >" })],
  "blocks that call each other in a circle": [
    "DN0205",
    model("a", { blocks: "block a < b >\nblock b < a >" }),
  ],
  "recursion without end": [
    "DN0205",
    model("a(d=5)", { blocks: "block a(d) < relu; when (d > 0) < a(d=d) > >" }),
  ],
  "recursion over a million levels": [
    "DN0205",
    model("a(d=1000000)", { blocks: "block a(d) < relu; when (d > 0) < a(d=d-1) > >" }),
  ],
  "recursion that doubles": [
    "DN0211",
    model("a(d=200)", { blocks: "block a(d) < relu; when (d > 0) < a(d=d-1); a(d=d-1) > >" }),
  ],
  "blocks that double sixty times": [
    "DN0211",
    model("b0", {
      blocks: `${numbered(60, (i) => `block b${i} < b${i + 1}; b${i + 1} >\n`)}block b60 < relu >`,
    }),
  ],
  "blocks that pass on what doubles": [
    "DN0211",
    model("b0(p=1)", {
      blocks: `${numbered(60, (i) => `block b${i}(p) < add < b${i + 1}(p=p) | b${i + 1}(p=p) > >\n`)}block b60(p) < conv 3 -> p >`,
    }),
  ],
  "ten thousand blocks that call each other in a row": [
    "DN0211",
    model("b0", { blocks: `${numbered(10_000, (i) => `block b${i} < b${i + 1} >\n`)}block b10000 < relu >` }),
  ],
  "a repetition of 10^12": ["DN0211", model("repeat 1000000000000 < relu >")],
  "a repetition of 10^300": ["DN0304", model("repeat 1e300 < relu >")],
  "repetitions that multiply": ["DN0211", model("repeat 1000 < repeat 1000 < repeat 1000 < relu > > >")],
  "repetitions of nothing that multiply": [
    "DN0211",
    model("repeat 1000 < repeat 1000 < repeat 1000 < when (1 > 2) < relu > > > >"),
  ],
  "a loop over a list of a milliard": ["DN0309", model("for i in range(1000000000) < relu >")],
  "lists that add up": [
    "DN0211",
    model("relu", { blocks: numbered(2000, (i) => `let a${i} = range(1000);\n`) }),
  ],
  "numbers that square themselves": [
    "DN0309",
    model("relu", { blocks: `let a0 = 2;\n${numbered(1000, (i) => `let a${i + 1} = a${i} * a${i};\n`)}` }),
  ],
  "channels past 2^53": ["DN0304", model("conv 3 -> 9007199254740993")],
  "channels that double a hundred times": ["DN0305", model("repeat 100 < concat < id | id > >")],
  "sizes that double a hundred times": ["DN0305", model("repeat 100 < upsample 2 >")],
  "a product of sizes past all numbers": [
    "DN0305",
    model("flatten; linear -> 9007199254740991", {
      input: "f32[9007199254740991 @ 9007199254740991, 9007199254740991, 9007199254740991]",
    }),
  ],
  "strides with a period past all numbers": [
    "DN0505",
    model(
      `${[2, 3, 5, 7, 11, 13, 17, 19, 23].map((p) => `conv 3 /${p} -> 8; upsample ${p}`).join("; ")}; concat`,
      {
        input: "f32[8 @ H, W]",
      },
    ),
  ],
  "a U-Net of nineteen levels for any size": [
    "DN0505",
    model("level(c=8, depth=19)", {
      blocks:
        "block level(c, depth) < conv 3 -> c; when (depth > 0) < concat < id | maxpool 2; level(c=c, depth=depth-1); upconv 2 -> c > > >",
      input: "f32[8 @ H, W]",
    }),
  ],
  "an import of itself": ["DN0210", 'dn 1;\nimport { a } from "./spec.dn";\n'],
  "an import of an endless device": [
    "DN0210",
    'dn 1;\nimport { a } from "../../../../../../../../dev/zero";\n',
  ],
  "an import of a folder": ["DN0210", 'dn 1;\nimport { a } from "./";\n'],
  "a hundred thousand stages that there are not": ["DN0201", model(repeated("cnv; ", MILLION / 10))],
  "ten thousand joins that do not fit": [
    "DN0404",
    model("repeat 10000 < concat < conv 3 -> 8 | conv 3 /2 -> 8 > >"),
  ],
  "thousands of promises that do not hold": [
    "DN0614",
    `dn 1;\nmodel m { input x: f32[8 @ 8x8]; output y = x < repeat 3000 < conv 1 (order=bare) -> 8 > >; ${repeated("expect params < 3, macs < 3;", 5000)} }`,
  ],
  "thousands of comments that allow nothing": ["DN0615", repeated("// allow DN0601: yes\n", 40_000)],
};

const folder = mkdtempSync(join(tmpdir(), "dnc-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Tells what the process took when it ends. */
const METER = `import { writeSync } from "node:fs";
process.on("exit", () => writeSync(3, JSON.stringify(process.resourceUsage())));`;

function checkCost(path: string): {
  readonly status: number | null;
  readonly text: string;
  readonly seconds: number;
} {
  const { status, stdout, stderr, output } = spawnSync(
    process.execPath,
    [
      `--max-old-space-size=${MOST_MEBIBYTES}`,
      ...["--import", `data:text/javascript,${encodeURIComponent(METER)}`],
      ...[program, "check", "--format", "plain", path],
    ],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe", "pipe"] },
  );
  const { userCPUTime = Number.NaN, systemCPUTime = Number.NaN } = JSON.parse(output[3] || "{}");
  return { status, text: stdout + stderr, seconds: (userCPUTime + systemCPUTime) / 1e6 };
}

it.each(Object.entries(TEXTS))("refuses %s", (_, [code, text]) => {
  const path = join(folder, "spec.dn");
  writeFileSync(path, text);
  const { status, text: said, seconds } = checkCost(path);
  expect(said).toContain(`[${code}]`);
  expect(status).toBe(code === "DN0614" ? 3 : 1);
  expect(said.length).toBeLessThan(20_000);
  expect(seconds).toBeLessThan(MOST_SECONDS);
});

it.each([
  [
    "that import each other over thousands of levels",
    3000,
    (index: number) => `import { b${index + 1} } from "./${index + 1}.dn";\n`,
  ],
  [
    "of ten megabytes together",
    12,
    (index: number) => `// ${"x".repeat(MILLION)}\n${importsFrom(index, 12)}`,
  ],
] as const)("refuses files %s", (_, nFiles, headOf) => {
  for (let index = 0; index <= nFiles; index += 1)
    writeFileSync(join(folder, `${index}.dn`), `dn 1;\n${headOf(index)}block b${index} < relu >\n`);
  const { status, text, seconds } = checkCost(join(folder, "0.dn"));
  expect(text).toContain("[DN0210]");
  expect(status).toBe(1);
  expect(text.length).toBeLessThan(20_000);
  expect(seconds).toBeLessThan(MOST_SECONDS);
});

/** In the first file, one import of each other. */
function importsFrom(index: number, nFiles: number): string {
  return index > 0 ? "" : numbered(nFiles, (other) => `import { b${other + 1} } from "./${other + 1}.dn";\n`);
}

it.each([
  ["a folder", "folder.dn"],
  ["a device without end", "/dev/zero"],
  ["a file that is not there", "missing.dn"],
  ["a path of five thousand characters", "x".repeat(5000)],
])("refuses %s", (_, name) => {
  mkdirSync(join(folder, "folder.dn"), { recursive: true });
  const { status, text, seconds } = checkCost(name.startsWith("/") ? name : join(folder, name));
  expect(text).toContain("[DN0901]");
  expect(status).toBe(4);
  expect(seconds).toBeLessThan(MOST_SECONDS);
});
