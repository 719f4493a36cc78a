/** Keeps what comments allow from being told, and tells of comments that allow nothing. */
import {
  type Diagnostic,
  type DiagnosticKind,
  defineDiagnostic,
  type Fix,
  type Reporter,
} from "../base/diagnostic.ts";
import { groupBy } from "../base/group.ts";
import { countStartingBelow, nestedSpans } from "../base/nested-spans.ts";
import type { Span } from "../base/source.ts";
import { nearest, quoted } from "../base/text.ts";
import type { CheckedGraph } from "../ops/op.ts";
import { deadValue } from "../semantics/dead-values.ts";
import { isStandardLibrary, type Module, type Program } from "../semantics/module.ts";
import { impliedRepeat, missingEdition } from "../semantics/resolve.ts";
import { unusedSymbol } from "../semantics/resolve-names.ts";
import { constraintInferred } from "../semantics/symbols.ts";
import { unusedDefinition } from "../semantics/unused.ts";
import { type AllowComment, type AllowedCode, malformedAllow, readAllow } from "./allow-comments.ts";
import { allowTargets } from "./allow-targets.ts";
import { LINTS } from "./index.ts";

export const notAllowable: DiagnosticKind<[code: string, problem: string]> = defineDiagnostic({
  code: "DN0616",
  message: (code: string, problem: string) => `${quoted(code)} ${problem}`,
  explain: {
    title: "not-allowable",
    text: "`allow` names codes of what may be meant: of lints (DN0308, DN0411, DN0601 to DN0613, DN0619), other warnings, and hints. An error is mended, since without that there is no network; a promise that does not hold (DN0614) is taken back.",
    wrong:
      "dn 1;\n// allow DN0404: it fits nearly\nmodel m { input x: f32[3 @ 8x8]; output y = x < gap >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < gap >; }\n",
  },
});

export const unusedAllow: DiagnosticKind<[code: string]> = defineDiagnostic({
  code: "DN0617",
  severity: "warning",
  message: (code: string) => `this \`allow\` is not needed: ${code} is not told here`,
  explain: {
    title: "unused-allow",
    text: "The spec was changed since, or the comment is about something else than it was meant for: behind a stage it is about that stage and the mere names before it, on a line of its own about what begins below it, and behind a closing bracket about all that ends there. It is told only of files without errors, and of parts that a model is made of.",
    wrong:
      "dn 1;\nmodel m {\n  input x: f32[3 @ 8x8];\n  output y = x < conv 3 (order=post) -> 8; gap >; // allow DN0608: as in the authors' code\n}\n",
    right:
      "dn 1;\nmodel m {\n  input x: f32[3 @ 8x8];\n  output y = x < conv 3 (order=post) -> 8; gap >;\n}\n",
  },
});

const LINT_KINDS: readonly DiagnosticKind[] = LINTS.flatMap(({ kinds }) => kinds);

/** Told of graphs: only of what a model is made of is it known that they are not. */
const OF_GRAPHS: ReadonlySet<string> = new Set([...LINT_KINDS, deadValue].map(({ code }) => code));

/** Told of the text, or of what its sizes come to. */
const OF_TEXTS: readonly DiagnosticKind<never>[] = [
  unusedDefinition,
  unusedSymbol,
  impliedRepeat,
  missingEdition,
  constraintInferred,
];

/** All that an `allow` may name: its code, and its title. */
export const ALLOWABLE: ReadonlyMap<string, string> = new Map(
  [...LINT_KINDS, deadValue, ...OF_TEXTS].map(({ code, explanation }) => [code, explanation.title]),
);

interface Allowance {
  readonly code: AllowedCode;
  readonly comment: AllowComment;
  /** The whole text for `allow-file`. */
  readonly target: Span;
  isUsed: boolean;
}

export interface Allowances {
  /** A reporter that passes on what is not allowed. */
  guard(reporter: Reporter): Reporter;
  /** Tells of comments in the main file that allowed nothing; `graphs` are of all its models without errors. */
  reportUnused(graphs: readonly CheckedGraph[], reporter: Reporter): void;
}

/** Reads the comments of all files of a program; what is wrong with them is reported. */
export function readAllowances(program: Program, reporter: Reporter): Allowances {
  const allowances = program.modules.flatMap((module) =>
    isStandardLibrary(module.source) ? [] : allowancesOf(module, reporter),
  );
  const coveringOf = coverage(allowances);
  return {
    guard: (inner) =>
      allowances.length === 0
        ? inner
        : {
            report(diagnostic) {
              const covering = coveringOf(diagnostic);
              for (const each of covering) each.isUsed = true;
              if (covering.length === 0) inner.report(diagnostic);
            },
          },
    reportUnused(graphs, inner) {
      const unused = allowances.filter(
        ({ isUsed, target }) => !isUsed && target.file === program.main.source,
      );
      if (unused.length === 0) return;
      const isExpanded = expansion(graphs, program.main);
      for (const each of unused)
        if (!OF_GRAPHS.has(each.code.text) || isExpanded(each)) reportUnused(each, inner);
    },
  };
}

