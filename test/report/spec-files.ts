/** Reads specs for tests: those of `specs/`, and texts that import from it. A spec with a mistake throws. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ElaborateResult, elaborate } from "../../src/compile.ts";
import { dimensions } from "../../src/ir/shape.ts";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { parseInputSizes, parseSetting } from "../../src/semantics/bindings.ts";
import type { Bindings } from "../../src/semantics/external.ts";
import type { Loader } from "../../src/semantics/module.ts";

export const SPECS: string = fileURLToPath(new URL("../../specs", import.meta.url));

export const load: Loader = (request, importer) => {
  const path = join(dirname(importer.path), request);
  return existsSync(path) ? { path, text: readFileSync(path, "utf8") } : undefined;
};

/** What `--set` and `--input` say. */
export interface Given {
  readonly set?: readonly string[];
  readonly input?: string;
}

function bindingsOf({ set = [], input }: Given): Bindings {
  const reporter = {
    report: ({ message }: { readonly message: string }) => {
      throw new Error(message);
    },
  };
  const settings = set.map((text) => parseSetting(text, reporter));
  return {
    parameters: new Map(settings.flatMap((setting) => (setting === undefined ? [] : [setting]))),
    inputs: (input === undefined ? undefined : parseInputSizes(input, reporter)) ?? new Map(),
  };
}

export interface SpecTarget extends Given {
  /** A file of `specs/`, or the text of a file that could stand there. */
  readonly file?: string;
  readonly text?: string;
  readonly model?: string;
}

export function elaborateTarget({ file, text, model, ...given }: SpecTarget): ElaborateResult {
  const path = join(SPECS, file ?? "inline.dn");
  return elaborate(
    { path, text: text ?? readFileSync(path, "utf8") },
    { load, bindings: bindingsOf(given), ...(model === undefined ? {} : { model }) },
  );
}

/** The graph of a spec without errors. */
export function graphOf(target: SpecTarget): CheckedGraph {
  const { graph, diagnostics } = elaborateTarget(target);
  const [problem] = diagnostics.filter(({ severity }) => severity === "error");
  if (problem !== undefined) throw new Error(`${problem.code}: ${problem.message}`);
  if (graph === undefined) throw new Error("the spec has no graph");
  return graph;
}

/** The sizes of inputs or outputs, channels first. */
export function shapesAt(ports: CheckedGraph["inputs"], graph: CheckedGraph): readonly (readonly number[])[] {
  return ports.map(({ node }) => {
    const shape = graph.nodes[node]?.shape;
    return shape === undefined ? [] : dimensions(shape);
  });
}
