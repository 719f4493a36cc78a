/** The npm packages that the native library is built from, and what is told where one of them is not there. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findNativePackages } from "../../src/runtime/setup/platform.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** A module in a folder with these packages installed. */
function moduleBeside(...names: readonly string[]): string {
  const folder = temporaryFolder();
  for (const name of names) {
    const path = join(folder, "node_modules", name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "package.json"), JSON.stringify({ name, version: "1.2.3" }));
  }
  return join(folder, "module.js");
}

it("says which package is missing, and how to install it (DN0805)", () => {
  const help = ["run `npm ci --ignore-scripts` in dnc's folder"];
  expect(findNativePackages(moduleBeside("node-api-headers"))).toMatchObject({
    code: "DN0805",
    message: "the npm package @tensorflow/tfjs-node is not installed",
    help,
  });
  expect(findNativePackages(moduleBeside("@tensorflow/tfjs-node"))).toMatchObject({
    code: "DN0805",
    message: "the npm package node-api-headers is not installed",
    help,
  });
});

it("finds the packages that a module can import", () => {
  const from = moduleBeside("@tensorflow/tfjs-node", "node-api-headers");
  const folder = join(from, "..", "node_modules");
  expect(findNativePackages(from)).toEqual({
    tfjsNode: { folder: join(folder, "@tensorflow/tfjs-node"), version: "1.2.3" },
    nodeApiHeaders: { folder: join(folder, "node-api-headers"), version: "1.2.3" },
  });
});
