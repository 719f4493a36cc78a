/** `dnc report`: what a model costs, under conventions that have names, in the form that is asked for. */
import { quoted } from "../../base/text.ts";
import {
  amountText,
  type CheckedGraph,
  ColumnError,
  type Comparison,
  type Convention,
  collectDiagnostics,
  comparedWith,
  comparisonLines,
  comparisonToJson,
  csvOf,
  DEFAULT_COLUMNS,
  type Diagnostic,
  differentFigures,
  type Exceeded,
  exceededGrowth,
  exceededLimits,
  ledgerLines,
  ledgerOf,
  markdownOf,
  type Place,
  publishedNetworks,
  type Report,
  type ReportOptions,
  reportOf,
  reportPage,
  reportToJson,
  startOfModel,
  type TableLine,
  tableOf,
  type ViewOptions,
} from "../../index.ts";
import { readReport } from "../../runtime/saved-report.ts";
import { oneOf } from "../choice.ts";
import { type Command, type ExitCode, type FlagValues, type Terminal, UsageError } from "../command.ts";
import { type Broken, brokenPromise, withRemedies } from "../remedies.ts";
import {
  conventionsOf,
  REPORT_FLAGS,
  type ReportFlags,
  readReportFlags,
  requireLimited,
} from "../report-flags.ts";
import { BUDGET, openTarget, TARGET_FLAGS } from "../target.ts";

export const command: Command = {
  name: "report",
  summary: "parameters, operations under named conventions, memory, traffic, receptive field",
  usage: "dnc report TARGET [--convention NAME] [--cols NAMES] [--max-macs LIMIT] [--format FORM]",
  description:
    "Counts the parameters, buffers and multiply-adds of a model exactly, with subtotals of every part of the spec; " +
    "the bytes of its activations while they are alive, those that training keeps, those that are moved; and how " +
    "much of the input its head sees. There is no such thing as the FLOPs of a network: --convention counts as a " +
    "tool does, in a version that is named, and --explain says why two of them differ. Limits turn the report into a " +
    "check for continuous integration. TARGET is FILE.dn[:MODEL]; without a model, the last one.",
  examples: [
    ["dnc report specs/densenet121.dn", "a table that fits the screen"],
    ["dnc report specs/densenet121.dn --explain fvcore torchinfo", "why two tools give two numbers"],
    [
      "dnc report specs/densenet121.dn --top 5 --sort macs --cols op,out,macs,%macs,rf,src",
      "the five most expensive operations",
    ],
    [
      "dnc report specs/densenet121.dn --max-params 8M --max-peak 8MiB --format md",
      "a comment for a pull request; exit code 3 when a limit is exceeded",
    ],
    [
      "dnc report specs/densenet121.dn --sweep size=128,224,320 --convention fvcore",
      "a line of totals for each size of the image",
    ],
  ],
  flags: { ...REPORT_FLAGS, ...TARGET_FLAGS },
  exitCodes: [
    [1, "the spec has errors"],
    [3, "a promise (`expect`) or a limit does not hold; the report is printed"],
    [4, "a file cannot be read"],
  ],
  async run(positionals, flags, terminal) {
    const { target, explain } = operandsOf(positionals, flags);
    const given = readReportFlags(flags);
    if (explain !== undefined && (given.format !== "table" || given.sweep.length > 0))
      throw new UsageError("`--explain` prints a table of its own, without `--format` and `--sweep`");
    if (given.sweep.length > 0) {
      const { runSweep } = await import("../sweep.ts");
      return runSweep(target, flags, given, terminal);
    }
    const collector = collectDiagnostics();
    const opened = openTarget(target, collector);
    terminal.show(collector.diagnostics);
    if (opened === undefined) return 4;
    const result = opened.elaborate(flags);
    const { graph, diagnostics, exitCode } = result;
    if (graph === undefined) {
      terminal.show(diagnostics);
      return exitCode;
    }
    const comparison = comparisonOf(graph, flags, given);
    const conventions = explain?.flatMap(conventionsOf) ?? countedIn(given);
    const report = reportOf(graph, { ...given.report, conventions, ...spellings(graph, given) });
    const exceeded = exceededIn(report, given, startOfModel(graph), terminal);
    if (exceeded === undefined) return 4;
    const different = comparison === undefined ? [] : differentFigures(graph, comparison);
    const broken = [...exceeded.map(({ diagnostic }) => diagnostic), ...different];
    const remedied = withRemedies(
      [
        ...diagnostics.filter(({ code }) => code === BUDGET).map(brokenPromise),
        ...exceeded.map((each) => brokenLimit(each, given.report)),
      ],
      opened,
      flags,
      result,
    );
    const all = [...diagnostics.filter(({ code }) => code !== BUDGET), ...remedied, ...different];
    const code = broken.length > 0 && exitCode === 0 ? 3 : exitCode;
    terminal.show(all);
    const lines =
      explain !== undefined
        ? ledgerLines(ledgerOf(report, 0, 1))
        : comparison !== undefined && given.format === "table"
          ? comparisonLines(comparison)
          : undefined;
    if (lines !== undefined) terminal.out(`${lines.join("\n")}\n`);
    else
      await print({ target, graph, report, comparison, diagnostics: all, exitCode: code }, given, terminal);
    return code;
  },
};

function brokenLimit({ diagnostic, quantity, allowed }: Exceeded, options: ReportOptions): Broken {
  return {
    diagnostic,
    isTooSmall: false,
    holds({ graph }) {
      const total = quantity.total(reportToJson(reportOf(graph, options)).totals);
      if (total === undefined) return { holds: false };
      return { holds: Number(total) <= allowed, amount: `${quantity.title} ${amountText(total, quantity)}` };
    },
  };
}

