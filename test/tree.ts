/** The files of the project as the house rules read them: paths from the root, texts, and places in them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("..", import.meta.url));

export interface TreeFile {
  /** With `/`, from the root: `src/base/text.ts`. */
  readonly path: string;
  readonly text: string;
}

/** Made by the project, or by others. */
const NOT_OURS = new Set(["node_modules", "dist", "build", ".git", "venv", "__pycache__"]);

/** The paths of all files below a folder, sorted. */
export function pathsBelow(folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? pathsBelow(path) : [path];
    })
    .sort();
}

export function readText(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

export function filesBelow(folders: readonly string[], endings: RegExp): readonly TreeFile[] {
  return folders
    .flatMap(pathsBelow)
    .filter((path) => endings.test(path))
    .map((path) => ({ path, text: readText(path) }));
}

/** The text with every comment and the content of every string blanked out, line by line where it was. */
export function codeOnly(text: string): string {
  const pieces = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;
  return text.replace(pieces, (piece) => piece.replace(/[^\n"']/g, " "));
}

/** `src/base/text.ts:12: what is wrong`, for each match. */
export function complaints(
  { path, text }: TreeFile,
  pattern: RegExp,
  say: (match: RegExpMatchArray) => string | undefined,
): readonly string[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const complaint = say(match);
    return complaint === undefined ? [] : [`${path}:${lineAt(text, match.index)}: ${complaint}`];
  });
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
