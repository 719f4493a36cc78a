/**
 * The house rules: which layer may import which, what a file looks like, what stands for itself. A failure lists the
 * places and says what to do.
 */
import { posix } from "node:path";
import { expect, it } from "vitest";
import { diagnosticKinds } from "../src/diagnostics.ts";
import { STAGES } from "../src/ops/index.ts";
import { codeOnly, complaints, filesBelow, pathsBelow, readText, root, type TreeFile } from "./tree.ts";

/**
 * From low to high; a layer imports itself and what stands in earlier rows. Layers of one row do not import each
 * other. A name ending in `.ts` is one file, any other a folder; the files of one string are one layer.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["src/base"],
  ["grammar", "src/ir"],
  ["src/ops"],
  ["src/measure"],
  ["src/weights", "src/semantics", "src/passes"],
  ["src/targets", "src/report", "src/lints"],
  ["src/diff", "src/viz"],
  ["src/pages"],
  ["src/compile.ts src/describe.ts src/index.ts", "src/runtime"],
  ["src/diagnostics.ts"],
  ["src/cli", "src/lsp"],
];

/** The uppermost layers go through these doors, and no others. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  "src/cli": ["src/index.ts", "src/diagnostics.ts", "src/runtime", "src/base"],
  "src/lsp": ["src/index.ts", "src/diagnostics.ts", "src/runtime", "src/base"],
};

/** The packages that a layer may import; the others import none. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  grammar: ["chevrotain"],
  "src/runtime": ["@tensorflow/tfjs-node", "node-api-headers", "sharp", "yauzl", "zod", "node:"],
  "src/cli": ["picocolors", "node:"],
};

/** Loaded when a model runs, so that `dnc check` starts at once. */
const LAZY_PACKAGES = ["@tensorflow/tfjs-node", "sharp"];

const LONGEST_FILE = 400;
const LONGEST_ARCHITECTURE = 200;

