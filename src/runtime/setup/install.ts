/**
 * Provides the native library: download, unpack, compile, probe; then one rename makes it live.
 * Whatever interrupts it, the cache holds a whole installation or none, and the next run goes on from there.
 */
import { existsSync, linkSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Reporter, silent } from "../../base/diagnostic.ts";
import { withByteUnit } from "../../base/text.ts";
import { ADDON, type Compiler, compileAddon, findCompiler } from "./addon.ts";
import type { Artifact } from "./artifact.ts";
import { createStaging, type Environment, lockCache, removeFolder } from "./cache.ts";
import { downloadsFolder, downloadWheel } from "./download.ts";
import { fileSystemFault, lackOfSpace } from "./environment-faults.ts";
import {
  describeFile,
  examine,
  faultOf,
  type InstalledFile,
  readManifest,
  writeManifest,
} from "./manifest.ts";
import { findNativePackages, type NativePackages, type Platform, platformFault } from "./platform.ts";
import { probe } from "./probe.ts";
import type { Progress } from "./progress.ts";
import { unpack } from "./unpack.ts";

export interface SetupOptions {
  readonly artifact: Artifact;
  readonly cache: string;
  readonly environment: Environment;
  readonly platform: Platform;
  /** Trust what is installed when sizes and times are right, instead of comparing contents and computing. */
  readonly trustUnchanged: boolean;
  readonly progress: Progress;
}

export interface Installation {
  readonly folder: string;
  readonly addon: string;
  readonly bytes: number;
  /** Whether it was there already, and whole. */
  readonly wasPresent: boolean;
}

/** Where an installation lies. All that decides what is in it is in the name, so versions live side by side. */
export function installationFolder(cache: string, artifact: Artifact, packages: NativePackages): string {
  const parts = [artifact.project, artifact.version, "tfjs-node", packages.tfjsNode.version, "napi-v8"];
  return join(cache, "native", [...parts, process.platform, process.arch].join("-"));
}

/** Undefined when it could not be provided, and why has been reported. */
export async function setUp(options: SetupOptions, reporter: Reporter): Promise<Installation | undefined> {
  const { cache, environment, platform } = options;
  const fault = platformFault(platform);
  if (fault !== undefined) {
    reporter.report(fault);
    return undefined;
  }
  const packages = findNativePackages();
  if ("code" in packages) {
    reporter.report(packages);
    return undefined;
  }
  const folder = installationFolder(cache, options.artifact, packages);
  const present = await findPresent(folder, options);
  if (present !== undefined) return present;

  const compiler = await findCompiler(environment);
  if ("code" in compiler) {
    reporter.report(compiler);
    return undefined;
  }
  try {
    mkdirSync(cache, { recursive: true });
    const lock = await lockCache(cache, () => options.progress.step("waiting for another `dnc setup`"));
    try {
      // Another process may have done the work while this one waited.
      const done = await findPresent(folder, options);
      if (done !== undefined) return done;
      const staging = createStaging(cache);
      try {
        return await installInto(
          folder,
          { ...options, packages, compiler, staging: staging.folder },
          reporter,
        );
      } finally {
        staging.remove();
      }
    } finally {
      await lock.release();
    }
  } catch (error) {
    const diagnostic = fileSystemFault(error, cache);
    if (diagnostic === undefined) throw error;
    reporter.report(diagnostic);
    return undefined;
  }
}

async function findPresent(folder: string, options: SetupOptions): Promise<Installation | undefined> {
  const { artifact, environment, trustUnchanged } = options;
  if (!trustUnchanged && existsSync(folder)) options.progress.step("checking what is installed");
  const health = examine(folder, { full: !trustUnchanged });
  if (health.state !== "intact") return undefined;
  const addon = join(folder, ADDON);
  if (!trustUnchanged) {
    const result = await probe({ artifact, addon, environment }, silent);
    if (result === undefined) return undefined;
  }
  return { folder, addon, bytes: totalBytes(health.manifest.files), wasPresent: true };
}

