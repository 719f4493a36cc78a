/** The files of `src/measure/conventions/` as one text that is parsed only when a convention is asked for. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ConventionData } from "../src/measure/convention.ts";

const folder = fileURLToPath(new URL("../src/measure/conventions/", import.meta.url));

/** As `--convention all` lists them; what is not named here comes last. */
const ORDER =
  "macs flops paper fvcore timm torchinfo ptflops ptflops-nofunctional ptflops-aten thop deepspeed calflops torch tf-profiler onnx-tool netscope darknet".split(
    " ",
  );

/** The current version of each first. `ptflops.json` holds the current version, `ptflops.before-149.json` another one. */
export function conventionFiles(): readonly ConventionData[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.replace(/\.json$/, ""));
  const isCurrent = (name: string): boolean => !name.includes(".");
  const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  const sorted = [
    ...names.filter(isCurrent).toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)),
    ...names.filter((name) => !isCurrent(name)).toSorted(),
  ];
  return sorted.map((name) => JSON.parse(readFileSync(`${folder}${name}.json`, "utf8")));
}

export function conventionsModule(): string {
  const data = conventionFiles();
  return `/** The conventions as text, generated from conventions/*.json by \`npm run generate\`. */\nexport const CONVENTIONS_TEXT: string = ${JSON.stringify(JSON.stringify(data))};\n`;
}
