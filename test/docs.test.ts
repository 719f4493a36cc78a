/**
 * What the documents show is true: every `dn` block is checked, every `console` block is run and its output compared.
 * In a block, `dn error=DN0404` must be told of exactly that code, `dn parse` is only parsed, and `file=NAME` gives a
 * block a name that the commands below it can use.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "../grammar/parse.ts";
import { collectDiagnostics, type Diagnostic } from "../src/base/diagnostic.ts";
import { check } from "../src/compile.ts";
import { diagnosticKinds } from "../src/diagnostics.ts";
import { filesBelow, readText, root, type TreeFile } from "./tree.ts";

const documents = [...filesBelow([""], /^[^/]+\.md$/), ...filesBelow(["docs", "grammar"], /\.md$/)];

interface Block {
  /** `README.md:12`. */
  readonly place: string;
  readonly language: string;
  /** `error=DN0404`: what stands after the language. */
  readonly words: readonly string[];
  readonly text: string;
}

function blocksOf({ path, text }: TreeFile): readonly Block[] {
  return [...text.matchAll(/^( *)```(\w+)([^\n]*)\n([\s\S]*?)^\1```$/gm)].map(
    ({ index, 1: indent = "", 2: language = "", 3: words = "", 4: content = "" }) => ({
      place: `${path}:${text.slice(0, index).split("\n").length}`,
      language,
      words: words.trim().split(/\s+/),
      text: content.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }),
  );
}

function settingOf(block: Block, key: string): string | undefined {
  return block.words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
}

const withSpecs = documents.filter((document) =>
  blocksOf(document).some(({ language }) => language === "dn"),
);
const withCommands = documents.filter((document) =>
  blocksOf(document).some(({ language }) => language === "console"),
);

it("finds the documents", () => {
  const paths = documents.map(({ path }) => path);
  expect(paths).toContain("README.md");
  expect(paths).toContain("CONTRIBUTING.md");
  expect(paths).toContain("docs/diagnostics.md");
  expect(withSpecs.length).toBeGreaterThan(1);
  expect(withCommands.length).toBeGreaterThan(0);
});

it.each(withSpecs.map((document) => [document.path, document] as const))(
  "the specs in %s are as they say",
  (_, document) => {
    const problems = blocksOf(document)
      .filter(({ language }) => language === "dn")
      .flatMap((block) => {
        const told = tellAbout(block);
        const wanted = settingOf(block, "error");
        const found = [...new Set(told.map(({ code }) => code))].join(" ");
        return found === (wanted ?? "")
          ? []
          : [
              `${block.place}: should be ${wanted ?? "fine"}, is told ${told.map(({ code, message }) => `${code} ${message}`).join("; ") || "nothing"}`,
            ];
      });
    expect(problems).toEqual([]);
  },
);

function tellAbout(block: Block): readonly Diagnostic[] {
  const source = { path: block.place, text: block.text };
  const wanted = diagnosticKinds.find(({ code }) => code === settingOf(block, "error"));
  const collector = collectDiagnostics();
  if (block.words.includes("parse")) parse(source, collector);
  const { diagnostics } = block.words.includes("parse") ? collector : check(source);
  return diagnostics.filter(({ severity }) => severity !== "hint" || wanted?.severity === "hint");
}

/** Commands that are shown and take too long, or change too much, to be run here: each says why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "npm start": "prepares the checkout: the demonstration's own commands are run instead",
  "npm test": "runs these tests",
  "git clone": "needs the network",
  "npm run lint": "is run on the whole tree before a change is merged",
  "npm run accept": "rewrites the goldens",
  "npm run generate": "rewrites what test/generated.test.ts compares",
  "npx vitest": "runs tests in tests",
};

const folder = mkdtempSync(join(tmpdir(), "dnc-docs-"));
beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts/build.mjs")], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  symlinkSync(join(root, "specs"), join(folder, "specs"));
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each(withCommands.map((document) => [document.path, document] as const))(
  "the commands in %s print what it shows",
  async (path, document) => {
    for (const block of blocksOf(document)) {
      const name = settingOf(block, "file");
      if (name === undefined) continue;
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), block.text);
    }
    const shown = document.text.replace(
      /^(```console[^\n]*\n)([\s\S]*?)^```$/gm,
      (_, head: string, steps: string) => `${head}${stepsOf(steps, path).map(shownStep).join("")}\`\`\``,
    );
    // The document is its own golden: `npm run accept` writes what the commands print now.
    await expect(shown).toMatchFileSnapshot(join(root, path));
  },
);

interface Step {
  readonly command: string;
  readonly output: string;
}

function stepsOf(text: string, path: string): readonly Step[] {
  const [before = "", ...steps] = text.split(/^\$ /m);
  expect(before, `a console block of ${path} begins with a command`).toBe("");
  return steps.map((step) => {
    const end = step.indexOf("\n");
    return { command: step.slice(0, end), output: step.slice(end + 1) };
  });
}

/** The step with the output that the document shows, when that is right, else with what the command prints. */
function shownStep({ command, output }: Step): string {
  const actual = outputOf(command);
  const isRight = actual === undefined || patternOf(normalized(output)).test(normalized(actual));
  return `$ ${command}\n${isRight ? output : actual}`;
}

