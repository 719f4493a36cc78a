/** Reads a report that `dnc report --json` wrote. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Reporter } from "../base/diagnostic.ts";
import { quoted } from "../base/text.ts";
import type { ReportJson } from "../report/json.ts";
import { notAReport } from "./report-problems.ts";
import { cannotRead, reasonOf } from "./source-files.ts";

const count = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/)]);
const counts = { params: count, buffers: count, macs: count };
const sizes = z.array(z.int().positive());
const port = z.object({ name: z.string(), shape: sizes, printed: z.string() });
const position = z.object({ line: z.int(), column: z.int() });
const perAxis = z.array(z.int());
const field = z.array(z.object({ min: z.number(), max: z.number().nullable(), jump: z.number() }));
/** What reports of older versions do not tell. */
const newer = {
  conventions: z.record(z.string(), count).optional(),
  trafficBytes: count.optional(),
  receptiveField: field.optional(),
};

/** What comparing reads of it; newer versions may say more, and older ones said less. */
const savedReport = z.object({
  schema: z.literal("dnc/report-1"),
  model: z.string(),
  inputs: z.array(port),
  outputs: z.array(port),
  convention: z.string(),
  totals: z.object({
    ...counts,
    ...newer,
    peakBytes: count.optional(),
    keptBytes: count.optional(),
  }),
  rows: z.array(
    z.object({
      path: z.string(),
      op: z.string(),
      in: z.array(sizes),
      out: sizes,
      window: z
        .object({
          size: perAxis,
          stride: perAxis,
          dilation: perAxis,
          padding: z.array(z.tuple([z.int(), z.int()])),
        })
        .optional(),
      ...counts,
      ...newer,
      liveBytes: count.optional(),
      span: z.object({ path: z.string(), start: position, end: position }),
    }),
  ),
  groups: z.array(
    z.object({
      path: z.string(),
      ops: z.int(),
      out: sizes,
      ...counts,
      ...newer,
      liveBytes: count.optional(),
    }),
  ),
});

/** The report in the file at `path`, or `undefined` when there is none (reported). */
export function readReport(path: string, reporter: Reporter): ReportJson | undefined {
  const help = ["write one with `dnc report TARGET --json > report.json`"];
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    reporter.report(cannotRead.at({ help }, path, reasonOf(error)));
    return undefined;
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    reporter.report(notAReport.at({ help, notes: [error.message] }, path, "it is no JSON"));
    return undefined;
  }
  const { success, data, error } = savedReport.safeParse(json);
  if (success) return data as ReportJson;
  const [issue] = error.issues;
  const where = issue === undefined ? "" : ` at ${quoted(issue.path.join(".") || "the top")}`;
  reporter.report(
    notAReport.at({ help, notes: issue ? [issue.message] : [] }, path, `it is another document${where}`),
  );
  return undefined;
}
