/** A library of a few bytes, a wheel that holds it, and programs that stand in for pip, the compiler and the index. */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { collectDiagnostics, type Diagnostic } from "../../src/base/diagnostic.ts";
import type { Artifact } from "../../src/runtime/setup/artifact.ts";
import { type Installation, type SetupOptions, setUp } from "../../src/runtime/setup/install.ts";
import type { Platform } from "../../src/runtime/setup/platform.ts";
import { noProgress } from "../../src/runtime/setup/progress.ts";

export const linux: Platform = { system: "linux", architecture: "x64", glibc: "2.36" };

/** What the fake compiler writes and the tiny probe expects. */
const WORKING_ADDON = "works";

const MEMBERS: Readonly<Record<string, string>> = {
  "tiny/libtensorflow_cc.so.2": "a".repeat(100_000),
  "tiny/libtensorflow_framework.so.2": "b".repeat(50_000),
  "tiny/include/c_api.h": "// a header",
  "tiny/unwanted": "never unpacked",
};

export const tinyWheel: Uint8Array = zip(MEMBERS);

export const tiny: Artifact = {
  project: "tiny-tensorflow",
  version: "1.2.3",
  wheel: {
    file: "tiny_tensorflow-1.2.3-py3-none-any.whl",
    bytes: tinyWheel.length,
    sha256: createHash("sha256").update(tinyWheel).digest("hex"),
    pythonVersion: "3.11",
    platform: "any",
  },
  members: {
    "tiny/libtensorflow_cc.so.2": "libtensorflow_cc.so.2",
    "tiny/libtensorflow_framework.so.2": "libtensorflow_framework.so.2",
    "tiny/include/c_api.h": "include/c_api.h",
  },
  unpackedBytes: 150_011,
  links: { "libtensorflow.so": "libtensorflow_cc.so.2" },
  probe: `
    const said = require("node:fs").readFileSync(process.argv[1], "utf8");
    if (said === "kills") process.kill(process.pid, "SIGBUS");
    if (said !== "${WORKING_ADDON}") throw new Error("the addon says " + said);
    console.log(JSON.stringify({ version: "tiny" }));`,
};

/** Files without compression; their check sums are zero and not looked at, since the whole wheel has a hash. */
function zip(members: Readonly<Record<string, string>>): Uint8Array {
  const short = (value: number): string => String.fromCharCode(value & 0xff, value >> 8);
  const long = (value: number): string => short(value & 0xffff) + short(value >>> 16);
  let [files, directory] = ["", ""];
  for (const [name, { length }] of Object.entries(members)) {
    const common = "\0".repeat(14) + long(length) + long(length) + short(name.length) + short(0);
    directory += `PK\x01\x02\0\0${common}${"\0".repeat(10)}${long(files.length)}${name}`;
    files += `PK\x03\x04${common}${name}${members[name]}`;
  }
  const count = short(Object.keys(members).length);
  const end = `PK\x05\x06${long(0)}${count}${count}${long(directory.length)}${long(files.length)}${short(0)}`;
  return Uint8Array.from(files + directory + end, (character) => character.charCodeAt(0));
}

/** A folder of its own for each test, with a `bin` that is the whole PATH and a cache that is not there yet. */
export interface Sandbox {
  readonly folder: string;
  readonly cache: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Puts a shell script on the PATH. */
  program(name: string, script: string): void;
  /** How often pip was asked to download. */
  downloads(): number;
}

/** To be called within a test, at whose end it is removed. */
export function sandboxForTest(): Sandbox {
  const sandbox = createSandbox();
  // A program that was killed may still be writing.
  onTestFinished(() => rmSync(sandbox.folder, { recursive: true, maxRetries: 5 }));
  return sandbox;
}

function createSandbox(): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), "dnc-setup-"));
  const bin = join(folder, "bin");
  const log = join(folder, "downloads.log");
  mkdirSync(bin);
  const program = (name: string, script: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\nexport PATH=/usr/bin:/bin\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  writeFileSync(join(folder, "wheel"), tinyWheel);
  program("python3", pip(`echo once >> ${log}; cp ${join(folder, "wheel")} "$target/${tiny.wheel.file}"`));
  program("g++", compiler(WORKING_ADDON));
  return {
    folder,
    cache: join(folder, "cache"),
    // The home is empty, so no configuration of the person's pip is read.
    environment: { PATH: bin, HOME: folder },
    program,
    downloads: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0),
  };
}

/** A pip that does `action` when it is to download; the shell variable `target` names the folder. */
export function pip(action: string): string {
  return `
    case "$*" in *--version) echo "pip 99.0 from nowhere"; exit 0;; esac
    while [ "$1" != --dest ]; do shift; done
    target="$2"
    ${action}`;
}

/** A compiler that writes `addon` where it should. */
export function compiler(addon: string): string {
  return `
    case "$*" in *--version) echo "fake g++ 1.0"; exit 0;; esac
    while [ "$1" != -o ]; do shift; done
    printf %s '${addon}' > "$2"`;
}

export interface Result {
  readonly installation: Installation | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export async function setUpTiny(sandbox: Sandbox, changes: Partial<SetupOptions> = {}): Promise<Result> {
  const { cache, environment } = sandbox;
  const reporter = collectDiagnostics();
  const options = { artifact: tiny, cache, environment, platform: linux, trustUnchanged: true };
  const installation = await setUp({ ...options, progress: noProgress, ...changes }, reporter);
  return { installation, diagnostics: reporter.diagnostics };
}

/** The installation, or a failed test with the diagnostics in its message. */
export async function installTiny(
  sandbox: Sandbox,
  changes: Partial<SetupOptions> = {},
): Promise<Installation> {
  const { installation, diagnostics } = await setUpTiny(sandbox, changes);
  if (installation === undefined) throw new Error(JSON.stringify(diagnostics));
  return installation;
}

/** All files under a folder, or none where there is no folder. */
export function filesUnder(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted() : [];
}
