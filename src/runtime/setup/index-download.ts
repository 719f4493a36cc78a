/** Downloads the wheel over HTTPS from a package index (PEP 503 and 691), for machines without a usable pip. */
import { createWriteStream, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Environment } from "./cache.ts";
import type { Download, DownloadContext } from "./download.ts";

const PUBLIC_INDEX = "https://pypi.org/simple";

interface IndexSettings {
  readonly url: string;
  /** The person forbade the use of any index. */
  readonly isForbidden: boolean;
}

/** As pip has it: the environment, else the configuration files. */
function indexSettings(environment: Environment): IndexSettings {
  const home = environment["HOME"] ?? homedir();
  const files = [
    environment["PIP_CONFIG_FILE"],
    join(environment["XDG_CONFIG_HOME"] ?? join(home, ".config"), "pip", "pip.conf"),
    join(home, ".pip", "pip.conf"),
    "/etc/pip.conf",
  ];
  const configuration = files.map((file) => (file ? readIfThere(file) : "")).join("\n");
  const setting = (name: string): string | undefined =>
    environment[`PIP_${name.toUpperCase().replace("-", "_")}`] ??
    new RegExp(`^\\s*${name}\\s*[=:]\\s*(\\S+)`, "m").exec(configuration)?.[1];
  return {
    url: setting("index-url") ?? PUBLIC_INDEX,
    isForbidden: /^(1|true|yes|on)$/i.test(setting("no-index") ?? ""),
  };
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Most machines have none of these files.
    return "";
  }
}

export async function downloadFromIndex(ctx: DownloadContext): Promise<Download> {
  const { project, version, wheel } = ctx.artifact;
  const { url, isForbidden } = indexSettings(ctx.environment);
  if (isForbidden)
    return { kind: "unusable", reason: "pip's settings forbid the use of an index (no-index)" };
  const shown = url.replace(/\/\/[^/@]*@/, "//");
  try {
    const page = await get(`${url.replace(/\/$/, "")}/${project}/`);
    if (page.status === 404) return { kind: "unknown-version", reason: `${shown} has no project ${project}` };
    if (!page.ok) return { kind: "unreachable", reason: `${shown} answers with status ${page.status}` };
    const link = linkTo(wheel.file, await page.text());
    if (link === undefined)
      return { kind: "unknown-version", reason: `${shown} has no ${project} ${version}` };
    const response = await get(new URL(link, page.url).href);
    if (!response.ok || response.body === null) {
      return {
        kind: "unreachable",
        reason: `${wheel.file}: ${shown} answers with status ${response.status}`,
      };
    }
    const file = join(ctx.staging, wheel.file);
    let done = 0;
    const meter = new Transform({
      transform(chunk: Uint8Array, _encoding, next) {
        done += chunk.length;
        ctx.progress.advance(done, wheel.bytes);
        next(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), meter, createWriteStream(file));
    return { kind: "file", path: file };
  } catch (error) {
    const { code, message, cause } = error as NodeJS.ErrnoException & { cause?: Error };
    // Errors of the disk carry a code; those of the network are hidden in the cause.
    if (code?.startsWith("E") && cause === undefined) throw error;
    return { kind: "unreachable", reason: `${shown}: ${cause?.message || message}` };
  }
}

/** The address behind a file's name, in either of the two forms that an index may answer with. */
function linkTo(file: string, page: string): string | undefined {
  if (page.trimStart().startsWith("{")) {
    const { files }: { files: readonly { filename: string; url: string }[] } = JSON.parse(page);
    return files.find(({ filename }) => filename === file)?.url;
  }
  for (const [, link = "", text] of page.matchAll(/<a\s[^>]*href="([^"]*)"[^>]*>\s*([^<]*?)\s*<\/a>/g)) {
    if (text === file) return link.replaceAll("&amp;", "&");
  }
  return undefined;
}

/** A name and password in the address go into a header, because `fetch` accepts no such address. */
function get(address: string): Promise<Response> {
  const url = new URL(address);
  const headers: Record<string, string> = { accept: "application/vnd.pypi.simple.v1+json, text/html;q=0.5" };
  if (url.username !== "") {
    const secret = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers["authorization"] = `Basic ${Buffer.from(secret).toString("base64")}`;
    [url.username, url.password] = ["", ""];
  }
  return fetch(url, { headers });
}
