/** The specs of published networks that come with the program. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** By the name of each model, the file that defines it, as seen from the working folder. */
export function shippedModels(): ReadonlyMap<string, string> {
  const folder = join(packageFolder(), "specs");
  const files = readdirSync(folder).filter((name) => name.endsWith(".dn"));
  return new Map(
    files.toSorted().flatMap((file) => {
      const path = join(folder, file);
      const models = readFileSync(path, "utf8").matchAll(/^model ([A-Za-z_]\w*)/gm);
      return [...models].map(([, name = ""]) => [name, relative(process.cwd(), path)] as const);
    }),
  );
}

/** Of this program, whether it was bundled or not. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
