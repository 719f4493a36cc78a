/** `dnc fmt`: rewrites specs in canonical form. A file with syntax errors stays as it is. */
import { collectDiagnostics, type Diagnostic, format } from "../../index.ts";
import { replaceSource } from "../../runtime/replace-source.ts";
import { readSource } from "../../runtime/source-files.ts";
import { type Command, type ExitCode, type FlagValues, type Terminal, UsageError } from "../command.ts";
import { diagnosticToJson } from "../render/json.ts";

interface FormattedFile {
  readonly path: string;
  /** Whether the canonical form is another; with `--check` nothing is written. */
  readonly changed: boolean;
  /** The canonical form of standard input. */
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: ExitCode;
}

export const command: Command = {
  name: "fmt",
  summary: "rewrite specs in canonical form",
  usage: "dnc fmt FILE… [--check] [--json]",
  description:
    "Brings each file into the form that everybody's specs have: layout, spaces, needless parentheses. What a spec " +
    "means stays the same, comments and single blank lines stay where they are, and a file with syntax errors stays " +
    "untouched. Says which files it changed. `-` reads standard input and prints to standard output.",
  examples: [
    ["dnc fmt specs/*.dn", "rewrite what is not in canonical form"],
    ["dnc fmt --check specs/*.dn", "list what is not, change nothing; fails if there is any"],
    ["dnc fmt - < net.dn", "print the canonical form"],
  ],
  flags: {
    check: { type: "boolean", summary: "write nothing; list the files that would change" },
    json: { type: "boolean", summary: "print JSON (schema dnc/fmt-1)" },
  },
  exitCodes: [
    [1, "a file has syntax errors, or with --check would change"],
    [4, "a file cannot be read or written"],
  ],
  async run(positionals, flags, terminal) {
    requireSense(positionals, flags);
    const isChecking = flags["check"] === true;
    const files = positionals.map((path) => formatFile(path, { isChecking }));
    if (flags["json"] === true) terminal.out(renderJson(files));
    else printFiles(files, { isChecking, terminal });
    return worst(files);
  },
};

function requireSense(paths: readonly string[], { check = false, json = false }: FlagValues): void {
  if (paths.length === 0)
    throw new UsageError("`dnc fmt` needs a file", ["name one: `dnc fmt specs/densenet121.dn`"]);
  if (paths.includes("-") && paths.length > 1 && check === false && json === false)
    throw new UsageError("`dnc fmt -` prints the spec, and nothing else beside it");
}

function formatFile(path: string, { isChecking }: { readonly isChecking: boolean }): FormattedFile {
  const collector = collectDiagnostics();
  const source = readSource(path, collector);
  const { diagnostics } = collector;
  if (source === undefined) return { path, changed: false, diagnostics, exitCode: 4 };
  const result = format(source);
  const { text } = result;
  if (text === undefined) {
    return { path: source.path, changed: false, diagnostics: result.diagnostics, exitCode: 1 };
  }
  const changed = text !== source.text;
  if (path === "-") {
    return { path: source.path, changed, text, diagnostics, exitCode: changed && isChecking ? 1 : 0 };
  }
  if (!changed || isChecking) return { path, changed, diagnostics, exitCode: changed ? 1 : 0 };
  const isWritten = replaceSource(path, source.text, text, collector);
  return { path, changed: isWritten, diagnostics, exitCode: isWritten ? 0 : 4 };
}

/** Unreadable before wrong. */
function worst(files: readonly FormattedFile[]): ExitCode {
  return ([4, 1] as const).find((code) => files.some(({ exitCode }) => exitCode === code)) ?? 0;
}

function printFiles(
  files: readonly FormattedFile[],
  { isChecking, terminal }: { readonly isChecking: boolean; readonly terminal: Terminal },
): void {
  terminal.show(files.flatMap(({ diagnostics }) => diagnostics));
  for (const { path, changed, text } of files) {
    if (text !== undefined && !isChecking) terminal.out(text);
    else if (changed)
      terminal.out(isChecking ? `${path}\n` : `${terminal.colors.green("formatted")} ${path}\n`);
  }
}

function renderJson(files: readonly FormattedFile[]): string {
  const document = {
    schema: "dnc/fmt-1",
    files: files.map(({ path, changed, text, diagnostics }) => ({
      path,
      changed,
      ...(text !== undefined && { text }),
      diagnostics: diagnostics.map(diagnosticToJson),
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
