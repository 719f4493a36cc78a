/** Starting the bundled program: with the code of the build where there is any, and as any other program elsewhere. */
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { sandboxForTest } from "./tiny.ts";

const launcher = new URL("../../scripts/launch.mjs", import.meta.url).href;
const recorder = fileURLToPath(new URL("../../scripts/record-code.mjs", import.meta.url));

const PROGRAM = `
  const { basename } = require("node:path");
  console.log(basename(__dirname), basename(__filename), ...process.argv.slice(2));
  process.exit(3);`;

function node(args: readonly string[]): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, args, { encoding: "utf8" });
}

/** What the program prints when it is launched with the argument `check`. */
function launch(program: string): { stdout: string; stderr: string; status: number | null } {
  const code = `import { launch } from "${launcher}"; launch("${pathToFileURL(program)}");`;
  return node(["--input-type=module", "--eval", code, "dnc", "check"]);
}

/** The name that the launcher looks for, as it says itself. */
function codeFileOf(program: string): string {
  const code = `import { codeFileOf } from "${launcher}"; process.stdout.write(codeFileOf("${program}"));`;
  return node(["--input-type=module", "--eval", code]).stdout;
}

it("runs a program with its code, and the same without", () => {
  const { folder } = sandboxForTest();
  const program = join(folder, "program.cjs");
  writeFileSync(program, PROGRAM);
  const expected = { stdout: `${folder.split("/").at(-1)} program.cjs check\n`, stderr: "", status: 3 };
  expect(launch(program)).toMatchObject(expected);

  const codeFile = codeFileOf(program);
  expect(node([recorder, program, codeFile, "check"])).toMatchObject(expected);
  expect(readdirSync(folder)).toContain(codeFile.split("/").at(-1));
  expect(launch(program)).toMatchObject(expected);

  writeFileSync(codeFile, "no code");
  expect(launch(program)).toMatchObject(expected);
  rmSync(codeFile);
  expect(launch(program)).toMatchObject(expected);
});

it("names the code after the release and the executable that it is for", () => {
  expect(codeFileOf("/x/program-12.cjs")).toMatch(
    new RegExp(`^/x/program-12-${process.version}-${process.arch}-\\d+-\\d+\\.code$`),
  );
});
