/**
 * Diagnostics as SARIF 2.1.0, the format in which code hosts and editors take the findings of tools. The same findings
 * give the same bytes: nothing in it depends on the clock, the machine or the folder.
 */
import { createHash } from "node:crypto";
import { relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic, DiagnosticKind, Fix, Frame, Label, Severity } from "../../base/diagnostic.ts";
import { lineOffset, lineText, positionAt, type SourceFile, type Span, startOf } from "../../base/source.ts";
import { diagnosticKinds } from "../../diagnostics.ts";
import { VERSION } from "../version.ts";
import { inOrder } from "./all.ts";
import { framesOf, frameWords, helpOf, trailsOf } from "./trail.ts";

export interface SarifOptions {
  /** The files that were to be checked, as they were named. */
  readonly paths: readonly string[];
  readonly exitCode: number;
}

type Json = Readonly<Record<string, unknown>>;

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  hint: "note",
};

/** What the environment did, not the spec, is a notification: DN08xx and DN09xx. */
const NOTIFICATIONS: readonly DiagnosticKind[] = diagnosticKinds.filter(({ code }) => /^DN0[89]/.test(code));
const RULES: readonly DiagnosticKind[] = diagnosticKinds.filter((kind) => !NOTIFICATIONS.includes(kind));

