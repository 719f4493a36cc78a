/** Downloads the wheel with pip, which honors the person's index, proxy and certificates. */
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./cache.ts";
import type { Download, DownloadContext } from "./download.ts";
import { lastLines, runProgram } from "./processes.ts";

export interface Pip {
  readonly command: readonly string[];
  readonly version: string;
}

/** The first way of calling pip that works. */
export async function findPip(environment: Environment): Promise<Pip | undefined> {
  for (const command of [["python3", "-m", "pip"], ["pip3"], ["pip"]]) {
    const { code, stdout } = await runProgram([...command, "--version"], { environment });
    const version = /^pip (\S+)/.exec(stdout)?.[1];
    if (code === 0 && version !== undefined) return { command, version };
  }
  return undefined;
}

export async function downloadWithPip(ctx: DownloadContext): Promise<Download> {
  const pip = await findPip(ctx.environment);
  if (pip === undefined) return { kind: "unusable", reason: "pip was not found" };
  const { project, version, wheel } = ctx.artifact;
  const [target, temporary] = [join(ctx.staging, "wheel"), join(ctx.staging, "pip")];
  mkdirSync(target);
  mkdirSync(temporary);
  const command = [
    ...pip.command,
    ..."download --no-deps --only-binary=:all: --no-cache-dir --no-input --progress-bar off".split(" "),
    ...["--python-version", wheel.pythonVersion, "--platform", wheel.platform, "--dest", target],
    `${project}==${version}`,
  ];
  const watch = setInterval(() => ctx.progress.advance(largestFile(ctx.staging), wheel.bytes), 200);
  try {
    // pip downloads to the temporary folder first: there is room in ours, perhaps not in the system's.
    const environment = { ...ctx.environment, TMPDIR: temporary };
    const { code, stdout, stderr } = await runProgram(command, { environment });
    if (code !== 0) return pipFault(stdout + stderr);
    const file = join(target, wheel.file);
    if (statSync(file, { throwIfNoEntry: false }) !== undefined) return { kind: "file", path: file };
    return {
      kind: "unknown-version",
      reason: `pip found ${readdirSync(target).join(", ")} instead of ${wheel.file}`,
    };
  } finally {
    clearInterval(watch);
  }
}

/** pip says that no version matches both when the index lacks it and when the index cannot be reached. */
function pipFault(output: string): Download {
  const isFull = /^.*(No space left on device|Errno 28|Disk quota exceeded).*$/im.exec(output);
  if (isFull !== null) return { kind: "disk-full", reason: `pip: ${isFull[0].replace(/^ERROR: /, "")}` };
  const error = /^ERROR: (?!Exception:)(.*)$/m.exec(output)?.[1] ?? lastLines(output, 1);
  const reason = `pip: ${error}`;
  if (/Retrying \(Retry|ConnectionError|ReadTimeout|SSLError|ProxyError|Could not fetch URL/i.test(output)) {
    return { kind: "unreachable", reason };
  }
  const isUnknown = /\(from versions: |No matching distribution found/.test(output);
  return { kind: isUnknown ? "unknown-version" : "unusable", reason };
}

/** pip shows no progress that a program can read, but its files grow. */
function largestFile(folder: string): number {
  const sizes = readdirSync(folder, { recursive: true, encoding: "utf8" }).map(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return Math.max(0, ...sizes);
}
