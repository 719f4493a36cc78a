/** What share of the parameters, operations and traffic each part of the picture has. */
import { groupBy } from "../../base/group.ts";
import type { Report, ReportRow } from "../../report/report.ts";
import { sumOf } from "../../report/sums.ts";
import { leavesOf } from "../../viz/names.ts";
import type { Network } from "../../viz/network.ts";
import { type Mark, round, textWidth } from "../../viz/scene.ts";
import { PLOT_WIDTH, type Plot } from "./plot.ts";

/** More parts than this are a table's business. */
const MOST_PARTS = 24;
const [TOP, BAR, GAP] = [34, 6, 10];
const MEASURES = [
  { title: "parameters", classes: "bar first", of: ({ params }: ReportRow) => params },
  { title: "multiply-adds", classes: "bar second", of: ({ macs }: ReportRow) => macs },
  { title: "traffic", classes: "bar third", of: ({ traffic }: ReportRow) => traffic },
] as const;

interface Part {
  readonly title: string;
  /** Of each measure, from 0 to 1. */
  readonly shares: readonly number[];
}

/** `undefined` where there are too few or too many parts. */
export function sharesPlot(network: Network, report: Report): Plot | undefined {
  const parts = partsOf(network, report);
  if (parts.length < 2 || parts.length > MOST_PARTS) return undefined;
  const left = Math.max(...parts.map(({ title }) => textWidth(title, "note"))) + 10;
  const largest = Math.max(...parts.flatMap(({ shares }) => shares));
  const room = PLOT_WIDTH - left - 48;
  const height = MEASURES.length * BAR + GAP;
  const marks = parts.flatMap(({ title, shares }, at): readonly Mark[] => {
    const y = TOP + at * height;
    return [
      {
        kind: "text",
        style: "note",
        anchor: "end",
        x: left - 8,
        y: y + (MEASURES.length * BAR) / 2 + 4,
        text: title,
      },
      ...shares.map((share, index): Mark => {
        const { title: measure = "", classes = "" } = MEASURES[index] ?? {};
        return {
          kind: "rect",
          classes,
          x: left,
          y: y + index * BAR,
          width: round(Math.max(0.5, (share / largest) * room)),
          height: BAR - 1,
          title: `${title}: ${percent(share)} of the ${measure}`,
        };
      }),
    ];
  });
  return {
    id: "shares",
    title: "Where the costs are",
    words: `${MEASURES.map(({ title }, index) => mostText(parts, index, title)).join("; ")}.`,
    width: PLOT_WIDTH,
    height: TOP + parts.length * height,
    marks: [...legend(left), ...marks],
  };
}

function partsOf(network: Network, { rows }: Report): readonly Part[] {
  const totals = sumOf(rows);
  const whole = [totals.params, totals.macs, totals.traffic];
  const titles = new Map(
    leavesOf(network.parts)
      .filter(({ segment }) => segment.kind !== "port")
      .flatMap(({ segment, title }) => segment.nodes.map(({ id }) => [id, title] as const)),
  );
  const named = rows.flatMap((row, id) => {
    const title = titles.get(id);
    return title === undefined ? [] : [{ title, row }];
  });
  return [...groupBy(named, ({ title }) => title)].map(([title, members]) => ({
    title,
    shares: MEASURES.map(({ of }, index) => {
      const sum = members.reduce((all, { row }) => all + of(row), 0n);
      const total = whole[index] ?? 0n;
      return total === 0n ? 0 : Number(sum) / Number(total);
    }),
  }));
}

function mostText(parts: readonly Part[], index: number, measure: string): string {
  const share = ({ shares }: Part): number => shares[index] ?? 0;
  const [most] = parts.toSorted((a, b) => share(b) - share(a));
  return most === undefined ? "" : `${most.title} has most ${measure}, ${percent(share(most))}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function legend(left: number): readonly Mark[] {
  let x = left;
  return MEASURES.flatMap(({ title, classes }): readonly Mark[] => {
    const start = x;
    x += 14 + textWidth(title, "note") + 18;
    return [
      { kind: "rect", classes, x: start, y: 8, width: 10, height: 10, title },
      { kind: "text", style: "note", x: start + 14, y: 17, text: title },
    ];
  });
}
