/** Reports, sweeps and conventions as zod schemas. */
import { z } from "zod";
import { type ConventionData, type RuleData, SPELLINGS } from "../src/measure/convention.ts";
import { SYMBOLS } from "../src/measure/symbols.ts";
import type { ReportJson } from "../src/report/json.ts";
import { PARAMETER_KINDS } from "../src/report/report.ts";
import type { SweepJson } from "../src/report/sweep.ts";
import { count, counts, ports, sizes, span, text } from "./schema-parts.ts";

const expression = text.meta({ description: "Arithmetic over the symbols: 2*W*S + b*Y." });
const rule: z.ZodType<RuleData> = z.lazy(() =>
  z.union([
    expression,
    z.strictObject({ spelling: z.partialRecord(z.enum(SPELLINGS), rule) }),
    z.strictObject({ phase: z.strictObject({ infer: rule, train: rule }) }),
    z.strictObject({ mode: z.record(text, rule) }),
    z.strictObject({ rank: z.strictObject({ "1-D": rule, "2-D": rule, "3-D": rule }) }),
    z.strictObject({ kinds: z.record(text, expression) }),
  ]),
);
export const convention: z.ZodType<ConventionData> = z.strictObject({
  schema: z.literal("dnc/convention-1"),
  id: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  version: text.meta({ description: "Of the tool." }),
  sameAs: z.array(text).exactOptional().meta({ description: "Other versions that count the same." }),
  tool: text.meta({ description: "The function that prints the number." }),
  source: text.meta({ description: "Where the rules are defined." }),
  evidence: z
    .enum(["measured", "source"])
    .meta({ description: "Whether the tool was run, or its source was read." }),
  unit: text,
  batch: z.enum(["included", "one"]).meta({ description: "`one`: divided by the batch size." }),
  norms: z.enum(["kept", "folded"]),
  spelling: z
    .record(text, z.enum(SPELLINGS))
    .exactOptional()
    .meta({ description: "How an operation is taken to be written." }),
  symbols: z.array(z.enum(Object.keys(SYMBOLS))).meta({ description: "Those that the rules read." }),
  rules: z.record(text, rule).meta({ description: "By the name of the operation." }),
  otherwise: expression
    .exactOptional()
    .meta({ description: "Of operations without a rule; absent: their count is not known." }),
});

const axes = z.array(z.int().nonnegative());
const padding = z.array(z.tuple([z.int(), z.int()]));
const conventionCounts = z.record(text, count).meta({ description: "By the name of the convention." });
const sums = {
  ...counts,
  outBytes: count.meta({ description: "Of results." }),
  trafficBytes: count.meta({ description: "Read and written where nothing is fused." }),
  fusedTrafficBytes: count.meta({
    description: "The same where norms and activations are computed by the operations around them.",
  }),
  conventions: conventionCounts,
  picoseconds: count.exactOptional().meta({ description: "On the device: no operation takes less." }),
};
const norms = z.enum(["kept", "folded"]);
const liveBytes = count.meta({ description: "The most bytes of activations alive at once." });
const receptiveField = z
  .array(
    z.strictObject({
      min: z.number().positive(),
      max: z.number().positive().nullable().meta({ description: "null: every position is read." }),
      jump: z.number().positive(),
    }),
  )
  .meta({ description: "One an axis, in positions of the input." });
export const report: z.ZodType<ReportJson> = z.strictObject({
  schema: z.literal("dnc/report-1"),
  model: text,
  inputs: ports,
  outputs: ports,
  convention: text.meta({ description: "What `macs` counts." }),
  circumstances: z.strictObject({
    batch: z.int().positive(),
    phase: z.enum(["infer", "train"]),
    norms,
    params: z.enum(PARAMETER_KINDS),
    bytesPerElement: z.int().positive(),
    device: z
      .strictObject({ flopsPerSecond: z.number().positive(), bytesPerSecond: z.number().positive() })
      .exactOptional(),
  }),
  conventions: z
    .array(
      z.strictObject({
        name: text,
        version: text,
        tool: text,
        source: text,
        evidence: z.enum(["measured", "source"]),
        unit: text,
        batch: z.int().positive(),
        norms,
        total: count,
        kinds: z.record(text, count).exactOptional(),
        withoutRule: z
          .record(text, z.int().positive())
          .meta({ description: "How often each operation without a rule occurs; they count 0." }),
      }),
    )
    .meta({ description: "Those that were asked for." }),
  published: z
    .strictObject({
      name: text,
      source: text,
      figures: z.array(z.strictObject({ name: text, published: count, found: count, agrees: z.boolean() })),
    })
    .exactOptional()
    .meta({ description: "How the model compares with a published network." }),
  totals: z.strictObject({
    ...sums,
    peakBytes: liveBytes,
    peakAt: text.meta({ description: "The path of the first operation where they are." }),
    peakBytesFlatConcat: count.meta({ description: "Where each concat is made of all its parts." }),
    keptBytes: count.meta({ description: "What training keeps for the backward pass." }),
    keptBytesRecomputed: count
      .exactOptional()
      .meta({ description: "Where dense layers compute concat, norm and activation again." }),
    norms: z.int().nonnegative(),
    foldableNorms: z.int().nonnegative(),
    foldedParams: count,
    receptiveField,
  }),
  rows: z
    .array(
      z.strictObject({
        path: text,
        op: text,
        in: z.array(sizes),
        out: sizes,
        window: z.strictObject({ size: axes, stride: axes, dilation: axes, padding }).exactOptional(),
        groups: z.int().positive().exactOptional(),
        ...sums,
        liveBytes,
        receptiveField,
        fanIn: z
          .int()
          .nonnegative()
          .meta({ description: "Of how many values the operands are made, seen through concats." }),
        span,
      }),
    )
    .meta({ description: "One for each operation, in execution order." }),
  groups: z
    .array(
      z.strictObject({ path: text, ops: z.int().positive(), out: sizes, ...sums, liveBytes, receptiveField }),
    )
    .meta({ description: "The parts by their paths, each before those inside it." }),
});

export const sweep: z.ZodType<SweepJson> = z.strictObject({
  schema: z.literal("dnc/sweep-1"),
  model: text,
  points: z
    .array(
      z.strictObject({
        values: z.record(text, text).meta({ description: "Of the parameters, as they were written." }),
        ...counts,
        conventions: conventionCounts,
        peakBytes: count,
        keptBytes: count,
        trafficBytes: count,
      }),
    )
    .meta({ description: "One for each combination of values." }),
});
