/** `npm run new op NAME`: the file of a new operation, its line in `src/ops/index.ts`, and what is left to do. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const index = join(root, "src", "ops", "index.ts");

function skeleton(name: string): string {
  return `/** Say what ${name} computes, as a formula, and who described it: its paper and section. */
import { defineOp, type OpStage } from "./op.ts";
import { mapElements } from "./reference-tensor.ts";

export const ${name}: OpStage<object> = defineOp({
  name: "${name}",
  group: "activation",
  summary: "The formula in one line, for the reference and the editor.",
  slots: {},
  arguments: {},
  examples: [
    {
      source: "${name}",
      input: { channels: 8, sizes: [5, 5] },
      output: { channels: 8, sizes: [5, 5] },
      parameters: 0,
    },
  ],
  attrs: () => ({}),
  shape: ([input]) => input,
  reference: ([x]) => mapElements(x, (value) => value),
  lower: (lowering, [x]) => lowering.add({ kind: "identity" }, [x]),
});
`;
}

/** Adds the import where it sorts and the entry at the end of the list. */
function listed(text: string, name: string): string {
  const line = `import { ${name} } from "./${name}.ts";`;
  const lines = text.split("\n");
  const next = lines.findIndex((each) => (/ from "\.\/(.+)\.ts";$/.exec(each)?.[1] ?? "") > name);
  const last = lines.findLastIndex((each) => each.startsWith("import "));
  const withImport = lines.toSpliced(next < 0 ? last + 1 : next, 0, line).join("\n");
  return withImport.replace(/(STAGES: readonly Stage\[\] = \[[^\]]*)\]/, `$1  ${name},\n]`);
}

function stop(message: string): never {
  process.stderr.write(`error: ${message}\n`);
  process.exit(2);
}

const [kind, name = ""] = process.argv.slice(2);
if (kind !== "op" || name === "") stop("write `npm run new op NAME`");
if (!/^[a-z][a-z0-9]*$/.test(name)) stop(`a stage is named by lowercase letters and digits, not ${name}`);
const file = join(root, "src", "ops", `${name}.ts`);
if (existsSync(file)) stop(`src/ops/${name}.ts is there already`);

writeFileSync(file, skeleton(name));
writeFileSync(index, listed(readFileSync(index, "utf8"), name));
process.stdout.write(`wrote src/ops/${name}.ts, which leaves its input as it is, and listed it in src/ops/index.ts

Now
  1. write down what it computes: shape, reference, lower, and an example that shows it
  2. add cases to scripts/torch-ops.py and run it: the reference is held against PyTorch
  3. npm run generate        the reference of stages, docs/ops.md
  4. npx vitest run test/ops test/tidy.test.ts
`);
