/** The per-user cache: where things lie, and who may change them. One installation serves all checkouts. */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, realpath, rm, stat } from "node:fs/promises";
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

/** Where unfinished work lies: nothing in it is ever used by another run. */
export function stagingFolder(cache: string): string {
  return join(cache, "staging");
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * A new, empty folder for unfinished work, for the holder of the lock.
 * What dead runs left is removed: every folder of this host, because their owners would hold the lock,
 * and those that another host (a container with the same cache) has not touched for a day.
 */
export async function createStaging(cache: string): Promise<string> {
  const staging = stagingFolder(cache);
  await mkdir(staging, { recursive: true });
  for (const name of await readdir(staging)) {
    const path = join(staging, name);
    const isOurs = name.startsWith(`${hostname()}.`);
    const age = Date.now() - (await stat(path)).mtimeMs;
    if (isOurs || age > DAY) await removeFolder(path);
  }
  const folder = join(staging, `${hostname()}.${process.pid}.${randomBytes(4).toString("hex")}`);
  await mkdir(folder);
  return folder;
}

/** Tries again for a while: a compiler or pip that lost its parent may still be writing. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

export interface Lock {
  release(): Promise<void>;
}

/**
 * Waits until no other process of this host changes the cache.
 * The lock is a listening socket in Linux's abstract namespace: the kernel frees it when its owner dies, however
 * it dies, so there is no stale lock to take over, and whoever waits is woken by the end of its connection.
 */
export async function lockCache(cache: string, signal: AbortSignal, onWait: () => void): Promise<Lock> {
  const identity = `${process.getuid?.() ?? ""} ${await realpath(cache)}`;
  const address = `\0dnc-${createHash("sha256").update(identity).digest("hex").slice(0, 32)}`;
  let told = false;
  for (;;) {
    signal.throwIfAborted();
    const lock = await listen(address);
    if (lock !== undefined) return lock;
    if (!told) onWait();
    told = true;
    await connectionEnds(address, signal);
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
function connectionEnds(address: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection(address);
    const end = (): void => {
      signal.removeEventListener("abort", end);
      socket.destroy();
      resolve();
    };
    signal.addEventListener("abort", end);
    socket.on("error", end);
    socket.on("close", end);
    socket.resume();
  });
}
