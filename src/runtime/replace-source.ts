/** Writes a changed spec in the place of the one that was read: at once, with the same permissions, or not at all. */
import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Reporter } from "../base/diagnostic.ts";
import { cannotWrite } from "./artifact.ts";
import { systemReasonOf } from "./system-reason.ts";

/** Whether the file has the text `after` now; if not, it was reported why. */
export function replaceSource(path: string, before: string, after: string, reporter: Reporter): boolean {
  try {
    // A link stays a link: what it points to is replaced.
    const target = realpathSync(path);
    const bytes = readFileSync(target);
    const found = bytes.toString();
    if (found === after) return true;
    // What could not be decoded would be lost.
    if (found !== before || !isUtf8(bytes)) {
      const reason = found === before ? "it is not in UTF-8" : "it has changed since it was read";
      reporter.report(cannotWrite.at({}, path, reason));
      return false;
    }
    const sibling = join(dirname(target), `.${basename(target)}-${randomBytes(4).toString("hex")}`);
    try {
      writeDurably(sibling, after, statSync(target).mode);
      renameSync(sibling, target);
    } finally {
      rmSync(sibling, { force: true });
    }
    return true;
  } catch (error) {
    const reason = systemReasonOf(error);
    if (reason === undefined) throw error;
    reporter.report(cannotWrite.at({}, path, reason));
    return false;
  }
}

/** Synchronous to the end, so that no signal is handled while the file is half-written. */
function writeDurably(path: string, text: string, mode: number): void {
  const descriptor = openSync(path, "wx", mode);
  try {
    // What `openSync` was asked for, the umask may have narrowed.
    fchmodSync(descriptor, mode);
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
