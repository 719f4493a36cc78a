/** Packages that are used where a person has installed them, beside dnc or in the folder that dnc is run in. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface OptionalPackage {
  readonly version: string;
  readonly folder: string;
  /** What the package exports. */
  load(): unknown;
}

/** `undefined` where it is not installed. */
export function findOptionalPackage(name: string): OptionalPackage | undefined {
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    const requireFrom = createRequire(from);
    const file = manifestOf(name, requireFrom);
    if (file === undefined) continue;
    const { version }: { version: string } = JSON.parse(readFileSync(file, "utf8"));
    return { version, folder: dirname(file), load: () => requireFrom(name) };
  }
  return undefined;
}

function manifestOf(name: string, requireFrom: NodeJS.Require): string | undefined {
  try {
    return requireFrom.resolve(`${name}/package.json`);
  } catch {
    // Not installed where this looks.
    return undefined;
  }
}
