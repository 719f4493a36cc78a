/** The JSON documents of `dnc` as zod schemas: `schemas/*.json` is made of them, and tests hold real output to them. */
import { z } from "zod";
import type { DiffJson } from "../src/diff/json.ts";
import { PICTURE_FORMATS, PICTURE_LAYOUTS } from "../src/index.ts";
import type { GraphJson } from "../src/ir/json.ts";
import { artifact, compiled, run } from "./artifact-schemas.ts";
import { bench } from "./bench-schema.ts";
import { convention, report, sweep } from "./report-schemas.ts";
import { count, counts, ports, size, sizes, span, text } from "./schema-parts.ts";

const edit = z.strictObject({ span, text });
const frame = z.strictObject({
  kind: z.enum(["model", "block", "call", "repeat"]),
  name: text,
  definition: span,
  call: span.optional(),
  bindings: z.array(text),
  iteration: z.strictObject({ index: z.int().positive(), total: z.int().positive() }).optional(),
});
const diagnosticFields = {
  code: z.string().regex(/^DN\d{4}$/),
  severity: z.enum(["error", "warning", "hint"]),
  message: text,
  span: span.optional(),
  label: text.optional(),
  labels: z.array(z.strictObject({ span, text })),
  notes: z.array(text),
  help: z.array(text),
  fix: z
    .strictObject({
      title: text,
      applicability: z.enum(["machine-applicable", "maybe-incorrect", "has-placeholders"]),
      edits: z.array(edit),
    })
    .optional(),
  frames: z.array(frame).meta({ description: "The expansion, outermost first." }),
  iterations: z
    .strictObject({
      first: z.int(),
      failing: z.array(z.int()),
      unchecked: z.array(z.int()).optional(),
      total: z.int(),
    })
    .optional(),
  elsewhere: z
    .strictObject({
      occurrences: z
        .array(z.strictObject({ message: text, frames: z.array(frame) }))
        .meta({ description: "Some of those with other numbers." }),
      total: z.int().positive(),
    })
    .optional()
    .meta({ description: "The other calls and runs of loops that met the same mistake." }),
  sizes: z.array(text),
};

const diagnostic = z.strictObject({ schema: z.literal("dnc/diagnostic-1"), ...diagnosticFields });

const sizeSet = z.strictObject({
  modulus: z.int().positive(),
  residues: z.array(z.int().nonnegative()),
  min: z
    .int()
    .nullable()
    .meta({ description: "Sizes of these residues fit from here on; null where there are none." }),
  also: z.array(z.int()),
});
const constraints = z.array(z.strictObject({ symbol: text, valid: sizeSet, lossless: sizeSet.optional() }));
const portForm = z.strictObject({
  name: text.optional().meta({ description: "Of one input among several." }),
  channels: text,
  sizes: z
    .array(text)
    .meta({ description: "One an axis; of a form for several numbers of axes, one that holds for each." }),
});
const signature = z.strictObject({
  name: text,
  span: span.meta({ description: "Of the name where the block is defined." }),
  parameters: z.array(text).meta({ description: "As declared: k: int = 32." }),
  forms: z
    .array(
      z.strictObject({
        ranks: z.array(z.int().nonnegative()).meta({ description: "How many axes the input has." }),
        inputs: z.array(portForm),
        output: portForm,
        where: z.array(text),
        partial: z
          .boolean()
          .meta({ description: "Whether it fits only some of the parameters that `where` admits." }),
        printed: text.meta({ description: "[C @ S…] → [C + n·k @ S…]" }),
      }),
    )
    .meta({ description: "Empty where it is undecided." }),
  undecided: text.optional().meta({ description: "Why there is no signature." }),
});
const check = z.strictObject({
  schema: z.literal("dnc/check-1"),
  files: z.array(
    z.strictObject({
      path: text,
      models: z.array(
        z.union([
          z.strictObject({
            name: text,
            inputs: ports,
            outputs: ports,
            ...counts,
            constraints,
          }),
          z.strictObject({ name: text, constraints }).meta({ description: "A model of a file with errors." }),
        ]),
      ),
      signatures: z.array(signature).optional().meta({
        description: "With --signatures: one a block of the file, and one a block that it imports.",
      }),
      diagnostics: z.array(z.strictObject(diagnosticFields)),
    }),
  ),
});

const fmt = z.strictObject({
  schema: z.literal("dnc/fmt-1"),
  files: z.array(
    z.strictObject({
      path: text,
      changed: z
        .boolean()
        .meta({ description: "Whether it was rewritten; with --check, whether it would be." }),
      text: text.optional().meta({ description: "The canonical form of standard input." }),
      diagnostics: z.array(z.strictObject(diagnosticFields)),
    }),
  ),
});

const difference = z.union([z.int(), z.string().regex(/^-?[1-9]\d{15,}$/)]);
const delta = z.strictObject({ before: count, after: count, change: difference });
const amount = z.union([count, z.number().nonnegative(), z.null()]);
const anyDelta = z
  .strictObject({ before: amount, after: amount, change: z.union([difference, z.number(), z.null()]) })
  .meta({ description: "null: unlimited." });
