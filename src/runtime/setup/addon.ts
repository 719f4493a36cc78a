/** Compiles the addon of tfjs-node against the unpacked library. Needs a C++ compiler, but neither node-gyp nor Node's headers. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Diagnostic,
  type DiagnosticKind,
  defineDiagnostic,
  type Reporter,
} from "../../base/diagnostic.ts";
import type { Environment } from "./cache.ts";
import { diskFullAt } from "./environment-faults.ts";
import type { NativePackages } from "./platform.ts";
import { lastLines, runProgram } from "./processes.ts";

export const compilerMissing: DiagnosticKind<[tried: string]> = defineDiagnostic({
  code: "DN0806",
  message: (tried) => `no C++ compiler was found (tried ${tried})`,
  explain: {
    title: "compiler-missing",
    text: "Two small C++ files connect Node to TensorFlow; they are compiled once, on this machine. `$CXX` is used when it is set, else `g++`, `c++` or `clang++`.",
  },
});

export const compilationFailed: DiagnosticKind = defineDiagnostic({
  code: "DN0807",
  message: () => "the addon does not compile",
  explain: {
    title: "compilation-failed",
    text: "The C++ compiler refused the sources that connect Node to TensorFlow, most often because it is too old for C++17 or has no standard library.",
  },
});

export const ADDON = "tfjs_binding.node";

export interface Compiler {
  /** `$CXX` may hold arguments: `ccache g++`. */
  readonly command: readonly string[];
  /** The first line of what it says about itself. */
  readonly version: string;
}

export async function findCompiler(environment: Environment): Promise<Compiler | Diagnostic> {
  const chosen = environment["CXX"]?.trim();
  const candidates = chosen ? [chosen.split(/\s+/)] : [["g++"], ["c++"], ["clang++"]];
  for (const command of candidates) {
    const { code, stdout } = await runProgram([...command, "--version"], { environment });
    if (code === 0) return { command, version: stdout.split("\n")[0] ?? "" };
  }
  const help = chosen
    ? "set CXX to a C++ compiler, or unset it, and run `dnc setup`"
    : "install one (on Debian and Ubuntu: `apt-get install g++`) and run `dnc setup`";
  return compilerMissing.at({ help: [help] }, candidates.map((command) => command.join(" ")).join(", "));
}

export interface AddonContext {
  readonly compiler: Compiler;
  readonly packages: NativePackages;
  /** Holds the library and its headers, and gets the addon. */
  readonly folder: string;
  /** For the compiler's temporary files. */
  readonly staging: string;
  /** Where the compiler's output is kept when it fails. */
  readonly log: string;
  readonly environment: Environment;
}

/** Whether there is an addon now; if not, why has been reported. */
export async function compileAddon(ctx: AddonContext, reporter: Reporter): Promise<boolean> {
  const { tfjsNode, nodeApiHeaders } = ctx.packages;
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) =>
    join(tfjsNode.folder, "binding", name),
  );
  const includes = [join(nodeApiHeaders.folder, "include"), join(ctx.folder, "include"), tfjsNode.folder];
  const command = [
    ...ctx.compiler.command,
    ..."-O2 -std=c++17 -fPIC -shared -DNAPI_VERSION=8".split(" "),
    ...includes.flatMap((folder) => ["-I", folder]),
    ...sources,
    ...["-o", join(ctx.folder, ADDON), "-L", ctx.folder],
    // The library before its framework: the other way round symbols stay unresolved.
    ...["-ltensorflow", "-ltensorflow_framework", "-Wl,-rpath,$ORIGIN"],
  ];
  const environment = { ...ctx.environment, TMPDIR: ctx.staging, LC_ALL: "C" };
  const { code, stderr, stdout } = await runProgram(command, { environment });
  if (code === 0) return true;
  const output = stdout + stderr;
  if (/No space left on device/.test(output)) {
    reporter.report(diskFullAt(ctx.folder));
    return false;
  }
  writeFileSync(ctx.log, `${command.join(" ")}\n\n${output}`);
  const notes = [`${ctx.compiler.version} says:\n${lastLines(output, 8)}`];
  const help = [
    `read ${ctx.log}, and set CXX to a compiler that knows C++17 before you run \`dnc setup\` again`,
  ];
  reporter.report(compilationFailed.at({ notes, help }));
  return false;
}