function allowancesOf({ ast }: Module, reporter: Reporter): readonly Allowance[] {
  const comments = ast.comments.flatMap((comment) => readAllow(comment, reporter) ?? []);
  if (comments.length === 0) return [];
  const targetOf = allowTargets(ast);
  const firstDefinition = Math.min(
    ...[...ast.blocks, ...ast.models, ...ast.lets].map(({ span }) => span.start),
  );
  return comments.flatMap((each): readonly Allowance[] => {
    const { comment, isForFile, codes } = each;
    if (isForFile && comment.span.start > firstDefinition) {
      const help = ["put it at the top of the file, or write `allow` for what it stands at"];
      const problem = "stands below the first definition";
      reporter.report(malformedAllow.at({ span: comment.span, help }, "allow-file", problem));
      return [];
    }
    const target = isForFile ? ast.span : targetOf(comment);
    if (target === undefined) {
      const help = ["put it behind a stage or definition, or above it; `allow-file` is for the whole file"];
      reporter.report(malformedAllow.at({ span: comment.span, help }, "allow", "is about nothing"));
      return [];
    }
    return codes.flatMap((code): readonly Allowance[] => {
      const text = meantCode(code, reporter);
      return text === undefined ? [] : [{ code: { ...code, text }, comment: each, target, isUsed: false }];
    });
  });
}

/** The code that is meant; `undefined` where that can be told only by a person. Reports what is not written as it should. */
function meantCode({ text, span }: AllowedCode, reporter: Reporter): string | undefined {
  if (ALLOWABLE.has(text)) return text;
  const meant = [...ALLOWABLE].find(
    ([code, title]) => code === text.toUpperCase() || title === text.toLowerCase(),
  )?.[0];
  if (meant !== undefined) {
    const fix: Fix = {
      title: `write ${quoted(meant)}`,
      applicability: "machine-applicable",
      edits: [{ span, text: meant }],
    };
    reporter.report(notAllowable.at({ span, help: [fix.title], fix }, text, "is not written as a code"));
    return meant;
  }
  if (/^DN\d{4}$/.test(text)) {
    const help = [`what is wrong is mended, not allowed: see \`dnc explain ${text}\``];
    reporter.report(notAllowable.at({ span, help }, text, "is neither a lint nor another warning"));
    return undefined;
  }
  const near = nearest(text.toUpperCase(), [...ALLOWABLE.keys()]);
  const help = [near === undefined ? "`dnc explain` lists all codes" : `did you mean ${quoted(near)}?`];
  reporter.report(notAllowable.at({ span, help }, text, "is no code"));
  return undefined;
}

/** Gives the allowances of a diagnostic: what is told lies in the target, or in a block that the target calls. */
function coverage(allowances: readonly Allowance[]): (diagnostic: Diagnostic) => readonly Allowance[] {
  const byCode = groupBy(allowances, ({ code }) => code.text);
  const targets = new Map(
    [...byCode].map(([code, ofCode]) => {
      const byFile = groupBy(ofCode, ({ target }) => target.file);
      return [code, new Map([...byFile].map(([file, all]) => [file, nestedTargets(all)]))];
    }),
  );
  return ({ code, span, frame }) => {
    const ofCode = targets.get(code);
    if (ofCode === undefined) return [];
    const at = (place: Span | undefined): readonly Allowance[] =>
      (place && ofCode.get(place.file)?.(place)) ?? [];
    const found = new Set(at(span));
    for (let each = frame; each !== undefined; each = each.parent)
      for (const allowance of at(each.call)) found.add(allowance);
    return [...found];
  };
}

function nestedTargets(allowances: readonly Allowance[]): (place: Span) => readonly Allowance[] {
  const around = nestedSpans(
    allowances.map((allowance) => ({ start: allowance.target.start, end: allowance.target.end, allowance })),
  );
  return (place) => around(place).map(({ allowance }) => allowance);
}

/** Where the stages of a graph are written, and where what they are in is called and defined. */
function placesOf({ nodes }: CheckedGraph): readonly Span[] {
  const places = new Set<Span>();
  for (const { origin } of nodes) {
    places.add(origin.span);
    for (let at: typeof origin.frame | undefined = origin.frame; at !== undefined; at = at.parent) {
      // What is around a frame was seen with the first node in it.
      if (places.has(at.definition) && (at.call === undefined || places.has(at.call))) continue;
      places.add(at.definition);
      if (at.call !== undefined) places.add(at.call);
    }
  }
  return [...places];
}

/** Tells whether all that could need a target was made: a model for what is in it, else every model of the file. */
function expansion(
  graphs: readonly CheckedGraph[],
  { ast, source }: Module,
): (allowance: Allowance) => boolean {
  const places = graphs
    .flatMap(placesOf)
    .filter(({ file }) => file === source)
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const isMade = (part: Span): boolean => {
    for (let at = countStartingBelow(places, part.start); ; at += 1) {
      const place = places[at];
      if (place === undefined || place.start >= part.end) return false;
      // What is larger than the part starts with it.
      if (place.end <= part.end) return true;
    }
  };
  const modelsAround = nestedSpans(ast.models.map(({ span }) => span));
  const areModelsMade = ast.models.every(({ span }) => isMade(span));
  const areBlocksMade = ast.blocks.every(({ span }) => isMade(span));
  return ({ comment, target }) => {
    if (comment.isForFile) return areModelsMade && areBlocksMade;
    return isMade(target) && (areModelsMade || modelsAround(target).length > 0);
  };
}

function reportUnused({ code, comment, target }: Allowance, reporter: Reporter): void {
  reporter.report(
    unusedAllow.at(
      {
        span: code.span,
        ...(!comment.isForFile && { labels: [{ span: firstLineOf(target), text: "it is about this" }] }),
        help: ["remove it, or put it where it belongs"],
        ...(comment.codes.length === 1 && {
          fix: {
            title: "remove the comment",
            applicability: "maybe-incorrect",
            edits: [{ span: comment.comment.span, text: "" }],
          },
        }),
      },
      code.text,
    ),
  );
}

/** Labels of many lines hide what they are about. */
function firstLineOf({ file, start, end }: Span): Span {
  const [line = ""] = file.text.slice(start, end).split(/\r?\n/, 1);
  return { file, start, end: start + line.trimEnd().length };
}
