/** `dnc report`: parameters, buffers and multiply-adds of a model, as a table or as JSON. */
import { quoted } from "../../base/text.ts";
import { reportOf, reportToJson, type TableLine, tableOf } from "../../index.ts";
import { type Command, type FlagValues, type Terminal, UsageError } from "../command.ts";
import { readTarget, TARGET_FLAGS } from "../target.ts";

export const command: Command = {
  name: "report",
  summary: "count parameters and multiply-adds, with subtotals of every part",
  usage: "dnc report TARGET [--depth N] [--json]",
  description:
    "Counts the parameters (trainable), buffers (running statistics) and multiply-adds of a model, exactly. The parts " +
    "of the table are those of the spec: values, blocks, repetitions, stages; the parts of each add up to it, and " +
    "repetitions that are equal stand on one line. TARGET is FILE.dn[:MODEL]; without a model, the last one.",
  examples: [
    ["dnc report specs/densenet121.dn", "a table that fits the screen"],
    [
      "dnc report specs/densenet-cifar.dn:densenet_l40_k12 --input x=1x28x28 --depth 9",
      "every stage, for images of one channel",
    ],
    ["dnc report specs/densenet121.dn --json", "every number for a script (schema dnc/report-1)"],
  ],
  flags: {
    depth: {
      type: "string",
      value: "N",
      summary: "how many levels of parts to show (default: as many as fit a screen)",
    },
    format: { type: "string", value: "FORM", summary: "table (default) or json" },
    json: { type: "boolean", summary: "print JSON (schema dnc/report-1)" },
    ...TARGET_FLAGS,
  },
  exitCodes: [
    [1, "the spec has errors"],
    [3, "only promises (`expect`) do not hold; the report is printed"],
    [4, "a file cannot be read"],
  ],
  async run(positionals, flags, terminal) {
    const [target, ...rest] = positionals;
    if (target === undefined || rest.length > 0) {
      throw new UsageError("`dnc report` takes one target", ["name it: `dnc report specs/densenet121.dn`"]);
    }
    const [isJson, depth] = [wantsJson(flags), depthOf(flags)];
    const { graph, diagnostics, exitCode } = readTarget(target, flags);
    terminal.show(diagnostics);
    if (graph === undefined) return exitCode;
    const report = reportOf(graph);
    if (isJson) terminal.out(`${JSON.stringify(reportToJson(report), undefined, 2)}\n`);
    else {
      const lines = tableOf(report, { width: terminal.width, ...(depth === undefined ? {} : { depth }) });
      terminal.out(lines.map((line) => `${paint(line, terminal)}\n`).join(""));
    }
    return exitCode;
  },
};

function wantsJson({ json, format }: FlagValues): boolean {
  if (format !== undefined && format !== "table" && format !== "json") {
    throw new UsageError(`\`--format\` takes table or json, not ${quoted(String(format))}`);
  }
  if (json === true && format === "table")
    throw new UsageError("`--json` and `--format table` exclude each other");
  return json === true || format === "json";
}

function depthOf({ depth }: FlagValues): number | undefined {
  if (depth === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(String(depth)))
    throw new UsageError("`--depth` takes a number of levels, 1 or more");
  return Number(depth);
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