interface InstallContext extends SetupOptions {
  readonly packages: NativePackages;
  readonly compiler: Compiler;
  readonly staging: string;
}

async function installInto(
  folder: string,
  ctx: InstallContext,
  reporter: Reporter,
): Promise<Installation | undefined> {
  const { artifact, cache, environment, progress, staging } = ctx;
  const fresh = join(staging, "installation");
  mkdirSync(fresh);
  const files = await provideFiles(folder, fresh, ctx, reporter);
  if (files === undefined) return undefined;
  for (const [name, target] of Object.entries(artifact.links)) symlinkSync(target, join(fresh, name));

  progress.step("compiling the addon");
  const log = join(cache, "compilation.log");
  if (!(await compileAddon({ ...ctx, folder: fresh, log }, reporter))) return undefined;
  progress.step("trying it out");
  const addon = describeFile(fresh, ADDON);
  const works = await probe({ artifact, addon: join(fresh, ADDON), environment }, reporter);
  if (addon === undefined || works === undefined) return undefined;

  const { project, version, wheel, links } = artifact;
  const all = [...files, addon];
  writeManifest(fresh, { project, version, wheelSha256: wheel.sha256, files: all, links });
  mkdirSync(dirname(folder), { recursive: true });
  if (existsSync(folder)) renameSync(folder, join(staging, "replaced"));
  renameSync(fresh, folder);
  removeFolder(downloadsFolder(cache));
  return { folder, addon: join(folder, ADDON), bytes: totalBytes(all), wasPresent: false };
}

/** While the wheel is unpacked, it lies there too. */
export function spaceNeeded(artifact: Artifact): number {
  return artifact.wheel.bytes + artifact.unpackedBytes;
}

function totalBytes(files: readonly InstalledFile[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}

/** What is still good of a damaged installation is kept; only the rest comes from the wheel. */
async function provideFiles(
  damaged: string,
  fresh: string,
  ctx: InstallContext,
  reporter: Reporter,
): Promise<readonly InstalledFile[] | undefined> {
  const { artifact, cache, progress } = ctx;
  const hashes = new Map(reuseFiles(damaged, fresh, artifact));
  const missing = new Map(Object.entries(artifact.members).filter(([, path]) => !hashes.has(path)));
  if (missing.size > 0) {
    const shortage = lackOfSpace(cache, spaceNeeded(artifact));
    if (shortage !== undefined) {
      reporter.report(shortage);
      return undefined;
    }
    const wheel = await downloadWheel(ctx, reporter);
    if (wheel === undefined) return undefined;
    progress.step(`unpacking the library (${withByteUnit(artifact.unpackedBytes)})`);
    const onBytes = (done: number): void => progress.advance(done, artifact.unpackedBytes);
    const unpacked = await unpack({ wheel, members: missing, folder: fresh, onBytes });
    for (const [path, sha256] of unpacked) hashes.set(path, sha256);
  }
  const files = [...hashes].map(([path, sha256]) => describeFile(fresh, path, sha256));
  return files.filter((file) => file !== undefined);
}

/** Links the members that are whole into the new installation; from their paths to their hashes. */
function reuseFiles(damaged: string, fresh: string, artifact: Artifact): ReadonlyMap<string, string> {
  const reused = new Map<string, string>();
  const manifest = readManifest(damaged);
  if (manifest?.wheelSha256 !== artifact.wheel.sha256) return reused;
  const members = new Set(Object.values(artifact.members));
  for (const file of manifest.files) {
    if (!members.has(file.path) || faultOf(damaged, file, { full: true }) !== undefined) continue;
    mkdirSync(dirname(join(fresh, file.path)), { recursive: true });
    try {
      linkSync(join(damaged, file.path), join(fresh, file.path));
      reused.set(file.path, file.sha256);
    } catch {
      // Not every disk has hard links, nor may every file be linked: then it comes from the wheel.
    }
  }
  return reused;
}
