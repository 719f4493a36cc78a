/** What is compiled, and what running it gives, as zod schemas. */
import { z } from "zod";
import type { ArtifactDescription } from "../src/targets/artifact.ts";
import { count, ports, sizes, text } from "./schema-parts.ts";

const precision = z
  .enum(["f32", "bf16"])
  .meta({ description: "Of what is computed between inputs and outputs, which are float32." });

export const compiled: z.ZodType = z.strictObject({
  schema: z.literal("dnc/compile-1"),
  artifact: text.nullable().meta({ description: "The folder; null where nothing was to be written." }),
  target: text,
  precision,
  model: text,
  bytes: z.int().nonnegative(),
  passes: z.array(
    z
      .strictObject({
        name: text,
        before: z.int(),
        after: z.int(),
        macs: z.strictObject({ before: z.number(), after: z.number() }),
      })
      .meta({ description: "Operations, and multiply-adds for one sample, before and after the pass." }),
  ),
  forms: z
    .array(z.strictObject({ name: text, parts: z.int(), operations: z.int(), macs: z.number() }))
    .exactOptional()
    .meta({ description: "Other ways from the same inputs to the same outputs." }),
  weights: text,
  inputs: ports,
  outputs: ports,
  params: count,
  macs: count,
  verified: z
    .array(z.strictObject({ output: text, largest: z.number(), difference: z.number(), ok: z.boolean() }))
    .optional(),
});

const artifactPort = z.strictObject({
  tensor: text,
  shape: sizes,
  layout: z.enum(["NC", "NLC", "NHWC", "NDHWC", "NCL", "NCHW", "NCDHW"]),
  element: z.literal("float32"),
});
export const artifact: z.ZodType<ArtifactDescription> = z.strictObject({
  schema: z.literal("dnc/artifact-1"),
  model: text,
  target: text,
  version: text,
  files: z.array(text),
  spec: text
    .exactOptional()
    .meta({ description: "The SHA-256 of the files that the network is written in." }),
  weights: text,
  quantization: z
    .enum(["uint8", "float16"])
    .exactOptional()
    .meta({ description: "What large weights are written as, where it is not float32." }),
  precision: precision.exactOptional(),
  parameters: count,
  macs: count,
  inputs: z.record(text, artifactPort),
  outputs: z.record(text, artifactPort),
  forms: z
    .partialRecord(
      z.enum(["bands", "towers"]),
      z.strictObject({ parts: z.int().min(2), outputs: z.record(text, artifactPort) }),
    )
    .exactOptional()
    .meta({ description: "Other ways from the same inputs to the same outputs." }),
});

/** JSON has no infinities and no NaN. */
const float = z.number().nullable();
export const run: z.ZodType = z.strictObject({
  schema: z.literal("dnc/run-1"),
  model: text,
  runtime: z.strictObject({ name: text, version: text }),
  measured: z
    .record(text, z.number())
    .optional()
    .meta({ description: "Of the runtime auto: milliseconds of a run on each." }),
  remembered: z.boolean().optional().meta({ description: "Whether they were measured in an earlier run." }),
  threads: z.int().positive(),
  precision,
  form: z.enum(["whole", "bands", "towers"]).meta({ description: "In which form the artifact computed." }),
  weights: text,
  inputs: z.record(text, z.strictObject({ batch: z.int().positive(), description: text })),
  outputs: z.record(
    text,
    z.strictObject({
      shape: sizes.meta({ description: "The batch, channels, sizes." }),
      data: z.array(float).optional().meta({ description: "Row-major; absent past 100,000 numbers." }),
      summary: z.strictObject({
        min: z.number().optional(),
        max: z.number().optional(),
        mean: z.number().optional(),
        nonFinite: z.int().nonnegative(),
      }),
    }),
  ),
  ms: z.number(),
  firstMs: z.number(),
});
