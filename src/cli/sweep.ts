/** `dnc report --sweep k=12,24,32`: one model at several values of its parameters. */
import {
  collectDiagnostics,
  reportOf,
  type SweepPoint,
  sweepCsv,
  sweepLines,
  sweepMarkdown,
  sweepPage,
  sweepToJson,
} from "../index.ts";
import type { ExitCode, FlagValues, Terminal } from "./command.ts";
import type { ReportFlags, Sweep } from "./report-flags.ts";
import { listOf, openTarget } from "./target.ts";

export function runSweep(
  target: string,
  flags: FlagValues,
  given: ReportFlags,
  terminal: Terminal,
): ExitCode {
  const collector = collectDiagnostics();
  const opened = openTarget(target, collector);
  terminal.show(collector.diagnostics);
  if (opened === undefined) return 4;
  const points: SweepPoint[] = [];
  let code: ExitCode = 0;
  for (const values of combinations(given.sweep)) {
    const set = [...listOf(flags["set"]), ...[...values].map(([name, value]) => `${name}=${value}`)];
    const { graph, diagnostics, exitCode } = opened.elaborate({ ...flags, set });
    terminal.show(diagnostics);
    if (graph === undefined) return exitCode;
    if (code === 0) code = exitCode;
    points.push({ values, report: reportOf(graph, given.report) });
  }
  terminal.out(printed(points, given.format));
  return code;
}

function printed(points: readonly SweepPoint[], format: ReportFlags["format"]): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(sweepToJson(points), undefined, 2)}\n`;
    case "csv":
      return sweepCsv(points);
    case "md":
      return sweepMarkdown(points);
    case "html":
      return sweepPage(points);
    default:
      return `${sweepLines(points).join("\n")}\n`;
  }
}

/** Every value of the first with every value of the next. */
function combinations(sweeps: readonly Sweep[]): readonly ReadonlyMap<string, string>[] {
  return sweeps.reduce<readonly ReadonlyMap<string, string>[]>(
    (all, { name, values }) =>
      all.flatMap((each) => values.map((value) => new Map([...each, [name, value]]))),
    [new Map()],
  );
}
