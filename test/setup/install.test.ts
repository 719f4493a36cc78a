/** Setting up a tiny library: the way that works, the ways to download, and what is mended of a damaged installation. */
import {
  cpSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { describeFile, examine, readManifest, writeManifest } from "../../src/runtime/setup/manifest.ts";
import { filesUnder, installTiny, sandboxForTest, setUpTiny, tiny, tinyWheel } from "./tiny.ts";

/** An index on this machine; the page is what it answers for the project. */
async function serveIndex(page: (origin: string) => { type: string; body: string }): Promise<string> {
  const server: Server = createServer((request, response) => {
    const origin = `http://${request.headers.host}`;
    if (request.url?.endsWith(".whl")) response.end(tinyWheel);
    else if (request.url !== `/simple/${tiny.project}/`) response.writeHead(404).end();
    else {
      const { type, body } = page(origin);
      response.writeHead(200, { "content-type": type }).end(body);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
}

it("installs the members, the links, the addon and a manifest, and leaves nothing else in the cache", async () => {
  const box = sandboxForTest();
  const { folder, addon, bytes, wasPresent } = await installTiny(box);
  expect(wasPresent).toBe(false);
  expect(addon).toBe(join(folder, "tfjs_binding.node"));
  expect(bytes).toBe(150_011 + "works".length);
  expect(filesUnder(folder)).toEqual([
    "include",
    "include/c_api.h",
    "libtensorflow.so",
    "libtensorflow_cc.so.2",
    "libtensorflow_framework.so.2",
    "manifest.json",
    "tfjs_binding.node",
  ]);
  expect(readlinkSync(join(folder, "libtensorflow.so"))).toBe("libtensorflow_cc.so.2");
  expect(filesUnder(join(box.cache, "staging"))).toEqual([]);
  expect(filesUnder(join(box.cache, "downloads"))).toEqual([]);
  expect(examine(folder, { full: true }).state).toBe("intact");
});

it("does nothing the second time, and compares contents and computes unless told to trust", async () => {
  const box = sandboxForTest();
  await installTiny(box);
  box.program("python3", "exit 1");
  box.program("g++", "exit 1");
  expect(await installTiny(box)).toMatchObject({ wasPresent: true });
  expect(await installTiny(box, { trustUnchanged: false })).toMatchObject({ wasPresent: true });
  expect(box.downloads()).toBe(1);
});

it("compiles the addon anew when the installed one is unchanged but does not work", async () => {
  const box = sandboxForTest();
  const { addon, folder } = await installTiny(box);
  // As if it had been compiled for a system that was upgraded since: on record, and of no use.
  writeFileSync(addon, "worn out");
  const manifest = readManifest(folder);
  if (manifest === undefined) throw new Error("there is no manifest");
  const files = manifest.files.map((file) => describeFile(folder, file.path) ?? file);
  writeManifest(folder, { ...manifest, files });
  expect(examine(folder, { full: true }).state).toBe("intact");
  expect(await installTiny(box, { trustUnchanged: false })).toMatchObject({ wasPresent: false });
  expect(readFileSync(addon, "utf8")).toBe("works");
  expect(box.downloads()).toBe(1);
});

it("takes the wheel from an index in JSON where there is no pip", async () => {
  const box = sandboxForTest();
  rmSync(join(box.folder, "bin", "python3"));
  const PIP_INDEX_URL = await serveIndex((origin) => ({
    type: "application/vnd.pypi.simple.v1+json",
    body: JSON.stringify({ files: [{ filename: tiny.wheel.file, url: `${origin}/files/tiny.whl` }] }),
  }));
  await installTiny(box, { environment: { ...box.environment, PIP_INDEX_URL } });
});

it("takes the wheel from an index in HTML, named in pip's configuration, when pip does not work", async () => {
  const box = sandboxForTest();
  box.program("python3", "echo pip 99.0; case $* in *--version) exit 0;; esac; exit 3");
  const url = await serveIndex(() => ({
    type: "text/html",
    body: `<a href="/other.whl">other.whl</a><a class="x" href="../../files/tiny.whl#sha256=1">${tiny.wheel.file}</a>`,
  }));
  writeFileSync(join(box.folder, "pip.conf"), `[global]\nindex-url = ${url}\n`);
  const environment = { ...box.environment, PIP_CONFIG_FILE: join(box.folder, "pip.conf") };
  await installTiny(box, { environment });
});

it("uses a wheel that an interrupted run has left, if it is whole", async () => {
  const box = sandboxForTest();
  const { folder } = await installTiny(box);
  rmSync(folder, { recursive: true });
  cpSync(join(box.folder, "wheel"), join(box.cache, "downloads", tiny.wheel.file));
  await installTiny(box);
  expect(box.downloads()).toBe(1);

  rmSync(folder, { recursive: true });
  writeFileSync(join(box.folder, "cut"), tinyWheel.subarray(0, 99));
  cpSync(join(box.folder, "cut"), join(box.cache, "downloads", tiny.wheel.file));
  await installTiny(box);
  expect(box.downloads()).toBe(2);
});

const DAMAGES: readonly (readonly [what: string, damage: (folder: string) => void, reason: string])[] = [
  [
    "a library that was cut short",
    (folder) => truncateSync(join(folder, "libtensorflow_cc.so.2"), 99_000),
    "libtensorflow_cc.so.2 has 99,000 bytes instead of 100,000",
  ],
  [
    "a changed byte whose time of modification was restored",
    (folder) => {
      const file = join(folder, "libtensorflow_framework.so.2");
      const { atime, mtime } = statSync(file);
      writeFileSync(file, `${"b".repeat(49_999)}c`);
      utimesSync(file, atime, mtime);
    },
    "the content of libtensorflow_framework.so.2 is not what was installed",
  ],
  [
    "a missing library",
    (folder) => rmSync(join(folder, "libtensorflow_cc.so.2")),
    "libtensorflow_cc.so.2 is missing",
  ],
  [
    "a missing header folder",
    (folder) => {
      rmSync(join(folder, "include"), { recursive: true });
      writeFileSync(join(folder, "include"), "");
    },
    "include/c_api.h is missing",
  ],
  ["a missing addon", (folder) => rmSync(join(folder, "tfjs_binding.node")), "tfjs_binding.node is missing"],
  [
    "a link that leads nowhere",
    (folder) => {
      rmSync(join(folder, "libtensorflow.so"));
      symlinkSync("nowhere", join(folder, "libtensorflow.so"));
    },
    "the link libtensorflow.so is broken",
  ],
  [
    "a manifest that was cut short",
    (folder) => truncateSync(join(folder, "manifest.json"), 20),
    "manifest.json is missing or unreadable",
  ],
];

it.each(DAMAGES)("finds and mends %s", async (_what, damage, reason) => {
  const box = sandboxForTest();
  const { folder } = await installTiny(box);
  damage(folder);
  expect(examine(folder, { full: false })).toMatchObject({ state: "damaged", reason });
  expect(await installTiny(box)).toMatchObject({ wasPresent: false });
  expect(examine(folder, { full: true }).state).toBe("intact");
});

it("downloads nothing to mend what is not in the wheel", async () => {
  const box = sandboxForTest();
  const { folder } = await installTiny(box);
  rmSync(join(folder, "tfjs_binding.node"));
  await installTiny(box);
  expect(box.downloads()).toBe(1);
});

it("accepts a copy, whose inodes and times are others, and records them", async () => {
  const box = sandboxForTest();
  const { folder } = await installTiny(box);
  const copy = join(box.folder, "copy");
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
  const stamps = (of: string): readonly string[] => readManifest(of)?.files.map(({ stamp }) => stamp) ?? [];
  expect(stamps(copy)).toEqual(stamps(folder));
  expect(examine(copy, { full: false }).state).toBe("intact");
  expect(stamps(copy)).not.toEqual(stamps(folder));
});

it("two that set up at the same time download once", async () => {
  const box = sandboxForTest();
  const both = await Promise.all([setUpTiny(box), setUpTiny(box)]);
  expect(both.map(({ installation }) => installation?.wasPresent).toSorted()).toEqual([false, true]);
  expect(box.downloads()).toBe(1);
});
