/** Command-line arguments against the flags of a command: what is not known is wrong usage, with a suggestion. */
import { parseArgs } from "node:util";
import { nearest, quoted } from "../base/text.ts";
import { type Command, type Flag, type FlagValues, UsageError } from "./command.ts";

/** Understood by every command and by `dnc` itself. */
export const GLOBAL_FLAGS: Readonly<Record<string, Flag>> = {
  help: { type: "boolean", short: "h", summary: "show this help" },
  version: { type: "boolean", summary: "print the version of dnc" },
  "no-color": { type: "boolean", summary: "write without color (as with the variable NO_COLOR)" },
};

export interface ParsedArguments {
  readonly positionals: readonly string[];
  readonly flags: FlagValues;
}

export function parseArguments(args: readonly string[], command: Pick<Command, "flags">): ParsedArguments {
  const known: Readonly<Record<string, Flag>> = { ...command.flags, ...GLOBAL_FLAGS };
  const { positionals, tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(known).map(([name, flag]) => [name, optionOf(flag)])),
    allowPositionals: true,
    // The tokens are judged here, for better messages than the library's.
    strict: false,
    tokens: true,
  });
  const flags: Record<string, string | boolean | readonly string[]> = {};
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const flag = Object.hasOwn(known, name) ? known[name] : undefined;
    if (flag === undefined) throw unknownFlag(rawName, Object.keys(known));
    if (flag.type === "boolean") {
      if (value !== undefined) throw new UsageError(`${quoted(rawName)} takes no value`);
      flags[name] = true;
      continue;
    }
    if (value === undefined)
      throw new UsageError(`${quoted(rawName)} needs a value${exampleOf(rawName, flag)}`);
    if (inlineValue === false && value.startsWith("-") && value !== "-") {
      const meant = rawName.startsWith("--") ? `${rawName}=${value}` : `${rawName}${value}`;
      throw new UsageError(`${quoted(rawName)} needs a value, found the flag ${quoted(value)}`, [
        `write ${quoted(meant)} if that is the value`,
      ]);
    }
    const earlier = flags[name];
    flags[name] = flag.multiple === true ? [...(Array.isArray(earlier) ? earlier : []), value] : value;
  }
  return { positionals, flags };
}

function optionOf({ type, short, multiple = false }: Flag): {
  type: Flag["type"];
  multiple: boolean;
  short?: string;
} {
  return { type, multiple, ...(short !== undefined && { short }) };
}

function exampleOf(rawName: string, { value }: Flag): string {
  return value === undefined ? "" : `: ${quoted(`${rawName} ${value}`)}`;
}

function unknownFlag(rawName: string, names: readonly string[]): UsageError {
  const meant = nearest(rawName.replace(/^-+/, ""), names);
  const help = meant === undefined ? [] : [`did you mean ${quoted(`--${meant}`)}?`];
  return new UsageError(`unknown flag ${quoted(rawName)}`, help);
}
