/** `dnc check --watch`: notices changes however they are made, and ends on Ctrl-C. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { command } from "../../src/cli/commands/check.ts";
import { createTerminal } from "../../src/cli/terminal.ts";
import { openSources, type Sources } from "../../src/runtime/sources.ts";
import { whenStale } from "../../src/runtime/watch.ts";
import { dnc } from "../report/run-dnc.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { startDnc } from "./dnc-process.ts";

const FINE = "dn 1;\nblock layer(k) < conv 3; concat >\n";
const BROKEN = "dn 1;\nblock layer(k) < conv 3 concat >\n";

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Sources that have read, or looked in vain for, the files at `paths`. */
function sourcesOf(...paths: readonly string[]): Sources {
  const sources = openSources();
  for (const path of paths) sources.read(path, collectDiagnostics());
  return sources;
}

it("checks again after each change, of imports too, and ends on Ctrl-C with 130", async () => {
  const folder = temporaryFolder();
  const [net, lib, swap] = ["net.dn", "lib.dn", "lib.dn~"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(lib, FINE);
  writeFileSync(net, 'dn 1;\nimport { layer } from "./lib.dn";\nblock b < layer(k=3) >\n');
  const { child, text, ended } = startDnc(["check", "--watch", net]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const checks = (): number => text("stderr").split("watching 2 files; Ctrl-C ends it\n").length - 1;
  await until(() => checks() === 1);
  expect(text("stdout")).toBe(`ok ${net}\n`);
  // As editors do: a new file takes the place of the old one.
  writeFileSync(swap, BROKEN);
  renameSync(swap, lib);
  await until(() => checks() === 2);
  expect(text("stderr")).toContain("DN0104");
  writeFileSync(lib, FINE);
  await until(() => checks() === 3);
  expect(text("stdout")).toBe(`ok ${net}\nok ${net}\n`);
  // No terminal, no control characters.
  expect(text("stderr")).not.toContain("\x1b");
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
});

it("clears the screen of a terminal before each check", async () => {
  const path = join(temporaryFolder(), "net.dn");
  writeFileSync(path, FINE);
  const texts: string[] = [];
  const stream = { isTTY: true, columns: 80, write: (text: string) => texts.push(text) };
  const terminal = createTerminal(
    { stdout: stream, stderr: stream, environment: {} },
    { color: false, format: undefined },
  );
  // It ends when the folder that it would watch is gone for good, and with it the test.
  void command.run([path], { watch: true }, terminal);
  await until(() => texts.some((text) => text.startsWith("watching 1 file;")));
  expect(texts[0]).toBe("\x1b[2J\x1b[3J\x1b[H");
  expect(texts[2]).toBe(`ok ${path}\n`);
});

it("sees a file that is there at last, even in a folder that was not", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "a", "b", "net.dn");
  const stale = whenStale(sourcesOf(path));
  mkdirSync(join(folder, "a"));
  await new Promise((resolve) => setTimeout(resolve, 120));
  mkdirSync(join(folder, "a", "b"));
  await new Promise((resolve) => setTimeout(resolve, 120));
  writeFileSync(path, FINE);
  await stale;
});

it("sees a file that is gone, and a folder that comes back", async () => {
  const folder = join(temporaryFolder(), "specs");
  const path = join(folder, "net.dn");
  mkdirSync(folder);
  writeFileSync(path, FINE);
  const gone = whenStale(sourcesOf(path));
  rmSync(folder, { recursive: true });
  await gone;
  const back = whenStale(sourcesOf(path));
  mkdirSync(folder);
  writeFileSync(path, FINE);
  await back;
});

it("sees what changed between reading and watching", async () => {
  const path = join(temporaryFolder(), "net.dn");
  writeFileSync(path, BROKEN);
  const sources = sourcesOf(path);
  writeFileSync(path, FINE);
  await whenStale(sources);
});

it("cares for nothing but what the files say", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "net.dn");
  writeFileSync(path, FINE);
  let isStale = false;
  const stale = whenStale(sourcesOf(path)).then(() => {
    isStale = true;
  });
  writeFileSync(join(folder, "other.txt"), "x");
  writeFileSync(path, FINE);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(isStale).toBe(false);
  writeFileSync(path, BROKEN);
  await stale;
});

it.each([["-"], ["net.dn", "--json"], ["net.dn", "--format", "sarif"], ["net.dn", "--fix"]])(
  "refuses --watch with %s %s %s",
  async (...args) => {
    expect(await dnc("check", "--watch", ...args)).toMatchObject({ code: 2, stdout: "" });
  },
);
