/** Writes what is generated from other files of the project. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync, transformSync } from "esbuild";
import { draw, elaborate, parseInputSizes, type SourceFile } from "../src/index.ts";
import { conventionsModule } from "./conventions.ts";
import { conventionsPage } from "./conventions-page.ts";
import { diagnosticsPage } from "./diagnostics-page.ts";
import { DECISIONS_PATH, decisionsText } from "./generate-decisions.ts";
import { opsPage } from "./ops-page.ts";
import { publishedModule } from "./published.ts";
import { jsonSchemaText, SCHEMAS } from "./schemas.ts";
import { specsPage } from "./specs-page.ts";

interface Generated {
  readonly path: string;
  content(): string;
}

function read(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
}

/** The spec of this name in docs/pictures.md. */
function shownSpec(name: string): string {
  const fence = "`".repeat(3);
  const block = new RegExp(`^${fence}dn file=${name}\\n([\\s\\S]*?)^${fence}$`, "m");
  const [, text] = block.exec(read("docs/pictures.md")) ?? [];
  if (text === undefined) throw new Error(`docs/pictures.md shows no ${name}`);
  return text;
}

function pictureOf(
  path: string,
  { text = read(path), input = "" }: { text?: string; input?: string },
): string {
  const reporter = {
    report: ({ message }: { readonly message: string }) => {
      throw new Error(message);
    },
  };
  const inputs = (input === "" ? undefined : parseInputSizes(input, reporter)) ?? new Map();
  const load = (request: string): SourceFile => ({ path: request, text: read(`specs/${request}`) });
  const { graph } = elaborate({ path, text }, { load, bindings: { parameters: new Map(), inputs } });
  const picture = graph && draw(graph, { format: "svg" }, reporter);
  if (picture === undefined) throw new Error(`${path} has no picture`);
  return picture.text;
}

function minifiedStyle(path: string): string {
  return transformSync(read(path), {
    loader: "css",
    minify: true,
    target: "es2022",
    charset: "utf8",
  }).code.trim();
}

/** A script with all that it imports, for a page. */
function bundled(path: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(`../${path}`, import.meta.url))],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    write: false,
  });
  return outputFiles[0]?.text.trim() ?? "";
}

/** Texts by the names of their constants. */
function pageModule(folder: string, texts: Readonly<Record<string, string>>): string {
  const constants = Object.entries(texts).map(
    ([name, text]) => `export const ${name}: string = ${JSON.stringify(text)};\n`,
  );
  return `/** The scripts and styles of pages, generated from ${folder} by \`npm run generate\`. */\n${constants.join("")}`;
}

/** Everything generated, as `test/generated.test.ts` checks it. */
export const GENERATED: readonly Generated[] = [
  {
    path: "src/semantics/std.generated.ts",
    content: () =>
      `/** The standard library as text, generated from std.dn by \`npm run generate\`. */\nexport const STD_TEXT: string = ${JSON.stringify(read("src/semantics/std.dn"))};\n`,
  },
  {
    path: "src/viz/page.generated.ts",
    content: () =>
      pageModule("src/viz/page/", {
        PAGE_SCRIPT: bundled("src/viz/page/page.js"),
        PAGE_STYLE: minifiedStyle("src/viz/page/page.css"),
      }),
  },
  {
    path: "src/pages/script.generated.ts",
    content: () =>
      pageModule("src/pages/script/", {
        REPORT_SCRIPT: bundled("src/pages/script/report.js"),
        REPORT_STYLE: minifiedStyle("src/pages/script/report.css"),
        SWEEP_SCRIPT: bundled("src/pages/script/sweep.js"),
      }),
  },
  { path: DECISIONS_PATH, content: decisionsText },
  { path: "docs/pictures/densenet121.svg", content: () => pictureOf("specs/densenet121.dn", {}) },
  {
    path: "docs/pictures/unet.svg",
    content: () => pictureOf("unet.dn", { text: shownSpec("unet.dn"), input: "H=512,W=512" }),
  },
  { path: "src/measure/conventions.generated.ts", content: conventionsModule },
  { path: "src/report/published.generated.ts", content: publishedModule },
  { path: "docs/conventions.md", content: conventionsPage },
  { path: "docs/diagnostics.md", content: diagnosticsPage },
  { path: "docs/ops.md", content: opsPage },
  { path: "docs/specs.md", content: specsPage },
  ...Object.entries(SCHEMAS).map(([name, schema]) => ({
    path: `schemas/${name}.json`,
    content: () => jsonSchemaText(name, schema),
  })),
];

export function isUpToDate({ path, content }: Generated): boolean {
  return read(path) === content();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, content } of GENERATED)
    writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), content());
}
