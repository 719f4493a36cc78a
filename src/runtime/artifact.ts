/** Writes an artifact: the whole folder appears at once or not at all, whatever happens meanwhile. */
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Diagnostic, type DiagnosticKind, defineDiagnostic, type Reporter } from "../base/diagnostic.ts";
import { invariant } from "../base/invariant.ts";
import { quoted } from "../base/text.ts";
import { DESCRIPTION_FILE } from "../targets/artifact.ts";
import type { ArtifactFile } from "../targets/target.ts";
import { systemReasonOf } from "./system-reason.ts";

export const cannotWrite: DiagnosticKind<[path: string, reason: string]> = defineDiagnostic({
  code: "DN0902",
  message: (path, reason) => `cannot write ${quoted(path)}: ${reason}`,
  explain: {
    title: "cannot-write",
    text: "The file system refused to hold what was to be written. Nothing half-written is left behind, and what stood there before still does.",
  },
});

export const notAnArtifact: DiagnosticKind<[path: string, found: string]> = defineDiagnostic({
  code: "DN0903",
  message: (path, found) => `${quoted(path)} holds ${quoted(found)}, which no compilation wrote`,
  explain: {
    title: "not-an-artifact",
    text: "An artifact is a whole folder, and replacing it removes what was in it. So `dnc compile` replaces only an empty folder, or one that holds an earlier artifact and nothing else.",
  },
});

/** Whether the artifact was written; if not, it was reported why. */
export async function writeArtifact(
  directory: string,
  files: readonly ArtifactFile[],
  reporter: Reporter,
): Promise<boolean> {
  const target = resolve(directory);
  const sibling = join(dirname(target), `.${basename(target)}-${randomBytes(4).toString("hex")}`);
  const clean = (): void => {
    if (existsSync(sibling)) rmSync(sibling, { recursive: true });
  };
  process.once("exit", clean);
  try {
    const obstacle = obstacleAt(target, directory);
    if (obstacle !== undefined) {
      reporter.report(obstacle);
      return false;
    }
    await mkdir(sibling, { recursive: true });
    for (const file of files) await writeFile(sibling, file);
    await synchronize(sibling);
    replaceFolder(target, sibling);
    await synchronize(dirname(target));
    return true;
  } catch (error) {
    const reason = systemReasonOf(error);
    if (reason === undefined) throw error;
    reporter.report(cannotWrite.at({ help: ["name another folder with `-o`"] }, directory, reason));
    return false;
  } finally {
    process.removeListener("exit", clean);
    clean();
  }
}

/** What forbids to put an artifact at `target`, if anything does. */
function obstacleAt(target: string, directory: string): Diagnostic | undefined {
  const stat = statSync(target, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isDirectory()) return cannotWrite.at({}, directory, "it is a file");
  const found = readdirSync(target, { recursive: true, encoding: "utf8" });
  const ours = found.includes(DESCRIPTION_FILE) ? filesOfArtifact(target) : [];
  const stranger = found.find((path) => !ours.some((own) => own === path || own.startsWith(`${path}/`)));
  if (stranger === undefined) return undefined;
  return notAnArtifact.at(
    { help: ["name another folder with `-o`, or move the file away"] },
    directory,
    stranger,
  );
}

/** The files that an artifact says are its own; none when this is no artifact. */
function filesOfArtifact(folder: string): readonly string[] {
  try {
    const description: unknown = JSON.parse(readFileSync(join(folder, DESCRIPTION_FILE), "utf8"));
    if (typeof description !== "object" || description === null) return [];
    const { schema, files } = description as Readonly<Record<string, unknown>>;
    if (typeof schema !== "string" || !schema.startsWith("dnc/artifact-") || !Array.isArray(files)) return [];
    return [DESCRIPTION_FILE, ...files.map(String)];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

async function writeFile(folder: string, file: ArtifactFile): Promise<void> {
  const path = join(folder, file.path);
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, "wx");
  try {
    let size = 0;
    for (const piece of file.pieces()) {
      await writeWhole(handle, piece);
      size += piece.length;
    }
    invariant(size === file.size, `${file.path} has ${size} bytes, not ${file.size}`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeWhole(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length; ) at += (await handle.write(piece, at)).bytesWritten;
}

/** Makes the entries of a folder durable; some systems cannot, and then nobody can. */
async function synchronize(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    if (!["EINVAL", "EPERM", "EISDIR", "ENOTSUP"].includes(errorCode(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}

/** Without a pause in which a signal could be handled: the old folder is there, or the new one. */
function replaceFolder(target: string, fresh: string): void {
  if (!existsSync(target)) {
    renameSync(fresh, target);
    return;
  }
  const previous = `${fresh}.old`;
  renameSync(target, previous);
  try {
    renameSync(fresh, target);
  } catch (error) {
    renameSync(previous, target);
    throw error;
  }
  rmSync(previous, { recursive: true });
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