/** `undefined` for a command that is not run. */
function outputOf(command: string): string | undefined {
  const reason = Object.entries(NOT_RUN).find(
    ([start]) => command.startsWith(start) && !command.includes(" -- "),
  )?.[1];
  if (reason !== undefined) {
    console.info(`not run: ${command} (${reason})`);
    return undefined;
  }
  const [, args] = /^(?:npx --no-install dnc|npm start --|\.\/bin\/dnc\.js|dnc) (.*)$/.exec(command) ?? [];
  if (args === undefined) throw new Error(`say in test/docs.test.ts how to run: ${command}`);
  // As on a terminal: both streams together, and diagnostics drawn over their source.
  const { stdout } = spawnSync("sh", ["-c", `"$NODE" "$DNC" ${args} 2>&1`], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      NODE: process.execPath,
      DNC: join(root, "bin/dnc.js"),
      FORCE_COLOR: "1",
      NO_COLOR: undefined,
    },
  });
  return `${stripVTControlCharacters(stdout)
    .replace(/[ \t\r]+$/gm, "")
    .trimEnd()}\n`;
}

/** Times, versions, threads, the form that suits them and rounding errors vary; blanks at the ends of lines and around the text do not matter. */
function normalized(text: string): string {
  return text
    .replace(/\d+(\.\d+)? (ms|s)\b/g, "N $2")
    .replace(/\b\d+\.\d+\.\d+\b/g, "X.Y.Z")
    .replace(/\b\d+ threads?(?: in \w+)?\b/g, "N threads")
    .replace(/\b\d+(\.\d+)?e-\d+\b/g, "N")
    .replace(/[ \t]+$/gm, "")
    .trim();
}

/** `…` stands for anything within its line; alone on a line, for any lines. */
function patternOf(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/^…$/gm, "[\\s\\S]*?").replaceAll("…", "[^\\n]*")}$`);
}

it("a newcomer who follows CONTRIBUTING.md adds an operation in one file and one line", () => {
  const copy = join(folder, "checkout");
  for (const part of [
    "src",
    "grammar",
    "scripts",
    "test",
    "package.json",
    "tsconfig.json",
    "vitest.config.ts",
    "biome.json",
  ])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const run = (...command: readonly string[]): void => {
    const [program = "", ...args] = command;
    const result = spawnSync(program, args, { cwd: copy, encoding: "utf8" });
    expect(result.status, `${command.join(" ")}\n${result.stdout}${result.stderr}`).toBe(0);
  };
  const block = blocksOf({ path: "CONTRIBUTING.md", text: readText("CONTRIBUTING.md") }).find(
    (each) => settingOf(each, "file") === "src/ops/rrelu.ts",
  );
  if (block === undefined) throw new Error("CONTRIBUTING.md shows no src/ops/rrelu.ts");
  const bin = (name: string): string => join(root, "node_modules", ".bin", name);
  run(bin("tsx"), "scripts/new-op.ts", "op", "rrelu");
  expect(readFileSync(join(copy, "src/ops/index.ts"), "utf8")).toContain("\n  rrelu,\n");
  const typeErrors = (): readonly string[] => {
    const { stdout } = spawnSync(bin("tsc"), ["--noEmit"], { cwd: copy, encoding: "utf8" });
    return stdout.split("\n").filter((line) => line.startsWith("src/ops/"));
  };
  expect(typeErrors()).toEqual([]);
  writeFileSync(join(copy, "src/ops/rrelu.ts"), block.text);
  run(bin("biome"), "check", "src/ops/rrelu.ts", "src/ops/index.ts", "src/ops/unsupported.ts");
  expect(typeErrors()).toEqual([]);
  run(bin("vitest"), "run", "test/ops/examples.test.ts", "-t", "rrelu");
});