export function renderSarif(diagnostics: readonly Diagnostic[], { paths, exitCode }: SarifOptions): string {
  const sorted = inOrder(diagnostics);
  const notifications = sorted.flatMap((each) => (each.span === undefined ? [notification(each)] : []));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "dnc",
            version: VERSION,
            semanticVersion: VERSION,
            rules: RULES.map(descriptor),
            notifications: NOTIFICATIONS.map(descriptor),
          },
        },
        invocations: [
          {
            executionSuccessful: exitCode !== 4,
            exitCode,
            ...(notifications.length > 0 && { toolExecutionNotifications: notifications }),
          },
        ],
        artifacts: [...new Set(paths)].map((path) => ({
          location: artifactLocation(path),
          roles: ["analysisTarget"],
          sourceLanguage: "dn",
        })),
        columnKind: "utf16CodeUnits",
        results: results(sorted),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function descriptor({ code, severity, explanation }: DiagnosticKind): Json {
  const { title, text, wrong, right } = explanation;
  const examples = [
    ["Wrong", wrong],
    ["Right", right],
  ].flatMap(([name, spec]) => (spec === undefined ? [] : [{ name, spec }]));
  return {
    id: code,
    name: title.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: `${title.replaceAll("-", " ")}.` },
    fullDescription: { text },
    help: {
      text: [text, ...examples.map(({ name, spec }) => `${name}:\n\n${spec}`)].join("\n\n"),
      markdown: [text, ...examples.map(({ name, spec }) => `${name}:\n\n\`\`\`dn\n${spec}\`\`\``)].join(
        "\n\n",
      ),
    },
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function notification(diagnostic: Diagnostic): Json {
  const index = NOTIFICATIONS.findIndex(({ code }) => code === diagnostic.code);
  return {
    descriptor: { id: diagnostic.code, ...(index >= 0 && { index }) },
    level: LEVELS[diagnostic.severity],
    message: { text: messageOf(diagnostic) },
  };
}

/** An imported file that is wrong is told of once, however many of the checked files import it. */
function results(diagnostics: readonly Diagnostic[]): readonly Json[] {
  const told = new Set<string>();
  const fingerprints = new Map<string, number>();
  return diagnostics.flatMap((diagnostic) => {
    const { span } = diagnostic;
    if (span === undefined) return [];
    const found = result(diagnostic, span);
    const text = JSON.stringify(found);
    if (told.has(text)) return [];
    told.add(text);
    const hash = fingerprint(diagnostic.code, span);
    const occurrence = (fingerprints.get(hash) ?? 0) + 1;
    fingerprints.set(hash, occurrence);
    // The name under which code hosts look for it, to know a finding again after lines have moved.
    return [{ ...found, partialFingerprints: { primaryLocationLineHash: `${hash}:${occurrence}` } }];
  });
}

function result(diagnostic: Diagnostic, span: Span): Json {
  const { code, severity, label, labels = [], fix } = diagnostic;
  const frames = framesOf(diagnostic);
  const logical = logicalLocation(span, frames);
  return {
    ruleId: code,
    ruleIndex: RULES.findIndex((rule) => rule.code === code),
    level: LEVELS[severity],
    message: { text: messageOf(diagnostic) },
    locations: [
      {
        physicalLocation: physicalLocation(span),
        ...(logical && { logicalLocations: [logical] }),
        ...(label !== undefined && { message: { text: label } }),
      },
    ],
    ...(labels.length > 0 && { relatedLocations: labels.map(relatedLocation) }),
    ...(frames.length > 0 && { codeFlows: [codeFlow(diagnostic, span, frames)] }),
    // A placeholder is for a person to fill in, so such a change is not proposed to tools.
    ...(fix && fix.applicability !== "has-placeholders" && { fixes: [fixToSarif(fix)] }),
  };
}

/** The message, which stands alone, and below it all that is not a place of its own. */
function messageOf(diagnostic: Diagnostic): string {
  return [
    diagnostic.message,
    ...trailsOf(diagnostic).map(({ lead, items }) => lead + items.join(" > ")),
    ...(diagnostic.notes ?? []).map((note) => `note: ${note}`),
    ...helpOf(diagnostic).map((help) => `help: ${help}`),
  ].join("\n");
}

function relatedLocation({ span, text }: Label, index: number): Json {
  return { id: index + 1, physicalLocation: physicalLocation(span), message: { text } };
}

function physicalLocation(span: Span): Json {
  return { artifactLocation: artifactLocation(span.file.path), region: region(span) };
}

function region({ file, start, end }: Span): Json {
  const [from, to] = [placeIn(file, start), placeIn(file, end)];
  return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
}

/** Columns as `columnKind` says: those of positions count code points. */
function placeIn(file: SourceFile, offset: number): { readonly line: number; readonly column: number } {
  const { line } = positionAt(file, offset);
  return { line, column: offset - lineOffset(file, line) + 1 };
}

/** Relative to where the command ran, if it lies there; the standard library lies nowhere. */
function artifactLocation(path: string): Json {
  if (path === "std") return { uri: "dnc:std" };
  if (path === "<stdin>" || path === "-") return { uri: "dnc:stdin" };
  const local = relative(process.cwd(), resolve(path));
  if (local.split(sep)[0] === "..") return { uri: pathToFileURL(resolve(path)).href };
  return { uri: local.split(sep).map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}

/** The expansion that leads to the place, or else the definition around it. */
function logicalLocation(span: Span, frames: readonly Frame[]): Json | undefined {
  const path = frames.map(({ name, iteration }) => (iteration ? `${name}[${iteration.index}]` : name));
  const name = path.at(-1);
  if (name !== undefined) return { name, fullyQualifiedName: path.join("/"), kind: frames.at(-1)?.kind };
  const definition = definitionAround(span);
  return definition && { ...definition, fullyQualifiedName: definition.name };
}

interface DefinitionName {
  readonly name: string;
  readonly kind: string;
}

/** As the text says, for it may be too broken to ask the parser. */
function definitionAround({ file, end }: Span): DefinitionName | undefined {
  const heads = [...file.text.slice(0, end).matchAll(/^[ \t]*(block|model)[ \t]+([A-Za-z_]\w*)/gm)];
  const [, kind, name] = heads.at(-1) ?? [];
  return kind === undefined || name === undefined ? undefined : { name, kind };
}

/** Neither the number of the line nor its indentation is part of it. */
function fingerprint(code: string, span: Span): string {
  const line = lineText(span.file, startOf(span).line).trim().replace(/\s+/g, " ");
  const around = definitionAround(span)?.name ?? "";
  return createHash("sha256").update([code, around, line].join("\n")).digest("hex").slice(0, 16);
}

/** From the model inward through calls and loops; the sizes on the way stand at its end. */
function codeFlow(diagnostic: Diagnostic, span: Span, frames: readonly Frame[]): Json {
  const steps = frames.map((frame, nestingLevel) => ({
    location: {
      physicalLocation: physicalLocation(frame.call ?? frame.definition),
      message: { text: frameWords(frame) },
    },
    nestingLevel,
    ...(frame.bindings.length > 0 && { state: stateOf(frame.bindings) }),
  }));
  const { sizes = [], label = diagnostic.message } = diagnostic;
  const text = sizes.length === 0 ? label : `${label}\nsizes: ${sizes.join(" > ")}`;
  const end = {
    location: { physicalLocation: physicalLocation(span), message: { text } },
    nestingLevel: frames.length,
  };
  return { threadFlows: [{ locations: [...steps, end] }] };
}

/** `k=32` as `{ k: { text: "32" } }`. */
function stateOf(bindings: readonly string[]): Json {
  return Object.fromEntries(
    bindings.map((binding) => {
      const [name = "", ...value] = binding.split("=");
      return [name, { text: value.join("=") }];
    }),
  );
}

function fixToSarif({ title, applicability, edits }: Fix): Json {
  const files = [...new Set(edits.map(({ span }) => span.file))];
  return {
    description: { text: `${title} (${applicability})` },
    artifactChanges: files.map((file) => ({
      artifactLocation: artifactLocation(file.path),
      replacements: edits
        .filter(({ span }) => span.file === file)
        .map(({ span, text }) => ({
          deletedRegion: region(span),
          ...(text !== "" && { insertedContent: { text } }),
        })),
    })),
  };
}
