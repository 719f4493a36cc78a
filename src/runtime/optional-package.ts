/** Packages that are used where a person has installed them, beside dnc or in the folder that dnc is run in. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { findPackage } from "./setup/platform.ts";

export interface OptionalPackage {
  readonly folder: string;
  readonly version: string;
  /** What the package exports. */
  load(): unknown;
}

/** `undefined` where it is not installed. */
export function findOptionalPackage(name: string): OptionalPackage | undefined {
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    const found = findPackage(name, from);
    if (found !== undefined) return { ...found, load: () => createRequire(from)(name) };
  }
  return undefined;
}
