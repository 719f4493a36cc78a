/** The per-user cache: where things lie, and who may change them. One installation serves all checkouts. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { homedir, hostname } from "node:os";
import { join, resolve } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** `$DNC_CACHE_DIR`, else the XDG cache folder. */
export function cacheFolder(environment: Environment): string {
  const own = environment["DNC_CACHE_DIR"];
  if (own) return resolve(own);
  // The XDG specification says to ignore a relative path.
  const xdg = environment["XDG_CACHE_HOME"];
  if (xdg?.startsWith("/")) return join(xdg, "dnc");
  return join(environment["HOME"] || homedir(), ".cache", "dnc");
}

const DAY = 24 * 60 * 60 * 1000;

export interface Staging {
  readonly folder: string;
  remove(): void;
}

/**
 * A new, empty folder for unfinished work, for the holder of the lock; it is removed when the process ends.
 * What killed runs left is removed too: all that carries our scope, because its owner would hold the lock,
 * and what another machine or container with the same cache has not touched for a day.
 */
export function createStaging(cache: string): Staging {
  const parent = join(cache, "staging");
  mkdirSync(parent, { recursive: true });
  // The lock is seen by all processes of one network namespace.
  const scope = `${hostname()}.${statSync("/proc/self/ns/net").ino}.`;
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (name.startsWith(scope) || Date.now() - changed > DAY) removeFolder(path);
  }
  const folder = mkdtempSync(join(parent, scope));
  const removeAtExit = (): void => removeFolder(folder);
  process.once("exit", removeAtExit);
  return {
    folder,
    remove: () => {
      process.off("exit", removeAtExit);
      removeFolder(folder);
    },
  };
}

/** Tries again for a while: a compiler or pip that lost its parent may still be writing. */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

export interface Lock {
  release(): Promise<void>;
}

/**
 * Waits until no other process of this host changes the cache.
 * The lock is a listening socket in Linux's abstract namespace: the kernel frees it when its owner dies, however
 * it dies, so there is no stale lock to take over, and whoever waits is woken by the end of its connection.
 */
export async function lockCache(cache: string, onWait: () => void): Promise<Lock> {
  const identity = createHash("sha256").update(realpathSync(cache)).digest("hex").slice(0, 32);
  const address = `\0dnc-${identity}`;
  let told = false;
  for (;;) {
    const lock = await listen(address);
    if (lock !== undefined) return lock;
    if (!told) onWait();
    told = true;
    await connectionEnds(address);
  }
}

/** `undefined` when another process listens there. */
function listen(address: string): Promise<Lock | undefined> {
  return new Promise((resolve, reject) => {
    const waiting = new Set<{ destroy(): void }>();
    const server = createServer((socket) => {
      waiting.add(socket);
      // A waiting process that dies resets its connection; that is no event for the owner.
      socket.on("error", () => waiting.delete(socket));
      socket.on("close", () => waiting.delete(socket));
      socket.unref();
    });
    server.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => {
      server.unref();
      resolve({
        release: () =>
          new Promise((released) => {
            server.close(() => released());
            for (const socket of waiting) socket.destroy();
          }),
      });
    });
  });
}

/** Settles when the owner of `address` is gone, or refuses us because it just went. */
function connectionEnds(address: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection(address);
    const end = (): void => {
      socket.destroy();
      resolve();
    };
    socket.on("error", end);
    socket.on("close", end);
    socket.resume();
  });
}
