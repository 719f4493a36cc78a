/** The choice of the fastest library: measured once, remembered, and measured anew when something has changed. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { chooseFastest } from "../../src/runtime/fastest.ts";
import { type Runtime, runtimeMissing } from "../../src/runtime/runtime.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function library(name: string, version: string | undefined): Runtime {
  return {
    name,
    title: name,
    isNative: true,
    target: "onnx",
    version: async () => version,
    open: async () => undefined,
  };
}

interface Trial {
  readonly cache: string;
  readonly subject?: object;
  /** Milliseconds; `undefined`: it does not run. */
  readonly times: Readonly<Record<string, number | undefined>>;
  readonly versions?: Readonly<Record<string, string | undefined>>;
}

async function choose({ cache, subject = { model: "net" }, times, versions = {} }: Trial) {
  const reporter = collectDiagnostics();
  const asked: string[] = [];
  const names = Object.keys(times);
  const candidates = names.map((name) => library(name, name in versions ? versions[name] : "1"));
  const choice = await chooseFastest(
    {
      subject,
      candidates,
      async measure({ name }, to) {
        asked.push(name);
        if (times[name] === undefined) to.report(runtimeMissing.at({}, name, "no"));
        return times[name];
      },
    },
    cache,
    reporter,
  );
  const told = reporter.diagnostics.map(({ severity, code }) => `${severity} ${code}`);
  return { chosen: choice?.runtime.name, isRemembered: choice?.isRemembered, asked, told };
}

it("measures each library once, takes the fastest and remembers it", async () => {
  const cache = join(temporaryFolder(), "not", "there", "yet");
  const times = { slow: 3, fast: 1, other: 2 };
  expect(await choose({ cache, times })).toEqual({
    chosen: "fast",
    isRemembered: false,
    asked: ["slow", "fast", "other"],
    told: [],
  });
  expect(await choose({ cache, times })).toEqual({ chosen: "fast", isRemembered: true, asked: [], told: [] });
});

it("measures anew what is another model, another version, or more libraries", async () => {
  const cache = temporaryFolder();
  const times = { a: 1, b: 2 };
  await choose({ cache, times });
  for (const changed of [
    { cache, times, subject: { model: "net", batch: [8] } },
    { cache, times, versions: { b: "2" } },
    { cache, times: { ...times, c: 0.5 } },
  ]) {
    expect(await choose(changed)).toMatchObject({ isRemembered: false, asked: Object.keys(changed.times) });
    expect(await choose(changed)).toMatchObject({ isRemembered: true, asked: [] });
  }
  expect(await choose({ cache, times })).toMatchObject({ chosen: "a", isRemembered: true });
});

it("asks only what is installed, and where nothing is, the first for what to install", async () => {
  const cache = temporaryFolder();
  const installed = { cache, times: { a: 1, b: 2 }, versions: { a: undefined } };
  expect(await choose(installed)).toMatchObject({ chosen: "b", asked: ["b"], told: [] });
  const nothing = { a: undefined, b: undefined };
  expect(await choose({ cache, times: nothing, versions: nothing })).toMatchObject({
    chosen: undefined,
    asked: ["a"],
    told: ["error DN0817"],
  });
});

it("warns of a library that does not work, and fails when none does", async () => {
  const cache = temporaryFolder();
  expect(await choose({ cache, times: { a: undefined, b: 2 } })).toMatchObject({
    chosen: "b",
    told: ["warning DN0817"],
  });
  expect(await choose({ cache, times: { a: undefined } })).toMatchObject({
    chosen: undefined,
    told: ["error DN0817"],
  });
});

it("measures again what was remembered in a file that is damaged now", async () => {
  const cache = temporaryFolder();
  await choose({ cache, times: { a: 1 } });
  const file = join(cache, "fastest.json");
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ schema: "dnc/fastest-1" });
  for (const text of ["{", "{}", '{"schema":"another","measured":{}}']) {
    writeFileSync(file, text);
    expect(await choose({ cache, times: { a: 1 } })).toMatchObject({ isRemembered: false, told: [] });
    expect(await choose({ cache, times: { a: 1 } })).toMatchObject({ isRemembered: true });
  }
});

it("runs where nothing can be remembered, and says so", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  expect(await choose({ cache: join(file, "cache"), times: { a: 1 } })).toMatchObject({
    chosen: "a",
    told: ["warning DN0902"],
  });
});
