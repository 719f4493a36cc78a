/** Where the native library can run at all, and the npm packages that it needs. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { type Diagnostic, type DiagnosticKind, defineDiagnostic } from "../../base/diagnostic.ts";

export const platformUnsupported: DiagnosticKind<[platform: string, architecture: string]> = defineDiagnostic(
  {
    code: "DN0803",
    message: (platform, architecture) => `no native library can be set up on ${platform} ${architecture}`,
    explain: {
      title: "platform-unsupported",
      text: "Models run natively on Linux on x64 processors. Everything that does not run a model (`check`, `report`, `compile`, `fmt` …) works everywhere.",
    },
  },
);

export const libcUnsupported: DiagnosticKind = defineDiagnostic({
  code: "DN0804",
  message: () => "the native library needs the GNU C library, and this system has another one",
  explain: {
    title: "libc-unsupported",
    text: "TensorFlow is published for Linux systems with glibc. Alpine and a few others use musl, with which it cannot be loaded.",
  },
});

export const packageMissing: DiagnosticKind<[name: string]> = defineDiagnostic({
  code: "DN0805",
  message: (name) => `the npm package ${name} is not installed`,
  explain: {
    title: "package-missing",
    text: "The native library is called through the addon of `@tensorflow/tfjs-node`, whose C++ sources come with the npm package and are compiled during set-up.",
  },
});

export interface Platform {
  readonly system: string;
  readonly architecture: string;
  /** Undefined where there is none, as with musl. */
  readonly glibc: string | undefined;
}

export function thisPlatform(): Platform {
  return { system: process.platform, architecture: process.arch, glibc: glibcVersion() };
}

interface ProcessReport {
  excludeNetwork?: boolean;
  getReport(): { readonly header?: { readonly glibcVersionRuntime?: string } };
}

function glibcVersion(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const report = process.report as ProcessReport;
  // By default it looks up the names of all network interfaces, which may take seconds.
  report.excludeNetwork = true;
  return report.getReport().header?.glibcVersionRuntime;
}

/** Why the library cannot run here, if it cannot. */
export function platformFault(platform: Platform): Diagnostic | undefined {
  const { system, architecture, glibc } = platform;
  if (system !== "linux" || architecture !== "x64") {
    const help =
      system === "win32"
        ? "run dnc in WSL 2 on an x64 processor"
        : "run dnc on Linux x64, for example in a container";
    return platformUnsupported.at({ help: [help] }, system, architecture);
  }
  if (glibc === undefined) {
    return libcUnsupported.at({
      help: ["use a system with glibc, for example the image `node:20` instead of `node:20-alpine`"],
    });
  }
  return undefined;
}

export interface NpmPackage {
  readonly folder: string;
  readonly version: string;
}

export interface NativePackages {
  readonly tfjsNode: NpmPackage;
  readonly nodeApiHeaders: NpmPackage;
}

/** The package that a module of this path or URL can import; `undefined` where there is none that can be read. */
export function findPackage(name: string, from: string): NpmPackage | undefined {
  try {
    const file = createRequire(from).resolve(`${name}/package.json`);
    const { version }: { version: string } = JSON.parse(readFileSync(file, "utf8"));
    return { folder: dirname(file), version };
  } catch {
    // Not installed; the caller says so.
    return undefined;
  }
}

/** The packages that a module of this path or URL can import, or which one is missing. */
export function findNativePackages(from: string = import.meta.url): NativePackages | Diagnostic {
  const [tfjsNode, nodeApiHeaders] = ["@tensorflow/tfjs-node", "node-api-headers"].map((name) =>
    findPackage(name, from),
  );
  const missing = (name: string): Diagnostic =>
    packageMissing.at({ help: ["run `npm ci --ignore-scripts` in dnc's folder"] }, name);
  if (tfjsNode === undefined) return missing("@tensorflow/tfjs-node");
  if (nodeApiHeaders === undefined) return missing("node-api-headers");
  return { tfjsNode, nodeApiHeaders };
}
