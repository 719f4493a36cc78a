/** What `dnc run` shows of an output. */
import { count, withSeparators } from "../../base/text.ts";
import type { Output } from "./output.ts";
import { type Ranking, rank, summarize } from "./summary.ts";

export { readLabels } from "./labels.ts";
export { writeNpy } from "./npy.ts";
export type { Output } from "./output.ts";
export { rank, summarize } from "./summary.ts";

export interface DescribeOptions {
  /** How many of the largest values of a sample. */
  readonly top: number;
  /** One a class. */
  readonly labels?: readonly string[];
}

/** More samples than this are not shown one by one. */
const MAX_SAMPLES = 4;

/** An output as text: one line of numbers, and the largest values of each sample where they are scores of classes. */
export function describeOutput(name: string, output: Output, options: DescribeOptions): readonly string[] {
  const rankings = rank(output, options.top) ?? [];
  const lines = [`${name} [${output.shape.join(", ")}]: ${overview(output)}`];
  for (const [sample, ranking] of rankings.slice(0, MAX_SAMPLES).entries()) {
    if (rankings.length > 1) lines.push(`sample ${sample + 1} of ${rankings.length}`);
    lines.push(...rows(ranking, options.labels));
  }
  if (rankings.length > MAX_SAMPLES) lines.push(`and ${count(rankings.length - MAX_SAMPLES, "sample")} more`);
  if (options.top > 0 && rankings.slice(0, MAX_SAMPLES).some(({ isDistribution }) => !isDistribution)) {
    lines.push("percentages: softmax of the values, for display only");
  }
  return lines;
}

function overview(output: Output): string {
  const { min, max, mean, nonFinite } = summarize(output);
  const range =
    min === undefined || max === undefined || mean === undefined
      ? []
      : [`min ${printValue(min)}`, `max ${printValue(max)}`, `mean ${printValue(mean)}`];
  const warning = `${withSeparators(nonFinite)} of ${count(output.data.length, "value")} not finite`;
  return [...range, ...(nonFinite > 0 ? [warning] : [])].join(", ");
}

/** `  285  Egyptian cat  12.81  61.2 %`, in columns. */
function rows({ ranked }: Ranking, labels: readonly string[] | undefined): readonly string[] {
  const cells = ranked.map(({ index, value, probability }) => ({
    index: `${index}`,
    label: labels?.[index] ?? "",
    value: printValue(value),
    share: `${(100 * probability).toFixed(1)} %`,
  }));
  const widest = (column: "index" | "label" | "value"): number =>
    Math.max(...cells.map((cell) => cell[column].length));
  return cells.map(({ index, label, value, share }) => {
    const named = labels === undefined ? [] : [label.padEnd(widest("label"))];
    const columns = [
      index.padStart(widest("index")),
      ...named,
      value.padStart(widest("value")),
      share.padStart(7),
    ];
    return `  ${columns.join("  ")}`;
  });
}

/** Four digits say enough. */
function printValue(value: number): string {
  return Number.isFinite(value) ? `${Number(value.toPrecision(4))}` : `${value}`;
}
