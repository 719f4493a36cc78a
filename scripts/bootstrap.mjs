/**
 * Makes a fresh checkout ready: the npm packages, the built program and, where it is needed, the native library.
 * Each step is skipped when nothing has changed, and may be interrupted at any time. Needs nothing but Node and npm.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { constants } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** As in `engines` of package.json. */
const OLDEST_NODE = [20, 12];

export async function bootstrap(options) {
  checkNode();
  // Relative to where the person is, whatever folder the programs run in.
  const { DNC_CACHE_DIR } = process.env;
  if (DNC_CACHE_DIR) process.env.DNC_CACHE_DIR = resolve(callerFolder(), DNC_CACHE_DIR);
  if (!packagesAreCurrent()) await installPackages();
  if (!buildIsCurrent()) {
    say("building dnc");
    const { build } = await import("./build.mjs");
    // esbuild has printed its errors by the time it rejects.
    await build().catch(() => fail("dnc does not build", 1));
  }
  if (options.library) await provideLibrary();
}

/** Where the person is: npm runs its scripts in the folder of the package. */
export function callerFolder() {
  const { npm_lifecycle_event: script, INIT_CWD: folder } = process.env;
  return script !== undefined && folder !== undefined && existsSync(folder) ? folder : process.cwd();
}

/** Runs a program that may be interrupted together with this one; gives its exit code, as a shell would. */
export function run(command, options = {}) {
  const [program, ...args] = command;
  // npm and a terminal both pass an interruption on to the child: this process waits for it to clean up.
  let isInterrupted = false;
  const wait = () => {
    isInterrupted = true;
  };
  process.on("SIGINT", wait);
  const pass = (signal) => child.kill(signal);
  process.on("SIGTERM", pass);
  const child = spawn(program, args, { cwd: root, stdio: "inherit", ...options });
  return new Promise((ended, failed) => {
    child.on("error", failed);
    child.on("exit", (code, signal) => {
      process.off("SIGINT", wait);
      process.off("SIGTERM", pass);
      ended(isInterrupted ? 130 : (code ?? 128 + constants.signals[signal]));
    });
  });
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(message, code = 4) {
  say(`error: ${message}`);
  process.exit(code);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const isRecent = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (!isRecent)
    fail(`dnc needs Node ${OLDEST_NODE.join(".")} or later, and this is ${process.versions.node}`);
}

/** Compares what npm says it has installed with the lock file: an interrupted installation leaves no such word. */
function packagesAreCurrent() {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const { packages: installed } = readJson(installedFile);
  const { packages: wanted } = readJson(join(root, "package-lock.json"));
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === "") return true;
    // Binaries for other systems are in the lock file, but not here.
    if (installed[path] === undefined) return optional === true;
    return installed[path].version === version && existsSync(join(root, path));
  });
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

async function installPackages() {
  say("installing the npm packages");
  // Install scripts would fetch another build of the native library, from where it often cannot be had.
  const args = ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  // What npm prints is no result: it goes to stderr.
  const code = await run([...npmCommand(), ...args], {
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (code === 130) process.exit(130);
  if (code !== 0)
    fail("the npm packages could not be installed: mend what npm says above, and run this again");
}

function npmCommand() {
  const own = process.env.npm_execpath;
  return own !== undefined && basename(own) === "npm-cli.js" ? [process.execPath, own] : ["npm"];
}

function buildIsCurrent() {
  const built = statSync(join(root, "dist", "dnc.mjs"), { throwIfNoEntry: false });
  if (built === undefined) return false;
  const sources = [
    "package.json",
    "package-lock.json",
    "scripts/build.mjs",
    "scripts/launch.mjs",
    "src",
    "grammar",
  ];
  return sources.every((name) => newestChange(join(root, name)) < built.mtimeMs);
}

/** A folder changes when a file in it appears or goes. */
function newestChange(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

async function provideLibrary() {
  const command = [process.execPath, join(root, "bin", "dnc.js"), "setup", "--if-needed"];
  const code = await run(command, { stdio: ["ignore", "ignore", "inherit"] });
  if (code !== 0) process.exit(code);
}
