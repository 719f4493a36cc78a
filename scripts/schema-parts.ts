/** What several JSON documents of `dnc` have in common, as zod schemas. */
import { z } from "zod";
import type { SpanJson } from "../src/base/source.ts";
import type { ReportPortJson } from "../src/report/json.ts";

export const text: z.ZodString = z.string();
export const size: z.ZodInt = z.int().positive();
export const sizes: z.ZodArray<z.ZodInt> = z.array(size);

type CountSchema = z.ZodUnion<readonly [z.ZodInt, z.ZodString]>;

/** An exact count: readers of JSON lose digits past 2^53. */
export const count: CountSchema = z.union([z.int().nonnegative(), z.string().regex(/^[1-9]\d{15,}$/)]);
export const counts: Readonly<Record<"params" | "buffers" | "macs", CountSchema>> = {
  params: count,
  buffers: count,
  macs: count,
};

const position = z.strictObject({ line: z.int().positive(), column: z.int().positive() });
export const span: z.ZodType<SpanJson> = z
  .strictObject({ path: text, start: position, end: position })
  .meta({ description: "Lines and columns count from 1; `end` is one past the last character." });

const port: z.ZodType<ReportPortJson> = z.strictObject({
  name: text,
  shape: sizes.meta({ description: "Channels, then sizes; without the batch." }),
  printed: text.meta({ description: "As the language writes it: [3 @ 224x224]." }),
});
export const ports: z.ZodArray<z.ZodType<ReportPortJson>> = z.array(port);