const deltas = { params: delta, buffers: delta, macs: delta };
const comparedModel = z.strictObject({ model: text, inputs: ports, outputs: ports });
const comparedSide = z.strictObject({
  path: text.meta({ description: "Without the name of the model." }),
  op: text,
  described: text,
  in: z.array(sizes),
  out: sizes,
  span,
});
const comparedPair = { before: comparedSide, after: comparedSide };
const sections = z.array(
  z.strictObject({
    path: text,
    times: z.int().positive().meta({ description: "How many repetitions of a loop it is, or 1." }),
    ops: z.int().positive(),
    out: sizes,
    span,
    ...counts,
  }),
);
const diff: z.ZodType<DiffJson> = z.strictObject({
  schema: z.literal("dnc/diff-1"),
  before: comparedModel,
  after: comparedModel,
  convention: text.meta({ description: "What `macs` counts." }),
  totals: z.object(deltas).catchall(anyDelta).meta({
    description: "By the name of the quantity, as limits name it: peak, kept, traffic, rf, fvcore.",
  }),
  added: sections,
  removed: sections,
  changed: z
    .array(z.strictObject({ ...comparedPair, ...deltas }))
    .meta({ description: "Operations that do another thing to the same input." }),
  moved: z.array(z.strictObject(comparedPair)),
  following: z
    .int()
    .nonnegative()
    .meta({ description: "How many operations have other shapes only because their inputs have." }),
  divergence: z
    .strictObject({ ...comparedPair, cause: text })
    .exactOptional()
    .meta({ description: "The first operation whose result has another shape." }),
  parts: z
    .array(
      z.strictObject({
        path: text,
        ...deltas,
        live: delta.exactOptional(),
        receptiveField: anyDelta.exactOptional(),
      }),
    )
    .meta({ description: "The parts that cost another amount, each before those inside it." }),
});

const doctor = z.strictObject({
  schema: z.literal("dnc/doctor-1"),
  ok: z.boolean(),
  checks: z.array(z.strictObject({ name: text, ok: z.boolean(), detail: text, fix: text.nullable() })),
});

const ops = z.strictObject({
  schema: z.literal("dnc/ops-1"),
  stages: z.array(
    z.strictObject({
      name: text,
      group: z.enum([
        "units",
        "pooling",
        "norm",
        "activation",
        "regularise",
        "joins",
        "per channel",
        "shape",
      ]),
      summary: text,
      syntax: text.meta({ description: "What may be left out stands in brackets." }),
      arguments: z.array(
        z.strictObject({
          name: text,
          expects: text.meta({ description: "What it must be." }),
          required: z.literal(true).optional(),
          default: text.optional(),
          summary: text,
        }),
      ),
      examples: z.array(
        z.strictObject({ source: text, input: text, output: text, params: z.int().nonnegative() }),
      ),
    }),
  ),
});

const explain = z.strictObject({
  schema: z.literal("dnc/explain-1"),
  diagnostics: z.array(
    z.strictObject({
      code: diagnosticFields.code,
      severity: diagnosticFields.severity,
      title: text,
      text,
      wrong: text.optional(),
      right: text.optional(),
    }),
  ),
});

const graph: z.ZodType<GraphJson> = z.strictObject({
  schema: z.literal("dnc/ir-1"),
  model: text,
  inputs: z.array(z.strictObject({ name: text, node: text })),
  outputs: z.array(z.strictObject({ name: text, node: text })),
  nodes: z.array(
    z.strictObject({
      path: text,
      op: text,
      attrs: z.json().meta({ description: "What the operation knows beyond its inputs." }),
      inputs: z.array(text),
      shape: sizes,
      weights: z.array(
        z.strictObject({
          path: text,
          role: z.enum(["kernel", "bias", "scale", "shift", "mean", "variance"]),
          shape: sizes,
          trainable: z.boolean(),
        }),
      ),
      span,
      frames: z.array(text),
    }),
  ),
});

const picture = z.strictObject({
  schema: z.literal("dnc/viz-1"),
  model: text,
  file: text.meta({ description: "Where it was written." }),
  format: z.enum(PICTURE_FORMATS),
  layout: z.enum(PICTURE_LAYOUTS),
  bytes: size,
});

/** By the name in `schema`, without `dnc/`. */
export const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  "artifact-1": artifact,
  "bench-1": bench,
  "check-1": check,
  "compile-1": compiled,
  "convention-1": convention,
  "diagnostic-1": diagnostic,
  "diff-1": diff,
  "doctor-1": doctor,
  "explain-1": explain,
  "fmt-1": fmt,
  "ir-1": graph,
  "ops-1": ops,
  "report-1": report,
  "run-1": run,
  "sweep-1": sweep,
  "viz-1": picture,
};

/** The text of `schemas/NAME.json`. */
export function jsonSchemaText(name: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema);
  return `${JSON.stringify({ $schema, title: `dnc/${name}`, ...rest }, undefined, 2)}\n`;
}
