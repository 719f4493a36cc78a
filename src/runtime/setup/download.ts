/** Fetches the pinned wheel: through pip, which honors the person's index, proxy and certificates, else over HTTPS. */
import { statSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../../base/diagnostic.ts";
import { withByteUnit } from "../../base/text.ts";
import type { Artifact } from "./artifact.ts";
import type { Environment } from "./cache.ts";
import { diskFullAt } from "./environment-faults.ts";
import { downloadFromIndex } from "./index-download.ts";
import { sha256Of } from "./manifest.ts";
import { downloadWithPip } from "./pip-download.ts";
import type { Progress } from "./progress.ts";

export const indexUnreachable: DiagnosticKind<[project: string]> = defineDiagnostic({
  code: "DN0810",
  message: (project) => `cannot reach a package index to download ${project}`,
  explain: {
    title: "index-unreachable",
    text: "TensorFlow's library is taken from its Python package. dnc asks `pip` for it, with the index, the proxy and the certificates that pip is configured with; where that fails it asks the same index over HTTPS itself.",
  },
});

export const versionUnknown: DiagnosticKind<[project: string, version: string]> = defineDiagnostic({
  code: "DN0811",
  message: (project, version) => `the package index has no ${project} ${version}`,
  explain: {
    title: "version-unknown",
    text: "The index that pip is configured with answers, but does not hold the version that dnc is pinned to. Indexes that mirror only some packages do this.",
  },
});

export const wheelMismatch: DiagnosticKind<[file: string]> = defineDiagnostic({
  code: "DN0812",
  message: (file) => `${file} is not the file that dnc expects`,
  explain: {
    title: "wheel-mismatch",
    text: "The SHA-256 of TensorFlow's package is part of dnc's source. A file with another one was cut or changed on its way, and is thrown away before anything of it is used.",
  },
});

/** A file, which may be anything, or why there is none. `unusable`: this way of downloading cannot be tried. */
export type Download =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "disk-full" | "unreachable" | "unknown-version" | "unusable"; readonly reason: string };

export interface DownloadContext {
  readonly artifact: Artifact;
  readonly cache: string;
  /** For everything unfinished. */
  readonly staging: string;
  readonly environment: Environment;
  readonly progress: Progress;
}

/** Holds whole, verified wheels only: what survives an interruption. */
export function downloadsFolder(cache: string): string {
  return join(cache, "downloads");
}

/** The path of the wheel, verified; one that an interrupted run has left is used again. */
export async function downloadWheel(ctx: DownloadContext, reporter: Reporter): Promise<string | undefined> {
  const { wheel, project, version } = ctx.artifact;
  const downloads = downloadsFolder(ctx.cache);
  const kept = join(downloads, wheel.file);
  if (statSync(kept, { throwIfNoEntry: false })?.size === wheel.bytes && sha256Of(kept) === wheel.sha256)
    return kept;

  ctx.progress.step(`downloading ${project} ${version} (${withByteUnit(wheel.bytes)})`);
  const file = await fetchWheel(ctx, reporter);
  if (file === undefined) return undefined;
  ctx.progress.step("verifying the download");
  const sha256 = sha256Of(file);
  if (sha256 !== wheel.sha256) {
    const notes = [
      `its SHA-256 should be ${wheel.sha256}`,
      `but is ${sha256} (${withByteUnit(statSync(file).size)})`,
    ];
    reporter.report(wheelMismatch.at({ notes, help: ["run `dnc setup` to download it again"] }, wheel.file));
    return undefined;
  }
  await mkdir(downloads, { recursive: true });
  await rename(file, kept);
  return kept;
}

/** The path of a file that may be anything. */
async function fetchWheel(ctx: DownloadContext, reporter: Reporter): Promise<string | undefined> {
  const viaPip = await downloadWithPip(ctx);
  if (viaPip.kind === "file") return viaPip.path;
  if (viaPip.kind === "disk-full") {
    reporter.report(diskFullAt(ctx.cache, [viaPip.reason]));
    return undefined;
  }
  const direct = await downloadFromIndex(ctx);
  if (direct.kind === "file") return direct.path;

  // What pip says of the index counts: it is pip that the person has configured.
  const kind = viaPip.kind === "unusable" ? direct.kind : viaPip.kind;
  const notes = [viaPip.reason, direct.reason];
  const { project, version } = ctx.artifact;
  reporter.report(
    kind === "unknown-version"
      ? versionUnknown.at(
          { notes, help: ["set PIP_INDEX_URL to an index that has it, and run `dnc setup`"] },
          project,
          version,
        )
      : indexUnreachable.at(
          {
            notes,
            help: [
              "check the network, or set PIP_INDEX_URL to an index that you can reach, and run `dnc setup`",
            ],
          },
          project,
        ),
  );
  return undefined;
}
