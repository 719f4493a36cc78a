/** `dnc check`: parses and shape-checks files and holds models to what they expect. It never loads TensorFlow. */

import { silent } from "../../base/diagnostic.ts";
import { count } from "../../base/text.ts";
import { openSources, type Sources, STANDARD_INPUT } from "../../runtime/sources.ts";
import {
  type CheckedFile,
  type CheckFileOptions,
  checkFile,
  renderJson,
  summarize,
  worst,
} from "../check-file.ts";
import { formOf } from "../choice.ts";
import { type Command, type ExitCode, type FlagValues, type Terminal, UsageError } from "../command.ts";
import { renderJsonLines } from "../render/json.ts";

export const command: Command = {
  name: "check",
  summary: "check specs: names, shapes, promises; runs nothing",
  usage: "dnc check FILE… [--json] [--signatures] [--deny warnings] [--fix] [--watch]",
  description:
    "Parses each file and what it imports, checks every block and every model that can be made from its defaults, " +
    "and tells all mistakes in one run. Blocks that no model uses are checked too. `-` reads standard input. With " +
    "--fix, what can be mended without a person is mended in the file, and the rest is told; a spec from standard " +
    "input goes, mended, to standard output.",
  examples: [
    ["dnc check specs/densenet121.dn", "the shapes and counts of one spec"],
    ["dnc check --json specs/*.dn", "all specs, for a script (schema dnc/check-1)"],
    ["dnc check --signatures blocks.dn", "the shapes that the blocks of a file give"],
    ["dnc check --watch net.dn", "again whenever the file, or one that it imports, changes"],
    ["dnc check --format sarif specs/*.dn > dnc.sarif", "for code hosts and editors"],
  ],
  flags: {
    json: { type: "boolean", summary: "print JSON (schema dnc/check-1)" },
    format: { type: "string", value: "FORM", summary: "how to print: pretty, plain, jsonl or sarif" },
    hints: { type: "boolean", summary: "also tell how the language reads what is left out" },
    signatures: { type: "boolean", summary: "print what each block makes of any input, for all parameters" },
    deny: { type: "string", value: "warnings", summary: "let warnings fail the check" },
    fix: { type: "boolean", summary: "apply the fixes that need no person, and tell what is left" },
    watch: { type: "boolean", summary: "check again whenever a file changes, until Ctrl-C" },
  },
  exitCodes: [
    [1, "a file has errors"],
    [3, "only promises (`expect`) do not hold"],
    [4, "a file cannot be read, or with --fix not be written"],
    [130, "Ctrl-C with --watch"],
  ],
  async run(positionals, flags, terminal) {
    const form = printForm(flags);
    requireSense(positionals, flags, form);
    if (flags["watch"] === true) return watchFiles(positionals, flags, terminal);
    if (flags["fix"] !== true) return print(checkFiles(positionals, openSources(), flags), form, terminal);
    return positionals.includes("-")
      ? fixInput(flags, terminal)
      : fixFiles(positionals, flags, form, terminal);
  },
};

type Form = "json" | "jsonl" | "sarif" | "text";

function printForm(flags: FlagValues): Form {
  const { deny } = flags;
  if (deny !== undefined && deny !== "warnings") throw new UsageError("`--deny` takes `warnings`");
  const form = formOf(flags, ["pretty", "plain", "jsonl", "sarif"]);
  return form === undefined || form === "pretty" || form === "plain" ? "text" : form;
}

function requireSense(paths: readonly string[], flags: FlagValues, form: Form): void {
  const { watch = false, fix = false } = flags;
  if (paths.length === 0)
    throw new UsageError("`dnc check` needs a file", ["name one: `dnc check specs/densenet121.dn`"]);
  if (watch === true && fix === true) throw new UsageError("`--watch` and `--fix` exclude each other");
  if (watch === true && form !== "text")
    throw new UsageError("`--watch` prints for people: no JSON, no SARIF");
  if (watch === true && paths.includes("-"))
    throw new UsageError("`--watch` needs files, not standard input");
  if (fix === true && paths.includes("-") && (paths.length > 1 || form !== "text")) {
    throw new UsageError("`--fix` of standard input prints the spec, and nothing else beside it");
  }
}

function checkFiles(paths: readonly string[], sources: Sources, flags: FlagValues): readonly CheckedFile[] {
  return paths.map((path) => checkFile(path, sources, optionsOf(flags)));
}

function optionsOf({ hints, deny, signatures }: FlagValues): CheckFileOptions {
  return { hints: hints === true, denyWarnings: deny === "warnings", signatures: signatures === true };
}

/** Each file by itself, so that a file which two others import is mended before the second is read. */
async function fixFiles(
  paths: readonly string[],
  flags: FlagValues,
  form: Form,
  terminal: Terminal,
): Promise<ExitCode> {
  const { mend, writeMended } = await import("../fix-files.ts");
  const files = paths.map((path) => {
    const sources = openSources();
    const { result, nFixes } = mend(sources, () => checkFile(path, sources, optionsOf(flags)));
    const refused = writeMended(sources, nFixes, terminal);
    if (refused.length === 0) return result;
    return { ...result, diagnostics: [...refused, ...result.diagnostics], exitCode: 4 as const };
  });
  return print(files, form, terminal);
}

/** The spec goes to stdout even when nothing was to be mended: it is the answer. Everything else goes to stderr. */
async function fixInput(flags: FlagValues, terminal: Terminal): Promise<ExitCode> {
  const { mend, printCounts } = await import("../fix-files.ts");
  const sources = openSources();
  const { result, nFixes } = mend(sources, () => checkFile("-", sources, optionsOf(flags)), {
    mayChange: ({ path }) => path === STANDARD_INPUT,
  });
  const mended = sources.read("-", silent);
  if (mended !== undefined) terminal.out(mended.text);
  printCounts(nFixes, terminal);
  terminal.show(result.diagnostics);
  return result.exitCode;
}

async function watchFiles(paths: readonly string[], flags: FlagValues, terminal: Terminal): Promise<never> {
  const { whenStale } = await import("../../runtime/watch.ts");
  for (;;) {
    const sources = openSources();
    const files = checkFiles(paths, sources, flags);
    // What was told before is past.
    if (terminal.interactive) terminal.err("\x1b[2J\x1b[3J\x1b[H");
    await print(files, "text", terminal);
    terminal.err(`watching ${count(sources.paths().length, "file")}; Ctrl-C ends it\n`);
    await whenStale(sources);
  }
}

async function print(files: readonly CheckedFile[], form: Form, terminal: Terminal): Promise<ExitCode> {
  const diagnostics = files.flatMap((file) => file.diagnostics);
  const exitCode = worst(files);
  switch (form) {
    case "json":
      terminal.out(renderJson(files));
      break;
    case "jsonl":
      terminal.out(renderJsonLines(diagnostics));
      break;
    case "sarif": {
      const { renderSarif } = await import("../render/sarif.ts");
      terminal.out(renderSarif(diagnostics, { paths: files.map(({ path }) => path), exitCode }));
      break;
    }
    default:
      terminal.show(diagnostics);
      terminal.out(files.map((file) => summarize(file, terminal)).join(""));
  }
  return exitCode;
}
