/** `dnc diff`: what changed between two specs or saved reports. */
import { quoted } from "../../base/text.ts";
import {
  type CheckedGraph,
  type Convention,
  collectDiagnostics,
  type DiffLine,
  diffLines,
  diffMarkdown,
  diffPage,
  diffReports,
  diffTables,
  diffToJson,
  exceededGrowth,
  type Limit,
  type Place,
  parseGrowth,
  type ReportJson,
  reportOf,
  reportToJson,
  startOfModel,
} from "../../index.ts";
import { readReport } from "../../runtime/saved-report.ts";
import { shippedModels } from "../../runtime/shipped-specs.ts";
import { formOf, oneOf } from "../choice.ts";
import { type Command, type ExitCode, type FlagValues, type Terminal, UsageError } from "../command.ts";
import { conventionsOf, requireLimited } from "../report-flags.ts";
import { listOf, readTarget, TARGET_FLAGS } from "../target.ts";

export const command: Command = {
  name: "diff",
  summary: "compare two specs or saved reports: stages, shapes, counts",
  usage: "dnc diff BEFORE AFTER [--format table|json|md|html]",
  description:
    "Compares two models stage by stage: what was added, removed, changed or moved, where shapes diverge first and " +
    "why, and what it costs in parameters, operations, memory and receptive field, in total and part by part. BEFORE and AFTER are " +
    "FILE.dn[:MODEL], or reports that `dnc report --json` wrote.",
  examples: [
    ["dnc diff specs/densenet121.dn specs/densenet169.dn", "what makes a DenseNet-121 a DenseNet-169"],
    [
      "dnc diff specs/densenet-tiny.dn --published densenet121",
      "how a net of one's own differs from a published one",
    ],
    [
      "dnc diff main.json specs/densenet121.dn --fail-on 'macs>+1%' --format md",
      "a comment for a pull request, which fails if the model became more expensive",
    ],
  ],
  flags: {
    format: {
      type: "string",
      value: "FORM",
      summary: "table (default), json, md, or html: a page with both pictures",
    },
    json: { type: "boolean", summary: "print JSON (schema dnc/diff-1)" },
    published: {
      type: "string",
      value: "NAME",
      summary: "compare one model with a published network: densenet121, resnet50, …",
    },
    convention: {
      type: "string",
      multiple: true,
      value: "NAME",
      summary: "compare what a tool counts, too: fvcore, ptflops, …, or all",
    },
    "fail-on": {
      type: "string",
      multiple: true,
      value: "LIMIT",
      summary: "exit 3 when a total grew by more: 'macs>+1%', 'params>100K', 'peak>64KiB'",
    },
    ...TARGET_FLAGS,
  },
  exitCodes: [
    [1, "a spec has errors"],
    [3, "a limit of --fail-on is broken; the comparison is printed"],
    [4, "a file cannot be read"],
  ],
  run(positionals, flags, terminal) {
    const [before, after] = comparedTargets(positionals, flags);
    const [format, limits] = [formOf(flags, ["table", "json", "md", "html"]) ?? "table", limitsOf(flags)];
    const conventions = listOf(flags["convention"]).flatMap(conventionsOf);
    const sides = [before, after].map((target) => readSide(target, flags, conventions, terminal));
    const [first, second] = sides;
    if (first?.report === undefined || second?.report === undefined)
      return Promise.resolve(sides.find(({ report }) => report === undefined)?.exitCode ?? 1);
    requireLimited([first.report, second.report], limits);
    const diff = diffReports(first.report, second.report);
    if (format === "json") terminal.out(`${JSON.stringify(diffToJson(diff), undefined, 2)}\n`);
    else if (format === "md") terminal.out(diffMarkdown(diffTables(diff)));
    else if (format === "html")
      terminal.out(
        diffPage(diff, {
          ...(first.graph && { before: first.graph }),
          ...(second.graph && { after: second.graph }),
        }),
      );
    else {
      const lines = diffLines(diffTables(diff), terminal.width);
      terminal.out(lines.map((line) => `${paint(line, terminal)}\n`).join(""));
    }
    const broken = exceededGrowth(second.report, first.report, limits, second.place);
    terminal.show(broken.map(({ diagnostic }) => diagnostic));
    return Promise.resolve(broken.length > 0 ? 3 : 0);
  },
};

/** Two models, or one and the published network that it is compared with. */
function comparedTargets(
  positionals: readonly string[],
  { published }: FlagValues,
): readonly [before: string, after: string] {
  const [first, second, ...rest] = positionals;
  if (published === undefined) {
    if (first !== undefined && second !== undefined && rest.length === 0) return [first, second];
    throw new UsageError("`dnc diff` takes two models", [
      "name them: `dnc diff specs/densenet121.dn specs/densenet169.dn`",
    ]);
  }
  if (first === undefined || second !== undefined)
    throw new UsageError("`--published` compares one model", [
      "name it: `dnc diff net.dn --published densenet121`",
    ]);
  const models = shippedModels();
  const name = oneOf([...models.keys()], "--published", String(published));
  return [`${models.get(name)}:${name}`, first];
}

interface ComparedSide {
  readonly report?: ReportJson;
  readonly graph?: CheckedGraph;
  readonly place: Place;
  readonly exitCode: ExitCode;
}

function readSide(
  target: string,
  flags: FlagValues,
  conventions: readonly Convention[],
  terminal: Terminal,
): ComparedSide {
  if (target.endsWith(".json")) {
    const collector = collectDiagnostics();
    const report = readReport(target, collector);
    terminal.show(collector.diagnostics);
    return { ...(report && { report }), place: {}, exitCode: report === undefined ? 4 : 0 };
  }
  const { graph, diagnostics, exitCode } = readTarget(target, flags);
  terminal.show(diagnostics);
  if (graph === undefined) return { place: {}, exitCode };
  return {
    report: reportToJson(reportOf(graph, { conventions })),
    graph,
    place: startOfModel(graph),
    exitCode: 0,
  };
}

function limitsOf(flags: FlagValues): readonly Limit[] {
  return listOf(flags["fail-on"])
    .flatMap((text) => text.split(","))
    .map((text) => {
      const limit = parseGrowth(text);
      if (limit !== undefined) return limit;
      throw new UsageError(`${quoted(text)} is no limit`, [
        "write a total and how much it may grow: `macs>+1%`, `params>100K`, `peak>64KiB`",
      ]);
    });
}

function paint({ kind, text }: DiffLine, { colors }: Terminal): string {
  if (kind === "title") return colors.bold(text);
  if (kind === "head") return colors.underline(text);
  if (kind === "note") return colors.dim(text);
  if (text.startsWith("+")) return colors.green(text);
  return text.startsWith("−") ? colors.red(text) : text;
}
