/** What starts with a digit and is neither a number nor a kernel: what it most likely should be. */
import type { IToken } from "chevrotain";
import type { Diagnostic, Fix, Reporter } from "../src/base/diagnostic.ts";
import type { SourceFile, Span } from "../src/base/source.ts";
import { quoted } from "../src/base/text.ts";
import { invalidCharacter, malformedKernel, malformedNumber } from "./syntax-errors.ts";
import { Kernel, Num, retype } from "./tokens.ts";

/** A token that the parser can read in place of the malformed one. */
export function repairNumber(file: SourceFile, token: IToken, reporter: Reporter): IToken {
  const span: Span = { file, start: token.startOffset, end: token.startOffset + token.image.length };
  const sizes = kernelSizes(token.image);
  if (sizes !== undefined) {
    const kernel = sizes.join("x");
    reporter.report(kernelProblem(span, token.image, kernel));
    return retype(token, Kernel, kernel);
  }
  reporter.report(numberProblem(span, token.image));
  return retype(token, Num, /^\d+/.exec(token.image)?.[0] ?? "1");
}

/** `3x`, `3X3`, `3×3` have sizes; a single one is meant for two axes. */
function kernelSizes(text: string): readonly string[] | undefined {
  if (!/^\d+(?:[xX\u00D7\u2715\u2716\u0445]\d*)+$/.test(text)) return undefined;
  const sizes = text.split(/\D/).filter((size) => size !== "");
  return sizes.length === 1 ? [...sizes, ...sizes] : sizes;
}

function kernelProblem(span: Span, text: string, kernel: string): Diagnostic {
  const fix: Fix = {
    title: `write ${quoted(kernel)} with the letter x`,
    // After the sign at the end of `3×` its second size may follow.
    applicability: /\D$/.test(text) ? "maybe-incorrect" : "machine-applicable",
    edits: [{ span, text: kernel }],
  };
  const foreign = /[^\dxX]/.exec(text);
  if (foreign !== null) {
    const start = span.start + foreign.index;
    return invalidCharacter.at(
      { span: { ...span, start, end: start + 1 }, help: [fix.title], fix },
      foreign[0],
    );
  }
  if (/X/.test(text)) {
    return malformedKernel.at({ span, help: [fix.title], fix }, `kernel ${quoted(text)} has a capital \`X\``);
  }
  const guess: Fix = { ...fix, title: `write ${quoted(kernel)}`, applicability: "maybe-incorrect" };
  const problem = /^\d+x$/.test(text) ? "has one size, needs two" : "lacks a size beside an `x`";
  return malformedKernel.at({ span, help: [guess.title], fix: guess }, `kernel ${quoted(text)} ${problem}`);
}

const UNITS: ReadonlyMap<string, string> = new Map([
  ["m", "M"],
  ["g", "G"],
  ["kb", "K"],
  ["mb", "M"],
  ["gb", "G"],
  ["kib", "KiB"],
  ["mib", "MiB"],
  ["gib", "GiB"],
]);

function numberProblem(span: Span, text: string): Diagnostic {
  const meant = meantNumber(text);
  const help = [
    ...(meant === undefined ? [] : [`write ${quoted(meant)}`]),
    "numbers are written `1_000`, `0.5`, `1e-5`, `2.9G`, `8MiB`",
  ];
  if (meant === undefined) return malformedNumber.at({ span, help }, text);
  const fix: Fix = {
    title: `write ${quoted(meant)}`,
    applicability: "maybe-incorrect",
    edits: [{ span, text: meant }],
  };
  return malformedNumber.at({ span, help, fix }, text);
}

function meantNumber(text: string): string | undefined {
  if (/^[\d_]+$/.test(text)) return text.replace(/_+/g, "_").replace(/_$/, "");
  const [, number = "", rest = ""] = /^(\d+(?:\.\d+)?)(.*)$/.exec(text) ?? [];
  const unit = UNITS.get(rest.toLowerCase());
  if (unit !== undefined) return number + unit;
  if (/^[A-Za-z_]\w*$/.test(rest)) return `${number}*${rest}`;
  if (rest === ".") return number;
  return undefined;
}
