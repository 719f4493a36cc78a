/** What the operating system said, in the words of people. */

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the quota is used up",
  EEXIST: "a file is in the way",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "there is no such file",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "a file is in the way",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
};

/** Undefined when the error does not come from the operating system. */
export function systemReasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error && "syscall" in error && "code" in error)) return undefined;
  const code = String(error.code);
  return REASONS[code] ?? code;
}
