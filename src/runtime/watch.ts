/** Waits for files to change, whoever writes them and however: in place, by renaming, or into a new folder. */
import { existsSync, type FSWatcher, realpathSync, watch } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Sources } from "./sources.ts";

/** Writers need a moment: many empty a file before they fill it. */
const SETTLE_MS = 50;

/** Resolves when a file that was read, or was looked for in vain, is not what it was; at once if so already. */
export function whenStale(sources: Sources): Promise<void> {
  return new Promise((done, fail) => {
    let watchers: readonly FSWatcher[] = [];
    let isWaking = false;
    const close = (): void => {
      for (const watcher of watchers) watcher.close();
      watchers = [];
    };
    // An event says that something happened in a folder; whether it matters, the files themselves say best.
    const wake = (): void => {
      if (!isWaking) setTimeout(look, SETTLE_MS);
      isWaking = true;
    };
    const look = (): void => {
      isWaking = false;
      close();
      try {
        // Watching anew finds folders that came and went; looking after it misses nothing in between.
        watchers = foldersOf(sources.paths()).map((folder) => watch(folder, wake).on("error", wake));
        if (!sources.isStale()) return;
        close();
        done();
      } catch (error) {
        close();
        fail(error);
      }
    };
    look();
  });
}

/**
 * Editors put a new file in the place of the old one, so folders are watched rather than files. Where a folder is not
 * there yet, the nearest one above it tells of its coming.
 */
function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = paths.flatMap((path) => {
    let folder = dirname(resolve(path));
    while (!existsSync(folder)) folder = dirname(folder);
    return existsSync(path) ? [folder, dirname(realpathSync(path))] : [folder];
  });
  return [...new Set(folders)];
}
