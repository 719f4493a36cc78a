/** Flags that take one of a few words. */
import { listOf, nearest, quoted } from "../base/text.ts";
import { type FlagValues, UsageError } from "./command.ts";

/** The word that was given to a flag. */
export function oneOf<Word extends string>(words: readonly Word[], flag: string, given: string): Word {
  const word = words.find((each) => each === given);
  if (word !== undefined) return word;
  const near = nearest(given, words);
  throw new UsageError(
    `${quoted(flag)} takes ${listOf(words, "or")}, not ${quoted(given)}`,
    near === undefined ? [] : [`did you mean ${quoted(near)}?`],
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
