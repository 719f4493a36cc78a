/**
 * What an installation consists of, and whether it still does.
 * A library cut short can kill its process with SIGBUS and no output, or load and compute: it must be found before.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { withSeparators } from "../../base/text.ts";

const MANIFEST = "manifest.json";
const SCHEMA = "dnc/native-1";

export interface InstalledFile {
  /** Relative to the installation. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Inode and times as they were when the hash was last seen to be right. */
  readonly stamp: string;
}

export interface Manifest {
  readonly schema: typeof SCHEMA;
  readonly project: string;
  readonly version: string;
  readonly wheelSha256: string;
  readonly files: readonly InstalledFile[];
  /** Symbolic links: they hold no content, but must lead to a file. */
  readonly links: Readonly<Record<string, string>>;
}

export type Health =
  | { readonly state: "intact"; readonly manifest: Manifest }
  | { readonly state: "missing" }
  /** The reason says what is wrong with the file. */
  | { readonly state: "damaged"; readonly path: string; readonly reason: string };

/** Undefined when there is no such file. */
function stampOf(path: string): { readonly bytes: number; readonly stamp: string } | undefined {
  // A path below something that is no folder makes `statSync` throw.
  const stat = existsSync(path) ? statSync(path, { bigint: true, throwIfNoEntry: false }) : undefined;
  if (!stat?.isFile()) return undefined;
  // Nobody can set the time of change, so an edit that restores the time of modification is seen too.
  return { bytes: Number(stat.size), stamp: `${stat.ino} ${stat.mtimeNs} ${stat.ctimeNs}` };
}

export function sha256Of(path: string): string {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(1 << 22);
  const descriptor = openSync(path, "r");
  try {
    for (;;) {
      const length = readSync(descriptor, buffer);
      if (length === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, length));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** A file as it is now, or undefined when there is none. Whoever knows the hash spares its computation. */
export function describeFile(folder: string, path: string, sha256?: string): InstalledFile | undefined {
  const file = join(folder, path);
  const now = stampOf(file);
  return now && { path, ...now, sha256: sha256 ?? sha256Of(file) };
}

export function writeManifest(folder: string, manifest: Omit<Manifest, "schema">): void {
  const temporary = join(folder, `${MANIFEST}.${randomBytes(4).toString("hex")}`);
  writeFileSync(temporary, `${JSON.stringify({ ...manifest, schema: SCHEMA }, null, 2)}\n`);
  renameSync(temporary, join(folder, MANIFEST));
}

/** Undefined when it is not as we write it. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    const value: Manifest = JSON.parse(readFileSync(join(folder, MANIFEST), "utf8"));
    const isWhole = value.schema === SCHEMA && value.files.length > 0 && typeof value.links === "object";
    return isWhole ? value : undefined;
  } catch {
    // Absent, unreadable or no JSON: in each case nothing says what should be here.
    return undefined;
  }
}

/** Whether this file is still what was installed; if not, why. */
export function faultOf(folder: string, file: InstalledFile, options: { full: boolean }): string | undefined {
  const now = stampOf(join(folder, file.path));
  if (now === undefined) return `${file.path} is missing`;
  if (now.bytes !== file.bytes) {
    return `${file.path} has ${withSeparators(now.bytes)} bytes instead of ${withSeparators(file.bytes)}`;
  }
  if (!options.full && now.stamp === file.stamp) return undefined;
  return sha256Of(join(folder, file.path)) === file.sha256
    ? undefined
    : `the content of ${file.path} is not what was installed`;
}

/**
 * Compares an installation with its manifest: sizes and times, and the content of files where those differ.
 * `full` always compares the content, which takes a second or two.
 */
export function examine(folder: string, options: { full: boolean }): Health {
  if (!existsSync(folder)) return { state: "missing" };
  const manifest = readManifest(folder);
  if (manifest === undefined) {
    return { state: "damaged", path: MANIFEST, reason: `${MANIFEST} is missing or unreadable` };
  }
  for (const [name, target] of Object.entries(manifest.links)) {
    if (linkTarget(join(folder, name)) !== target)
      return { state: "damaged", path: name, reason: `the link ${name} is broken` };
  }
  for (const file of manifest.files) {
    const reason = faultOf(folder, file, options);
    if (reason !== undefined) return { state: "damaged", path: file.path, reason };
  }
  recordStamps(folder, manifest);
  return { state: "intact", manifest };
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // Not there, or no link.
    return undefined;
  }
}

/** A copied cache has new inodes and times: once its content has been compared, the next check is quick again. */
function recordStamps(folder: string, manifest: Manifest): void {
  const files = manifest.files.map((file) => ({ ...file, ...stampOf(join(folder, file.path)) }));
  if (files.every((file, index) => file.stamp === manifest.files[index]?.stamp)) return;
  try {
    writeManifest(folder, { ...manifest, files });
  } catch {
    // A read-only cache is as good as any other; its content is then compared each time.
  }
}
