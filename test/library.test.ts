/** The library as a program that depends on the package sees it: the built files, through the names it exports. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readText, root } from "./tree.ts";

/** The program that README.md shows. */
function program(): string {
  const [, text] = /^```js file=example\.mjs\n([\s\S]*?)^```/m.exec(readText("README.md")) ?? [];
  if (text === undefined) throw new Error("README.md shows no example.mjs");
  return text;
}

it("the program of README.md compiles and runs a model through the names that the package exports", () => {
  const run = (cwd: string, ...args: readonly string[]) =>
    spawnSync(process.execPath, [...args], { cwd, encoding: "utf8" });
  expect(run(root, "scripts/build.mjs").stderr).toBe("");
  const folder = mkdtempSync(join(tmpdir(), "dnc-library-"));
  // A package may import itself by its name: the program has to lie within it.
  const file = join(root, "dist", `example-${process.pid}.mjs`);
  try {
    writeFileSync(file, program());
    const { stdout, stderr } = run(folder, file);
    expect(stdout, stderr).toBe("[ '0.2500', '0.7500' ]\n");
  } finally {
    rmSync(file, { force: true });
    rmSync(folder, { recursive: true });
  }
});
