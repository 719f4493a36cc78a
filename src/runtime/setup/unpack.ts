/** Takes a few members out of a wheel, which is a zip archive, without holding any of them in memory. */
import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";
import { invariant } from "../../base/invariant.ts";

export interface UnpackOptions {
  readonly wheel: string;
  /** From a member's path in the wheel to its path under `folder`. */
  readonly members: ReadonlyMap<string, string>;
  readonly folder: string;
  readonly onBytes: (doneBytes: number) => void;
}

/** From the path of each file under `folder` to the SHA-256 of its content. */
export async function unpack(options: UnpackOptions): Promise<ReadonlyMap<string, string>> {
  const { members, folder } = options;
  const hashes = new Map<string, string>();
  let done = 0;
  const archive = await openPromise(options.wheel, { autoClose: false });
  try {
    for await (const entry of archive.eachEntry()) {
      const path = members.get(entry.fileName);
      if (path === undefined) continue;
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      const hash = createHash("sha256");
      const meter = new Transform({
        transform(chunk: Uint8Array, _encoding, next) {
          hash.update(chunk);
          done += chunk.length;
          options.onBytes(done);
          next(null, chunk);
        },
      });
      await pipeline(await archive.openReadStreamPromise(entry), meter, createWriteStream(file));
      await flush(file);
      hashes.set(path, hash.digest("hex"));
    }
  } finally {
    archive.close();
  }
  for (const [member, path] of members)
    invariant(hashes.has(path), `the pinned wheel has no member ${member}`);
  return hashes;
}

/** Else a file could have its size but not its content after a power failure. */
async function flush(file: string): Promise<void> {
  const handle = await open(file, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
