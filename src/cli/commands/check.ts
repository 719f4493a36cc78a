/** `dnc check`: parses and shape-checks files and holds models to what they expect. It never loads TensorFlow. */
import { withSeparators } from "../../base/text.ts";
import {
  type CheckedModel,
  check,
  collectDiagnostics,
  type Diagnostic,
  describeModel,
  type ModelDescription,
} from "../../index.ts";
import { loadImport, readSource } from "../../runtime/source-files.ts";
import { type Command, type ExitCode, type FlagValues, type Terminal, UsageError } from "../command.ts";
import { diagnosticToJson, renderJsonLines } from "../render/json.ts";
import { exitCodeOf, withoutHints } from "../target.ts";

interface CheckedFile {
  readonly path: string;
  readonly models: readonly CheckedModel[];
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: ExitCode;
}

export const command: Command = {
  name: "check",
  summary: "check specs: names, shapes, promises; runs nothing",
  usage: "dnc check FILE… [--json] [--deny warnings]",
  description:
    "Parses each file and what it imports, checks every block and every model that can be made from its defaults, " +
    "and tells all mistakes in one run. Blocks that no model uses are checked too. `-` reads standard input.",
  examples: [
    ["dnc check specs/densenet121.dn", "the shapes and counts of one spec"],
    ["dnc check --json specs/*.dn", "all specs, for a script (schema dnc/check-1)"],
  ],
  flags: {
    json: { type: "boolean", summary: "print JSON (schema dnc/check-1)" },
    format: { type: "string", value: "FORM", summary: "how to print: pretty, plain or jsonl" },
    hints: { type: "boolean", summary: "also tell how the language reads what is left out" },
    deny: { type: "string", value: "warnings", summary: "let warnings fail the check" },
  },
  exitCodes: [
    [1, "a file has errors"],
    [3, "only promises (`expect`) do not hold"],
    [4, "a file cannot be read"],
  ],
  async run(positionals, flags, terminal) {
    if (positionals.length === 0)
      throw new UsageError("`dnc check` needs a file", ["name one: `dnc check specs/densenet121.dn`"]);
    const format = formOf(flags);
    const files = positionals.map((path) => checkFile(path, flags));
    const diagnostics = files.flatMap((file) => file.diagnostics);
    if (format === "json") {
      terminal.out(
        `${JSON.stringify({ schema: "dnc/check-1", files: files.map(fileToJson) }, undefined, 2)}\n`,
      );
    } else if (format === "jsonl") terminal.out(renderJsonLines(diagnostics));
    else {
      terminal.show(diagnostics);
      terminal.out(files.map((file) => summarize(file, terminal)).join(""));
    }
    return worst(files.map((file) => file.exitCode));
  },
};

function formOf(flags: FlagValues): "json" | "jsonl" | "text" {
  const { format, deny } = flags;
  if (deny !== undefined && deny !== "warnings") throw new UsageError("`--deny` takes `warnings`");
  if (format !== undefined && format !== "pretty" && format !== "plain" && format !== "jsonl") {
    throw new UsageError(`\`--format\` takes pretty, plain or jsonl, not ${format}`);
  }
  if (flags["json"] === true) return "json";
  return format === "jsonl" ? "jsonl" : "text";
}

function checkFile(path: string, flags: FlagValues): CheckedFile {
  const collector = collectDiagnostics();
  const source = readSource(path, collector);
  if (source === undefined) return { path, models: [], diagnostics: collector.diagnostics, exitCode: 4 };
  const { models, diagnostics: all } = check(source, { load: loadImport });
  const diagnostics = flags["hints"] === true ? all : withoutHints(all);
  const denied = flags["deny"] === "warnings" && diagnostics.some(({ severity }) => severity === "warning");
  const exitCode = exitCodeOf(diagnostics);
  return { path: source.path, models, diagnostics, exitCode: exitCode === 0 && denied ? 1 : exitCode };
}

/** Unreadable before errors before broken promises. */
function worst(codes: readonly ExitCode[]): ExitCode {
  return ([4, 1, 3] as const).find((code) => codes.includes(code)) ?? 0;
}

function fileToJson({ path, models, diagnostics }: CheckedFile): object {
  return {
    path,
    models: models.map(({ name, graph, constraints }) =>
      graph === undefined ? { name } : { ...describeModel(graph), constraints },
    ),
    diagnostics: diagnostics.map(diagnosticToJson),
  };
}

function summarize({ path, models, exitCode }: CheckedFile, { colors }: Terminal): string {
  if (exitCode !== 0) return "";
  const described = models.flatMap(({ graph }) => (graph === undefined ? [] : [describeModel(graph)]));
  const width = Math.max(0, ...described.map(({ name }) => name.length));
  const lines = described.map((model) => `  ${model.name.padEnd(width)}  ${printModel(model)}\n`);
  return `${colors.green("ok")} ${path}\n${lines.join("")}`;
}

function printModel({ inputs, outputs, params }: ModelDescription): string {
  const [from, to] = [inputs, outputs].map((ports) =>
    ports.map(({ name, printed }) => `${name} ${printed}`).join(", "),
  );
  return `${from} → ${to}, ${withSeparators(params)} parameters`;
}
