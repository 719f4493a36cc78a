/** Comments that allow something: `// allow DN0608: reason` for what they stand at, `// allow-file …` for a file. */
import type { Comment } from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic, type Edit, type Reporter } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import { quoted } from "../base/text.ts";

export const malformedAllow: DiagnosticKind<[directive: string, problem: string]> = defineDiagnostic({
  code: "DN0615",
  message: (directive: string, problem: string) => `this ${quoted(directive)} ${problem}`,
  explain: {
    title: "malformed-allow",
    text: "A comment `// allow CODE: reason` keeps a warning or lint from being told of what the comment stands at: behind it, or on a line above it. Several codes are separated by commas. `// allow-file CODE: reason`, above the first definition, is for the whole file. Who reads the spec later must know why it is as it is, so the reason is part of it.",
    wrong:
      "dn 1;\nmodel m {\n  input x: f32[3 @ 8x8];\n  output y = x < conv 3 (order=bare) -> 8; bn; relu; gap >; // allow DN0608\n}\n",
    right:
      "dn 1;\nmodel m {\n  input x: f32[3 @ 8x8];\n  output y = x < conv 3 (order=bare) -> 8; bn; relu; gap >; // allow DN0608: as in the authors' code\n}\n",
  },
});

/** One code of a comment. */
export interface AllowedCode {
  readonly text: string;
  readonly span: Span;
}

export interface AllowComment {
  readonly comment: Comment;
  readonly isForFile: boolean;
  readonly codes: readonly AllowedCode[];
}

/** What begins like a code, or is one of the titles that `dnc explain` takes too. */
const CODE = /\s*,?\s*(\bDN\w*|\b[a-z]+(?:-[a-z]+)+)/iy;

/** `undefined` for a comment about other things, or one that cannot be read (reported). */
export function readAllow(comment: Comment, reporter: Reporter): AllowComment | undefined {
  const [opening = "", directive] = /^\/\/\s*(allow(?:-file)?)(?![\w-])/.exec(comment.text) ?? [];
  if (directive === undefined) return undefined;
  const isForFile = directive === "allow-file";
  const codes: AllowedCode[] = [];
  CODE.lastIndex = opening.length;
  let end = opening.length;
  for (let found = CODE.exec(comment.text); found !== null; found = CODE.exec(comment.text)) {
    const [, text = ""] = found;
    end = CODE.lastIndex;
    codes.push({ text, span: spanIn(comment, end - text.length, end) });
  }
  const rest = comment.text.slice(end);
  const span = spanIn(comment, comment.text.indexOf(directive), end);
  if (codes.length === 0) {
    // "allow any size here" is prose.
    if (isForFile || /^\s*(:|$)/.test(rest))
      reporter.report(
        malformedAllow.at(
          { span, help: [`name what it allows: ${example(directive)}`] },
          directive,
          "names no code",
        ),
      );
    return undefined;
  }
  if (!/^\s*:\s*\S/.test(rest)) reportReason(directive, span, rest, reporter);
  return { comment, isForFile, codes };
}

function reportReason(directive: string, span: Span, rest: string, reporter: Reporter): void {
  const [separator = ""] = /^[\s:–—-]*/.exec(rest) ?? [];
  const text = rest.slice(separator.length);
  if (text === "") {
    const help = [`say behind a colon why it is meant: ${example(directive)}`];
    reporter.report(malformedAllow.at({ span, help }, directive, "gives no reason"));
    return;
  }
  const colon: Edit = {
    span: { file: span.file, start: span.end, end: span.end + separator.length },
    text: ": ",
  };
  reporter.report(
    malformedAllow.at(
      {
        span,
        help: ["write `:` between the codes and the reason"],
        fix: { title: "write `:`", applicability: "machine-applicable", edits: [colon] },
      },
      directive,
      "has no `:` before its reason",
    ),
  );
}

function example(directive: string): string {
  return `\`// ${directive} DN0608: as in the authors' code\``;
}

function spanIn({ span }: Comment, start: number, end: number): Span {
  return { file: span.file, start: span.start + start, end: span.start + end };
}
