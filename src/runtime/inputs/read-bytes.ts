/** Reads a file that others made: whole, but never more than fits. */
import { readFileSync, statSync } from "node:fs";
import type { Reporter } from "../../base/diagnostic.ts";
import { systemReasonOf } from "../system-reason.ts";
import { inputTooLarge, unreadable } from "./problems.ts";

/** Undefined when it is not there, must not be read, or is too large; which has been reported. */
export function readBytes(
  path: string,
  options: { readonly limit: number },
  reporter: Reporter,
): Uint8Array | undefined {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) {
      reporter.report(unreadable(path, stat.isDirectory() ? "it is a folder" : "it is no ordinary file"));
      return undefined;
    }
    if (stat.size > options.limit) {
      reporter.report(inputTooLarge.at({}, path, stat.size, options.limit));
      return undefined;
    }
    const { buffer, byteOffset, byteLength } = readFileSync(path);
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    const reason = systemReasonOf(error);
    if (reason === undefined) throw error;
    reporter.report(unreadable(path, reason));
    return undefined;
  }
}
