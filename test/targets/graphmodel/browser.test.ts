/** Graph models in a real browser, where one is installed: fetched from a server, and run by tfjs there. */
import { createReadStream, existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join, normalize } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectDiagnostics } from "../../../src/base/diagnostic.ts";
import { compile } from "../../../src/compile.ts";
import { interpret } from "../../../src/ops/interpret.ts";
import { writeArtifact } from "../../../src/runtime/artifact.ts";
import { hashFill, hashInput } from "../../../src/weights/hash.ts";
import { findBrowser, openPage, type Page } from "../../browser.ts";
import { graphOf } from "../../report/spec-files.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const browser = findBrowser();
if (browser === undefined)
  console.info("not run: graph models in a browser (no Chromium or Chrome is installed)");

const packages = dirname(
  dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-core/package.json")),
);

const SCRIPTS = [
  "tfjs-core/dist/tf-core.min.js",
  "tfjs-backend-cpu/dist/tf-backend-cpu.min.js",
  "tfjs-converter/dist/tf-converter.min.js",
  "tfjs-backend-wasm/dist/tf-backend-wasm.min.js",
];

const PAGE = `<!doctype html><title>dnc</title>${SCRIPTS.map((path) => `<script src="/tfjs/${path}"></script>`).join("")}`;

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
};

/** What a page does with a model: the outputs, in the order of the signature. */
const RUN = `async (backend, input, shape) => {
  tf.wasm.setWasmPaths("/tfjs/tfjs-backend-wasm/dist/");
  await tf.setBackend(backend);
  const model = await tf.loadGraphModel("/model/model.json");
  const output = model.predict({ x: tf.tensor(input, shape) });
  return { backend: tf.getBackend(), shape: output.shape, data: [...await output.data()] };
}`;

describe.skipIf(browser === undefined)("in a browser", () => {
  let page: Page;
  let server: Server;
  let artifact = "";
  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = normalize(new URL(request.url ?? "/", "http://dnc").pathname);
      const [, root, rest = ""] = /^\/(tfjs|model)\/(.*)$/.exec(path) ?? [];
      const file = join(root === "tfjs" ? packages : artifact, rest);
      if (path === "/") response.setHeader("content-type", "text/html").end(PAGE);
      else if (root === undefined || !existsSync(file)) response.writeHead(404).end();
      else {
        response.setHeader("content-type", TYPES[file.split(".").at(-1) ?? ""] ?? "application/octet-stream");
        createReadStream(file).pipe(response);
      }
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    page = await openPage(browser ?? "");
  });
  afterAll(async () => {
    await page.close();
    server.close();
  });

  it.each([
    ["wasm", undefined, 1e-5],
    ["cpu", undefined, 1e-5],
    ["wasm", "float16", 1e-2],
    ["wasm", "uint8", 1e-1],
  ] as const)(
    "tfjs on %s computes what the loops compute, with weights of %s",
    async (backend, quantization, tolerance) => {
      const graph = graphOf({ file: "densenet-cifar.dn", model: "densenet_bc_l16_k12", input: "x=3x19x19" });
      const reporter = collectDiagnostics();
      artifact = join(temporaryFolder(), "model");
      const options = { target: "graphmodel", weights: { kind: "hash" }, version: "0" } as const;
      const { files = [] } = compile(
        graph,
        quantization === undefined ? options : { ...options, quantization },
        reporter,
      );
      await writeArtifact(artifact, files, reporter);
      expect(reporter.diagnostics).toEqual([]);

      const input = hashInput({ channels: 3, sizes: [19, 19] }, 2);
      const expected = [...(interpret(graph, hashFill(graph), { x: input }).get("logits")?.data ?? [])];
      const address = server.address() as AddressInfo;
      await page.open(`http://127.0.0.1:${address.port}/`);
      const channelsLast = Array.from({ length: 2 * 19 * 19 * 3 }, (_, index) => {
        const [channel, position] = [index % 3, Math.floor(index / 3)];
        const [sample, place] = [Math.floor(position / 361), position % 361];
        return input.data[(sample * 3 + channel) * 361 + place];
      });
      const call = `(${RUN})("${backend}", ${JSON.stringify(channelsLast)}, [2, 19, 19, 3])`;
      const result = (await page.evaluate(call)) as { shape: number[]; data: number[]; backend: string };
      expect(result).toMatchObject({ backend, shape: [2, 10] });
      const largest = Math.max(...expected.map(Math.abs));
      const errors = expected.map((value, index) => Math.abs(value - (result.data[index] ?? Number.NaN)));
      expect(Math.max(...errors) / largest).toBeLessThan(tolerance);
    },
  );
});