/** With the published network of the model's name, or the one that was named. */
function comparisonOf(
  graph: CheckedGraph,
  { check }: FlagValues,
  { format }: ReportFlags,
): Comparison | undefined {
  if (check === undefined) return undefined;
  if (format !== "table" && format !== "json" && format !== "sarif")
    throw new UsageError(`\`--check\` has no form ${quoted(format)}`, ["use table, json or sarif"]);
  const networks = publishedNetworks();
  const names = networks.map(({ name }) => name);
  const wanted = check === "published" ? graph.name : String(check);
  const name = oneOf(names, "--check", wanted);
  const network = networks.find((each) => each.name === name);
  return network && comparedWith(graph, network);
}

/** A page has room for every convention, below its table, unless some were asked for. */
function countedIn({ format, report: { conventions = [] } }: ReportFlags): readonly Convention[] {
  return format === "html" && conventions.length === 0 ? conventionsOf("all") : conventions;
}

/** `undefined`: the older report cannot be read, which was told. */
function exceededIn(
  report: Report,
  { limits, growth, baseline }: ReportFlags,
  place: Place,
  terminal: Terminal,
): readonly Exceeded[] | undefined {
  if (limits.length === 0 && baseline === undefined) return [];
  const found = reportToJson(report);
  requireLimited([found], limits);
  const exceeded = exceededLimits(found, limits, place);
  if (baseline === undefined) return exceeded;
  const collector = collectDiagnostics();
  const old = readReport(baseline, collector);
  terminal.show(collector.diagnostics);
  if (old === undefined) return undefined;
  requireLimited([found, old], growth);
  return [...exceeded, ...exceededGrowth(found, old, growth, place)];
}

interface Operands {
  readonly target: string;
  /** The names of two conventions. */
  readonly explain?: readonly [string, string];
}

/** `--explain A B` takes two words, of which the second stands among the targets. */
function operandsOf(positionals: readonly string[], { explain }: FlagValues): Operands {
  const takesOne = (): never => {
    throw new UsageError("`dnc report` takes one target", ["name it: `dnc report specs/densenet121.dn`"]);
  };
  const [first, second, ...rest] = positionals;
  if (typeof explain !== "string") {
    return first === undefined || second !== undefined ? takesOne() : { target: first };
  }
  const [a = "", b] = explain.split(",");
  if (b !== undefined)
    return first === undefined || second !== undefined ? takesOne() : { target: first, explain: [a, b] };
  if (first === undefined || second === undefined || rest.length > 0)
    throw new UsageError("`--explain` takes two conventions", [
      "name them: `dnc report specs/densenet121.dn --explain fvcore torchinfo`",
    ]);
  return first.includes(".dn") || first === "-"
    ? { target: first, explain: [a, second] }
    : { target: second, explain: [a, first] };
}

/** Of an operation by its name, or of the one with a path or the end of one. */
function spellings(
  graph: CheckedGraph,
  { spellings: given }: ReportFlags,
): Pick<ReportOptions, "spellingOf"> {
  if (given.size === 0) return {};
  const matches = (path: string, name: string): boolean => path === name || path.endsWith(`/${name}`);
  for (const name of given.keys()) {
    if (graph.nodes.some(({ op, path }) => op.name === name || matches(path, name))) continue;
    throw new UsageError(`\`--spelling ${name}\` names no operation of ${quoted(graph.name)}`);
  }
  return {
    spellingOf: ({ op, path }) =>
      [...given].find(([name]) => name !== op.name && matches(path, name))?.[1] ?? given.get(op.name),
  };
}

interface Outcome {
  readonly target: string;
  readonly graph: CheckedGraph;
  readonly report: Report;
  readonly comparison: Comparison | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: ExitCode;
}

async function print(outcome: Outcome, given: ReportFlags, terminal: Terminal): Promise<void> {
  const { format, view } = given;
  const { target, graph, report, comparison, diagnostics, exitCode } = outcome;
  try {
    switch (format) {
      case "json":
        terminal.out(
          `${JSON.stringify({ ...reportToJson(report), ...(comparison && { published: comparisonToJson(comparison) }) }, undefined, 2)}\n`,
        );
        return;
      case "csv":
        terminal.out(csvOf(report, view));
        return;
      case "md":
        terminal.out(markdownOf(report, view));
        return;
      case "html":
        terminal.out(reportPage(graph, report, { ...shownIn(given), ...view }));
        return;
      case "sarif": {
        const { renderSarif } = await import("../render/sarif.ts");
        terminal.out(renderSarif(diagnostics, { paths: [target.replace(/:\w+$/, "")], exitCode }));
        return;
      }
      default: {
        const lines = tableOf(report, { ...view, width: terminal.width });
        terminal.out(lines.map((line) => `${paint(line, terminal)}\n`).join(""));
      }
    }
  } catch (error) {
    if (error instanceof ColumnError) throw new UsageError(error.message, [error.help]);
    throw error;
  }
}

function shownIn({ report: { conventions = [] } }: ReportFlags): Pick<ViewOptions, "columns"> {
  return conventions.length === 0 ? { columns: DEFAULT_COLUMNS } : {};
}

function paint({ kind, text }: TableLine, { colors }: Terminal): string {
  switch (kind) {
    case "title":
    case "total":
      return colors.bold(text);
    case "head":
      return colors.underline(text);
    case "note":
      return colors.dim(text);
    default:
      return text;
  }
}
