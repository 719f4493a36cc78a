/** Examines everything that a native run needs, without changing anything. */
import { accessSync, constants, existsSync, lstatSync, readdirSync, readFileSync, statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { collectDiagnostics, type Diagnostic } from "../../base/diagnostic.ts";
import { count, withByteUnit } from "../../base/text.ts";
import { ADDON, findCompiler } from "./addon.ts";
import type { Artifact } from "./artifact.ts";
import type { Environment } from "./cache.ts";
import { installationFolder, spaceNeeded } from "./install.ts";
import { examine, type Health } from "./manifest.ts";
import { findPip } from "./pip-download.ts";
import { findNativePackages, type Platform, platformFault } from "./platform.ts";
import { probe } from "./probe.ts";

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** The one thing to do when it is not ok. */
  readonly fix: string | null;
}

export interface DoctorOptions {
  readonly artifact: Artifact;
  readonly cache: string;
  readonly environment: Environment;
  readonly platform: Platform;
}

const SET_UP = "run `dnc setup`";

/** In the order in which they are to be mended. */
export async function examineSystem(options: DoctorOptions): Promise<readonly Check[]> {
  const { artifact, cache, environment, platform } = options;
  const packages = findNativePackages();
  const folder = "code" in packages ? undefined : installationFolder(cache, artifact, packages);
  const health: Health = folder === undefined ? { state: "missing" } : examine(folder, { full: true });
  const isIntact = health.state === "intact";
  return [
    checkNode(),
    checkPlatform(platform),
    checkProcessor(),
    passed("threads", threads(environment)),
    "code" in packages
      ? failed("package", packages.message, packages)
      : passed("package", `@tensorflow/tfjs-node ${packages.tfjsNode.version}`),
    // What is only needed to install is no fault once the library is there.
    await checkCompiler(environment, isIntact),
    await checkPip(environment),
    checkCache(cache, isIntact),
    checkSpace(cache, isIntact ? 0 : spaceNeeded(artifact)),
    checkLibrary(artifact, health),
    checkAddon(health),
    await checkComputation(options, isIntact && folder !== undefined ? join(folder, ADDON) : undefined),
  ];
}

function passed(name: string, detail: string): Check {
  return { name, ok: true, detail, fix: null };
}

function failed(name: string, detail: string, fix: string | Diagnostic): Check {
  return { name, ok: false, detail, fix: typeof fix === "string" ? fix : (fix.help?.[0] ?? SET_UP) };
}

/** The oldest release that has all that dnc uses, as in `engines` of package.json. */
const OLDEST_NODE = [20, 12] as const;

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isRecent = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const version = process.versions.node;
  return isRecent ? passed("node", version) : failed("node", version, "install Node 20.12 or later");
}

function checkPlatform(platform: Platform): Check {
  const { system, architecture, glibc } = platform;
  const fault = platformFault(platform);
  if (fault !== undefined) return failed("platform", fault.message, fault);
  return passed("platform", `${system} ${architecture}, glibc ${glibc}`);
}

function checkProcessor(): Check {
  const information = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  const field = (name: string): string =>
    new RegExp(`^${name}\\s*: (.*)$`, "m").exec(information)?.[1] ?? "unknown";
  const flags = new Set(field("flags").split(" "));
  const features = ["avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16"].filter((name) =>
    flags.has(name),
  );
  const detail = `${field("model name")}: ${features.join(" ") || "no vector instructions known"}`;
  return flags.has("avx")
    ? passed("processor", detail)
    : failed("processor", detail, "use a machine whose processor has AVX");
}

function threads({ TF_NUM_INTRAOP_THREADS, TF_NUM_INTEROP_THREADS }: Environment): string {
  const settings = [
    TF_NUM_INTRAOP_THREADS && `TF_NUM_INTRAOP_THREADS=${TF_NUM_INTRAOP_THREADS}`,
    TF_NUM_INTEROP_THREADS && `TF_NUM_INTEROP_THREADS=${TF_NUM_INTEROP_THREADS}`,
  ].filter(Boolean);
  return [count(availableParallelism(), "core"), ...settings].join(", ");
}

async function checkCompiler(environment: Environment, isInstalled: boolean): Promise<Check> {
  const compiler = await findCompiler(environment);
  if (!("code" in compiler)) return passed("compiler", compiler.version);
  return isInstalled
    ? passed("compiler", "none, and none is needed any more")
    : failed("compiler", compiler.message, compiler);
}

async function checkPip(environment: Environment): Promise<Check> {
  const pip = await findPip(environment);
  if (pip === undefined) return passed("pip", "none: the package index is asked directly");
  return passed("pip", `${pip.version} (${pip.command.join(" ")})`);
}

function checkCache(cache: string, isInstalled: boolean): Check {
  const detail = `${cache}, ${withByteUnit(folderBytes(cache))}`;
  if (isInstalled || isWritable(nearestExisting(cache))) return passed("cache", detail);
  return failed("cache", `${detail}, not writable`, "set DNC_CACHE_DIR to a folder that you may write to");
}

function checkSpace(cache: string, needed: number): Check {
  const { bavail, bsize } = statfsSync(nearestExisting(cache));
  const free = withByteUnit(bavail * bsize);
  if (bavail * bsize >= needed) return passed("space", `${free} free`);
  return failed(
    "space",
    `${free} free, ${withByteUnit(needed)} needed`,
    "free some space, or set DNC_CACHE_DIR to a folder on a larger disk",
  );
}

function checkLibrary(artifact: Artifact, health: Health): Check {
  const name = `${artifact.project} ${artifact.version}`;
  if (health.state === "missing") return failed("library", `${name} is not installed`, SET_UP);
  if (health.state === "damaged" && health.path !== ADDON) return failed("library", health.reason, SET_UP);
  return passed("library", `${name}, contents compared with what was installed`);
}

function checkAddon(health: Health): Check {
  if (health.state === "intact") return passed("addon", ADDON);
  if (health.state === "missing") return failed("addon", "not installed", SET_UP);
  return failed("addon", health.path === ADDON ? health.reason : "not examined", SET_UP);
}

async function checkComputation(options: DoctorOptions, addon: string | undefined): Promise<Check> {
  if (addon === undefined) return failed("computation", "not tried", SET_UP);
  const { artifact, environment } = options;
  const problems = collectDiagnostics();
  const result = await probe({ artifact, addon, environment }, problems);
  if (result !== undefined)
    return passed("computation", `TensorFlow ${result.version} computes a convolution exactly`);
  return failed("computation", problems.diagnostics.map(({ message }) => message).join(), SET_UP);
}

function nearestExisting(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestExisting(dirname(path));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return lstatSync(folder).isDirectory();
  } catch {
    return false;
  }
}

function folderBytes(folder: string): number {
  if (!existsSync(folder)) return 0;
  const sizes = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => {
    const stat = lstatSync(join(folder, name), { throwIfNoEntry: false });
    return stat?.isFile() ? stat.size : 0;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}
