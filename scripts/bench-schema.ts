/** The JSON document of `dnc bench` as a zod schema. */
import { z } from "zod";
import { size, text } from "./schema-parts.ts";

const raced = {
  name: text.meta({ description: "dnc, or what it is compared with." }),
  title: text.meta({ description: "The library." }),
  version: text,
  threads: z.int().positive(),
  startMs: z
    .number()
    .meta({ description: "From the start of its process to the first results; the median of all starts." }),
  peakBytes: size.optional().meta({ description: "The most memory that its process had." }),
  difference: z.number().nullable().meta({
    description:
      "The largest difference from the results of the first one, as a share of the largest of them; null: no number.",
  }),
};
/** What `dnc bench --json` prints. */
export const bench: z.ZodType = z.strictObject({
  schema: z.literal("dnc/bench-1"),
  model: text,
  weights: text,
  machine: z.strictObject({ processor: text, cores: z.int().positive() }),
  threads: z.int().positive().meta({ description: "As many as each may use." }),
  rows: z.array(
    z.strictObject({
      name: raced.name,
      precision: z.enum(["f32"]),
      batch: z.int().positive(),
      form: text.meta({ description: "How it computed: of dnc, the form of the artifact." }),
      threads: z.int().positive(),
      minMs: z.number(),
      medianMs: z.number(),
      imagesPerSecond: z.number(),
      ratio: z.number().optional().meta({
        description:
          "How many times as long as the first one: the median over the rounds in which both took their turn.",
      }),
    }),
  ),
  contestants: z.array(z.strictObject(raced)),
  disagreeing: z
    .array(z.strictObject(raced))
    .meta({ description: "Those that compute something else, which have no rows from there on." }),
  absent: z
    .array(
      z.strictObject({ name: text, code: z.string().regex(/^DN\d{4}$/), message: text, help: z.array(text) }),
    )
    .meta({ description: "What could have taken part, and why it did not." }),
});
