/** What goes wrong with disks, whoever writes: told the same way everywhere. */
import { statfsSync } from "node:fs";
import { type Diagnostic, type DiagnosticKind, defineDiagnostic } from "../../base/diagnostic.ts";
import { withByteUnit } from "../../base/text.ts";

export const diskFull: DiagnosticKind<[folder: string]> = defineDiagnostic({
  code: "DN0808",
  message: (folder) => `there is not enough space in ${folder}`,
  explain: {
    title: "disk-full",
    text: "The native library is downloaded and unpacked in dnc's cache folder, and must find room there. Nothing is left behind when it does not: the next `dnc setup` starts afresh.",
  },
});

export const cacheNotWritable: DiagnosticKind<[folder: string]> = defineDiagnostic({
  code: "DN0809",
  message: (folder) => `cannot write to the cache folder ${folder}`,
  explain: {
    title: "cache-not-writable",
    text: "The native library is kept in a folder of the person's own: `$DNC_CACHE_DIR`, else `$XDG_CACHE_HOME/dnc`, else `~/.cache/dnc`. To be set up it must be writable; to be used, readable is enough.",
  },
});

const FULL = new Set(["ENOSPC", "EDQUOT"]);
const FORBIDDEN = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);

export function diskFullAt(folder: string, notes: readonly string[] = []): Diagnostic {
  return diskFull.at(
    {
      notes,
      help: ["free some space, or set DNC_CACHE_DIR to a folder on a larger disk, and run `dnc setup`"],
    },
    folder,
  );
}

/** Undefined when there is room; the size of the free space is unknown on some network disks, which is no fault. */
export function lackOfSpace(folder: string, needed: number): Diagnostic | undefined {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= needed) return undefined;
  return diskFullAt(folder, [`${withByteUnit(needed)} are needed, ${withByteUnit(free)} are free`]);
}

/** An error of the file system as a diagnostic, or undefined when it is of no such kind. */
export function fileSystemFault(error: unknown, folder: string): Diagnostic | undefined {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined) return undefined;
  if (FULL.has(code)) return diskFullAt(folder);
  // Making a folder and its parents on a read-only disk, Node says that there is no such folder.
  if (!FORBIDDEN.has(code) && syscall !== "mkdir") return undefined;
  return cacheNotWritable.at(
    { notes: [message], help: ["set DNC_CACHE_DIR to a folder that you may write to, and run `dnc setup`"] },
    folder,
  );
}
