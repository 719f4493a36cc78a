/** `dnc explain`: the page of a diagnostic, or the list of all. */
import type { DiagnosticKind } from "../../base/diagnostic.ts";
import { nearest, quoted } from "../../base/text.ts";
import { diagnosticKinds } from "../../diagnostics.ts";
import { type Command, type ExitCode, type Terminal, UsageError } from "../command.ts";
import { renderCode, renderMarkdown } from "../render/markdown.ts";
import { severityPaint } from "../render/pretty.ts";

/** Wider text is hard to read. */
const MAX_WIDTH = 88;

export const command: Command = {
  name: "explain",
  summary: "say what a diagnostic means and how to mend it",
  usage: "dnc explain [CODE] [--json]",
  description:
    "Prints the page of a diagnostic: what it means, why it is so, a spec that is wrong in this way and the same " +
    "spec made right. The code may be written `DN0404`, `dn404` or `404`, and its title will do as well. Without a " +
    "code, lists all diagnostics.",
  examples: [
    ["dnc explain DN0404", "what it means when branches that are joined differ in size"],
    ["dnc explain --json", "all pages as one JSON document, for other tools"],
  ],
  flags: { json: { type: "boolean", summary: "print JSON (schema dnc/explain-1)" } },
  run: async (positionals, flags, terminal) => explain(positionals, flags["json"] === true, terminal),
};

function explain(names: readonly string[], asJson: boolean, terminal: Terminal): ExitCode {
  const kinds = names.length === 0 ? diagnosticKinds : names.map(findKind);
  if (asJson) {
    const document = { schema: "dnc/explain-1", diagnostics: kinds.map(toJson) };
    terminal.out(`${JSON.stringify(document, undefined, 2)}\n`);
  } else if (names.length === 0) {
    terminal.out(renderList(kinds, terminal));
  } else {
    terminal.out(kinds.map((kind) => renderPage(kind, terminal)).join("\n"));
  }
  return 0;
}

function findKind(name: string): DiagnosticKind {
  const digits = /^(?:dn)?(\d{1,4})$/i.exec(name)?.[1];
  const wanted = digits === undefined ? name.toLowerCase() : `DN${digits.padStart(4, "0")}`;
  const found = diagnosticKinds.find(
    ({ code, explanation }) => code === wanted || explanation.title === wanted,
  );
  if (found !== undefined) return found;
  const meant = nearest(
    wanted,
    diagnosticKinds.flatMap(({ code, explanation }) => [code, explanation.title]),
  );
  throw new UsageError(`no diagnostic ${quoted(name)}`, [
    ...(meant === undefined ? [] : [`did you mean ${quoted(meant)}?`]),
    `${quoted("dnc explain")} lists all diagnostics`,
  ]);
}

function toJson({ code, severity, explanation }: DiagnosticKind): object {
  return { code, severity, ...explanation };
}

function renderList(kinds: readonly DiagnosticKind[], { colors }: Terminal): string {
  const lines = kinds.map(({ code, severity, explanation }) => {
    return `${severityPaint(severity, colors)(code)}  ${severity.padEnd(7)}  ${explanation.title}`;
  });
  return `${lines.join("\n")}\n`;
}

function renderPage({ code, severity, explanation }: DiagnosticKind, { colors, width }: Terminal): string {
  const { title, text, wrong, right } = explanation;
  const paint = severityPaint(severity, colors);
  const blocks = [
    `${paint(`${severity}[${code}]`)}${colors.bold(`: ${title}`)}`,
    renderMarkdown(text, { colors, width: Math.min(width, MAX_WIDTH) }),
    ...(wrong === undefined ? [] : [colors.bold(colors.red("Wrong")), renderCode(wrong)]),
    ...(right === undefined ? [] : [colors.bold(colors.green("Right")), renderCode(right)]),
  ];
  return `${blocks.join("\n\n")}\n`;
}
