/** Flags that take one of a few words. */
import { listOf, nearest, quoted } from "../base/text.ts";
import { type FlagValues, UsageError } from "./command.ts";

/** Of more words only the one that was meant is told. */
const FEW = 12;

/** The word that was given to a flag. */
export function oneOf<Word extends string>(words: readonly Word[], flag: string, given: string): Word {
  const word = words.find((each) => each === given);
  if (word !== undefined) return word;
  const near = nearest(given, words);
  const help = near === undefined ? [] : [`did you mean ${quoted(near)}?`];
  if (words.length <= FEW)
    throw new UsageError(`${quoted(flag)} takes ${listOf(words, "or")}, not ${quoted(given)}`, help);
  throw new UsageError(
    `${quoted(flag)} knows no ${quoted(given)}`,
    near === undefined ? [`it knows ${listOf(words)}`] : help,
  );
}

/** How results are to be printed, by `--format` or `--json`; `undefined`: nothing was said. */
export function formOf<Form extends string>(
  { json, format }: FlagValues,
  forms: readonly Form[],
): Form | "json" | undefined {
  const form = format === undefined ? undefined : oneOf(forms, "--format", String(format));
  if (json !== true) return form;
  // The last two are how diagnostics look, beside the results.
  if (form !== undefined && form !== "json" && form !== "pretty" && form !== "plain")
    throw new UsageError(`\`--json\` and \`--format ${form}\` exclude each other`);
  return "json";
}
