/** What tells one spec from another in an artifact. */
import { createHash } from "node:crypto";
import type { SourceFile } from "../base/source.ts";

/**
 * The SHA-256 of a spec in hexadecimal: of its files one behind the other, the main one first, the others as they are
 * asked for.
 */
export function specHash(files: readonly SourceFile[]): string {
  const hash = createHash("sha256");
  for (const { text } of files) hash.update(text);
  return hash.digest("hex");
}
