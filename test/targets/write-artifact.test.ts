/** Artifacts appear whole or not at all, and never take the place of anything else. */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { InternalError } from "../../src/base/invariant.ts";
import { writeArtifact } from "../../src/runtime/artifact.ts";
import type { ArtifactFile } from "../../src/targets/target.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnc-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function fileOf(path: string, text: string): ArtifactFile {
  return { path, size: text.length, pieces: () => [...text].map((letter) => bytes(letter)) };
}

function artifactOf(text: string, ...paths: readonly string[]): readonly ArtifactFile[] {
  const description = JSON.stringify({ schema: "dnc/artifact-1", files: paths });
  return [...paths.map((path) => fileOf(path, text)), fileOf("dnc.json", description)];
}

/** The codes of what was reported, or nothing when the artifact was written. */
async function write(target: string, files: readonly ArtifactFile[]): Promise<readonly string[]> {
  const reporter = collectDiagnostics();
  const written = await writeArtifact(target, files, reporter);
  expect(written).toBe(reporter.diagnostics.length === 0);
  return reporter.diagnostics.map(({ code, message }) => `${code} ${message.replaceAll(folder, "")}`);
}

function entries(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" }).toSorted();
}

it("an artifact appears with all its files, its folders made as needed", async () => {
  const target = join(folder, "build", "model");
  expect(await write(target, artifactOf("weights", "saved_model.pb", "variables/data"))).toEqual([]);
  expect(entries(target)).toEqual(["dnc.json", "saved_model.pb", "variables", "variables/data"]);
  expect(readFileSync(join(target, "variables/data"), "utf8")).toBe("weights");
  expect(entries(join(folder, "build")).filter((path) => path.startsWith("."))).toEqual([]);
});

it("everybody may read it whom the person's umask allows", async () => {
  const [target, plain] = [join(folder, "model"), join(folder, "plain")];
  await write(target, artifactOf("weights", "saved_model.pb"));
  mkdirSync(plain);
  expect(statSync(target).mode).toBe(statSync(plain).mode);
});

it("an empty folder and an earlier artifact are replaced, with all that the earlier one had", async () => {
  const target = join(folder, "model");
  mkdirSync(target);
  expect(await write(target, artifactOf("old", "saved_model.pb", "variables/data"))).toEqual([]);
  expect(await write(target, artifactOf("new", "saved_model.pb"))).toEqual([]);
  expect(entries(folder)).toEqual(["model", "model/dnc.json", "model/saved_model.pb"]);
  expect(readFileSync(join(target, "saved_model.pb"), "utf8")).toBe("new");
});

it("a folder that holds anything else stays as it is", async () => {
  const target = join(folder, "model");
  const refused = async (path: string): Promise<void> => {
    const before = entries(target);
    const found = await write(target, artifactOf("new", "saved_model.pb"));
    expect(found).toEqual([`DN0903 \`/model\` holds \`${path}\`, which no compilation wrote`]);
    expect(entries(target)).toEqual(before);
    expect(entries(folder).filter((entry) => !entry.startsWith("model"))).toEqual([]);
  };
  mkdirSync(target);
  writeFileSync(join(target, "thesis.txt"), "");
  await refused("thesis.txt");
  rmSync(join(target, "thesis.txt"));
  writeFileSync(join(target, "dnc.json"), "{ not ours");
  await refused("dnc.json");
  writeFileSync(join(target, "dnc.json"), '{"schema":"other-1","files":["dnc.json"]}');
  await refused("dnc.json");
  rmSync(join(target, "dnc.json"));
  expect(await write(target, artifactOf("old", "saved_model.pb"))).toEqual([]);
  mkdirSync(join(target, "notes"));
  await refused("notes");
});

it("a file in the way is named", async () => {
  const target = join(folder, "model");
  writeFileSync(target, "a file");
  expect(await write(target, artifactOf("new", "saved_model.pb"))).toEqual([
    "DN0902 cannot write `/model`: it is a file",
  ]);
  expect(await write(join(target, "below"), artifactOf("new", "saved_model.pb"))).toEqual([
    "DN0902 cannot write `/model/below`: a file is in the way",
  ]);
  expect(readFileSync(target, "utf8")).toBe("a file");
});

it("when the disk is full the earlier artifact is still there, and nothing half-written", async () => {
  const target = join(folder, "model");
  await write(target, artifactOf("old", "saved_model.pb"));
  const full: ArtifactFile = {
    path: "saved_model.pb",
    size: 10,
    *pieces() {
      yield bytes("12345");
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), {
        code: "ENOSPC",
        syscall: "write",
      });
    },
  };
  expect(await write(target, [full])).toEqual(["DN0902 cannot write `/model`: no space left on the disk"]);
  expect(entries(folder)).toEqual(["model", "model/dnc.json", "model/saved_model.pb"]);
  expect(readFileSync(join(target, "saved_model.pb"), "utf8")).toBe("old");
});

it("a bug while weights are made is no fault of the disk, and leaves nothing either", async () => {
  const target = join(folder, "model");
  const wrong: ArtifactFile = { path: "saved_model.pb", size: 10, pieces: () => [bytes("12345")] };
  await expect(writeArtifact(target, [wrong], collectDiagnostics())).rejects.toThrow(InternalError);
  expect(entries(folder)).toEqual([]);
});

it("an interrupted process leaves nothing half-written", async () => {
  const script = `
    import { writeArtifact } from ${JSON.stringify(new URL("../../src/runtime/artifact.ts", import.meta.url))};
    process.on("SIGINT", () => process.exit(130));
    function* pieces() {
      for (let count = 0; ; count += 1) {
        if (count === 3) process.send("writing");
        yield new Uint8Array(1000);
      }
    }
    await writeArtifact(${JSON.stringify(join(folder, "model"))}, [{ path: "endless", size: 1, pieces }], { report() {} });
  `;
  const path = join(folder, "interrupted.mts");
  writeFileSync(path, script);
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), path], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const left = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("message", () => {
      expect(entries(folder).some((entry) => entry.endsWith("endless"))).toBe(true);
      child.kill("SIGINT");
    });
    child.once("exit", (code) => resolve({ code, entries: entries(folder) }));
  });
  expect(left).toEqual({ code: 130, entries: ["interrupted.mts"] });
  expect(existsSync(join(folder, "model"))).toBe(false);
});