const program = filesBelow(["grammar", "src"], /\.ts$/);
const code = filesBelow(["grammar", "src", "test", "scripts", "bench", "bin"], /\.(ts|mjs|js)$/).concat(
  filesBelow([""], /^[^/]+\.ts$/),
);
/** At the start of a line, so that text of the language in a string is none. */
const IMPORTS =
  /^(?:import|export)\b([^;"(]*?)\bfrom "([^"\n]+)"|\bimport\(\s*"([^"\n]+)"|^import "([^"\n]+)"/gm;

function isWithin(path: string, layer: string): boolean {
  return layer.split(" ").some((part) => path === part || path.startsWith(`${part}/`));
}

function layerOf(path: string): { readonly name: string; readonly rank: number } | undefined {
  for (const [rank, layers] of LAYERS.entries()) {
    const name = layers.find((layer) => isWithin(path, layer));
    if (name !== undefined) return { name, rank };
  }
  return undefined;
}

/** `undefined` where the import is in order. */
function importProblem(from: string, specifier: string, isLazy: boolean): string | undefined {
  const layer = layerOf(from);
  if (layer === undefined) return "belongs to no layer: add it to LAYERS in test/tidy.test.ts";
  if (!specifier.startsWith(".")) {
    const isAllowed = (PACKAGES[layer.name] ?? []).some(
      (name) => specifier === name || (name === "node:" && specifier.startsWith(name)),
    );
    if (!isAllowed) return `${layer.name} must not import ${specifier}: let the caller pass in what it gives`;
    if (LAZY_PACKAGES.includes(specifier) && !isLazy) return `import ${specifier} where it is used: import()`;
    return undefined;
  }
  const target = posix.join(posix.dirname(from), specifier);
  if (target === "package.json") return undefined;
  const above = layerOf(target);
  if (above === undefined) return `${target} belongs to no layer`;
  if (above.name === layer.name) return undefined;
  if (above.rank >= layer.rank)
    return `${layer.name} must not import ${target}: ${above.name} is not below it`;
  const doors = DOORS[layer.name];
  if (doors !== undefined && !doors.some((door) => isWithin(target, door)))
    return `${layer.name} imports ${doors.join(", ")} only: export it from src/index.ts, or do the work below`;
  return undefined;
}

it("imports downward only, and each package where it belongs", () => {
  const problems = program.flatMap((file) =>
    complaints(file, IMPORTS, ([, clause = "", named, lazy, bare]) =>
      importProblem(
        file.path,
        named ?? lazy ?? bare ?? "",
        lazy !== undefined || clause.startsWith(" type "),
      ),
    ),
  );
  expect(problems).toEqual([]);
});

it("sees each kind of forbidden import", () => {
  expect(importProblem("src/ops/conv.ts", "../semantics/scope.ts", false)).toMatch(/not below/);
  expect(importProblem("src/weights/hash.ts", "../passes/pass.ts", false)).toMatch(/not below/);
  expect(importProblem("src/runtime/session.ts", "../compile.ts", false)).toMatch(/not below/);
  expect(importProblem("src/cli/target.ts", "../semantics/bind.ts", false)).toMatch(/export it/);
  expect(importProblem("src/ir/graph.ts", "node:fs", false)).toMatch(/must not import/);
  expect(importProblem("src/cli/main.ts", "chevrotain", false)).toMatch(/must not import/);
  expect(importProblem("src/runtime/native.ts", "@tensorflow/tfjs-node", false)).toMatch(/where it is used/);
  expect(importProblem("src/somewhere/else.ts", "./more.ts", false)).toMatch(/no layer/);
  expect(importProblem("src/ops/conv.ts", "../ir/shape.ts", false)).toBeUndefined();
  expect(importProblem("src/runtime/native.ts", "@tensorflow/tfjs-node", true)).toBeUndefined();
});

it("has a layer for every source file", () => {
  expect(program.map(({ path }) => path).filter((path) => layerOf(path) === undefined)).toEqual([]);
});

it("is pure below the runtime: no files, no process, no clock, no chance", () => {
  const impure =
    /\b(process|Buffer|console|globalThis|performance|fetch|setTimeout|setInterval)\b\s*[.([]|\bDate\b\s*[.(]|\bMath\.random\b/g;
  const pure = program.filter(({ path }) => !/^src\/(runtime|cli|lsp)\//.test(path));
  const problems = pure.flatMap(({ path, text }) =>
    complaints(
      { path, text: codeOnly(text) },
      impure,
      ([found]) => `${found.trim()} is for src/runtime and src/cli: let the caller pass it in`,
    ),
  );
  expect(problems).toEqual([]);
});

it("starts every file with a sentence that says what it is", () => {
  const bare = code.filter(({ text }) => !/^(#![^\n]*\n)?\/\*\*\s[\s\S]*?[.!?:]\s*\*\//.test(text));
  expect(bare.map(({ path }) => `${path}:1: begin with /** one sentence. */`)).toEqual([]);
});

it(`keeps every file within ${LONGEST_FILE} lines`, () => {
  const long = code.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split("\n").length;
    return lines > LONGEST_FILE ? [`${path}: ${lines} lines; split it by what it does`] : [];
  });
  expect(long).toEqual([]);
});

it("leaves nothing for later", () => {
  const marks = new RegExp(
    `\\b(${["TO", "FIX"].map((start) => `${start}${start === "TO" ? "DO" : "ME"}`).join("|")}|${"X".repeat(3)})\\b`,
    "g",
  );
  const all = [...code, ...filesBelow(["specs", "docs", "grammar"], /\.(dn|md)$/)];
  expect(
    all.flatMap((file) => complaints(file, marks, ([mark]) => `${mark}: do it, or leave it out`)),
  ).toEqual([]);
});

it("takes no way around the type checker", () => {
  const around = /[:<,(|&]\s*any\b(?=\s*[>),;=[\]|&])|\bas any\b|\bas unknown as\b/g;
  const directives = new RegExp(`@ts-(${["ignore", "expect-error", "nocheck"].join("|")})`, "g");
  const say = ([found]: RegExpMatchArray): string => `${found.trim()}: say what the type is`;
  const problems = code.flatMap((file) => [
    ...complaints({ path: file.path, text: codeOnly(file.text) }, around, say),
    ...complaints(file, directives, say),
  ]);
  expect(problems).toEqual([]);
});

it("exports by name", () => {
  const files = code.filter(({ path }) => path !== "vitest.config.ts");
  const problems = files.flatMap(({ path, text }) =>
    complaints({ path, text: codeOnly(text) }, /^export default\b/gm, () => "export it by its name"),
  );
  expect(problems).toEqual([]);
});

it("names files in kebab-case, after what is in them", () => {
  const paths = [
    ...code.map(({ path }) => path),
    ...pathsBelow("specs").filter((path) => path.endsWith(".dn")),
  ];
  const odd = paths.filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)+$/.test(posix.basename(path)));
  const vague = paths.filter((path) => /\/(utils?|helpers?|misc|common|manager)\./.test(path));
  expect([...odd, ...vague]).toEqual([]);
});

it("lists every stage of src/ops, each in the file of its name", async () => {
  const problems: string[] = [];
  for (const path of pathsBelow("src/ops").filter((each) => !each.endsWith("/index.ts"))) {
    const exports: Readonly<Record<string, unknown>> = await import(`${root}/${path}`);
    for (const value of Object.values(exports)) {
      if (!isStage(value)) continue;
      if (!STAGES.some((stage) => stage === value))
        problems.push(`${path}: add ${value.name} to src/ops/index.ts`);
      if (posix.basename(path, ".ts") !== value.name)
        problems.push(`${path}: call the file ${value.name}.ts`);
    }
  }
  expect(problems).toEqual([]);
});

function isStage(value: unknown): value is { readonly name: string } {
  return (
    typeof value === "object" && value !== null && "apply" in value && "examples" in value && "name" in value
  );
}

it("asks no stage for its name outside of src/ops", () => {
  const names = new Set(STAGES.map(({ name }) => name));
  const comparison =
    /\bname(?:\.text)?\s*[!=]==\s*"(\w+)"|"(\w+)"\s*[!=]==\s*[\w.]*\bname\b|\bstageNamed\(\s*"(\w+)"/gi;
  const problems = program
    .filter(({ path }) => !path.startsWith("src/ops/"))
    .flatMap((file) =>
      complaints(file, comparison, ([, after, before, looked]) => {
        const name = after ?? before ?? looked ?? "";
        return names.has(name)
          ? `import { ${name} } and compare with it, or give stages a property to ask for`
          : undefined;
      }),
    );
  expect(problems).toEqual([]);
});

it("gives every diagnostic a code and a title of its own, and a form for each", () => {
  const codes = diagnosticKinds.map((kind) => kind.code);
  const titles = diagnosticKinds.map((kind) => kind.explanation.title);
  const twice = (all: readonly string[]): readonly string[] =>
    all.filter((each, at) => all.indexOf(each) !== at);
  expect({ codes: twice(codes), titles: twice(titles) }).toEqual({ codes: [], titles: [] });
  expect(codes.filter((each) => !/^DN\d{4}$/.test(each))).toEqual([]);
  expect(titles.filter((each) => !/^[a-z]+(-[a-z]+)*$/.test(each))).toEqual([]);
});

it("lists every defined diagnostic in src/diagnostics.ts", () => {
  const known = new Set(diagnosticKinds.map((kind) => kind.code));
  const problems = program.flatMap((file) =>
    complaints(file, /\bcode: "(DN\d{4})"/g, ([, each = ""]) =>
      known.has(each)
        ? undefined
        : `add a line for this file to src/diagnostics.ts, so that ${each} is explained`,
    ),
  );
  expect(problems).toEqual([]);
});

/** Reported for flags, for chosen models and for a file of a megabyte: tests bring them about, and no golden. */
const NOT_OF_A_GOLDEN = new Set(["DN0114", "DN0213", "DN0312", "DN0313", "DN0314", "DN0504"]);

it("shows every diagnostic of specs in a golden, and every other in a test", () => {
  const goldens = filesBelow(["test/golden"], /\.(txt|dn)$/);
  const tests = filesBelow(["test"], /\.test\.ts$/).filter(({ path }) => path !== "test/tidy.test.ts");
  const names = new Map(
    program.flatMap(({ text }) =>
      [...text.matchAll(/export const (\w+): DiagnosticKind[^;]*?code: "(DN\d{4})"/g)].map(
        ([, name = "", each = ""]) => [each, name],
      ),
    ),
  );
  const isShown = (files: readonly TreeFile[], each: string): boolean =>
    files.some(({ text }) => text.includes(each));
  const problems = diagnosticKinds.flatMap(({ code: each }) => {
    const isOfFile = /^DN0[0-6]/.test(each) && !NOT_OF_A_GOLDEN.has(each);
    if (isOfFile) return isShown(goldens, each) ? [] : [`${each}: add test/golden/errors/${each}-….dn`];
    const name = names.get(each);
    const isNamed = name !== undefined && isShown(tests, name);
    return isNamed || isShown([...goldens, ...tests], each) ? [] : [`${each}: no test brings it about`];
  });
  expect(problems).toEqual([]);
});

it("has no golden that nothing reads", () => {
  const tests = filesBelow(["test"], /\.ts$/)
    .map(({ text }) => text)
    .join("\n");
  const paths = pathsBelow("test/golden");
  const orphans = paths.filter((path) => {
    const { dir, name, ext } = posix.parse(path);
    if (ext === ".dn") return false;
    // `NAME.ir.txt` is the checked graph of `NAME.dn`.
    return !paths.includes(`${dir}/${name.replace(/\.ir$/, "")}.dn`) && !tests.includes(name);
  });
  expect(orphans).toEqual([]);
});

it("keeps docs/architecture.md short, and every link of the documents alive", () => {
  expect(readText("docs/architecture.md").split("\n").length).toBeLessThanOrEqual(LONGEST_ARCHITECTURE);
  const documents = [...filesBelow([""], /^[^/]+\.md$/), ...filesBelow(["docs", "grammar"], /\.md$/)];
  const existing = new Set(pathsBelow(""));
  const problems = documents.flatMap((file) =>
    complaints(file, /\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g, ([, link = ""]) => {
      const target = posix.join(posix.dirname(file.path), link).replace(/\/$/, "");
      const isThere = existing.has(target) || [...existing].some((path) => path.startsWith(`${target}/`));
      return isThere ? undefined : `${link} is not there`;
    }),
  );
  expect(problems).toEqual([]);
});
