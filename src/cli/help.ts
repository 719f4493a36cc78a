/** What `--help` prints: an overview of `dnc`, and the page of a command. */
import type { Colors } from "./colors.ts";
import type { Command, Flag } from "./command.ts";
import type { Commands } from "./commands.ts";
import { GLOBAL_FLAGS } from "./flags.ts";
import { padEnd, wrap } from "./render/text-width.ts";
import { VERSION } from "./version.ts";

interface HelpOptions {
  readonly colors: Colors;
  readonly width: number;
}

type Item = readonly [term: string, meaning: string];

/** Longer lines are hard to read, however wide the terminal. */
const MAX_WIDTH = 100;
/** A longer term stands on a line of its own. */
const MAX_TERM = 30;

const EXIT_CODES: readonly Item[] = [
  ["0", "fine"],
  ["1", "errors in the spec"],
  ["2", "wrong usage"],
  ["3", "a budget or `expect` exceeded"],
  ["4", "the environment: no native library, a file that cannot be read or written"],
  ["70", "a bug in dnc"],
];

export function overview(commands: Commands, options: HelpOptions): string {
  return page([
    [`dnc ${VERSION}: the compiler for declarative neural-network specs`],
    section("Usage", [["dnc COMMAND [ARGUMENTS] [FLAGS]", ""]], options),
    section(
      "Commands",
      Object.entries(commands).map(([name, { summary }]) => [name, summary]),
      options,
    ),
    section("Flags of every command", flagItems(GLOBAL_FLAGS), options),
    section("Exit codes", EXIT_CODES, options),
    ["`dnc COMMAND --help` tells more of a command, with examples."],
  ]);
}

export function commandHelp(command: Command, options: HelpOptions): string {
  const { name, usage, description, examples, flags } = command;
  const width = Math.min(options.width, MAX_WIDTH);
  return page([
    [`${options.colors.bold(`dnc ${name}`)}: ${command.summary}`],
    section("Usage", [[usage, ""]], options),
    description.split("\n").flatMap((paragraph) => wrap(paragraph, width)),
    section("Flags", flagItems({ ...flags, ...GLOBAL_FLAGS }), options),
    [
      options.colors.bold("Examples"),
      ...examples.flatMap(([line, meaning]) => [
        `  ${options.colors.cyan(line)}`,
        ...wrap(meaning, width - 6).map((part) => `      ${part}`),
      ]),
    ],
    section(
      "Exit codes",
      command.exitCodes?.map(([code, meaning]) => [String(code), meaning]) ?? [],
      options,
    ),
  ]);
}

function flagItems(flags: Readonly<Record<string, Flag>>): readonly Item[] {
  return Object.entries(flags).map(([name, { short, value, multiple, summary }]) => {
    const brief = short === undefined ? "    " : `-${short}, `;
    return [
      `${brief}--${name}${value === undefined ? "" : ` ${value}`}`,
      multiple === true ? `${summary} (repeatable)` : summary,
    ];
  });
}

/** A title, and terms with their meanings beside them; nothing without items. */
function section(title: string, items: readonly Item[], { colors, width }: HelpOptions): readonly string[] {
  if (items.length === 0) return [];
  const termWidth = Math.min(MAX_TERM, Math.max(...items.map(([term]) => term.length)));
  const indent = " ".repeat(termWidth + 4);
  const room = Math.max(24, Math.min(width, MAX_WIDTH) - indent.length);
  const lines = items.flatMap(([term, meaning]) => {
    if (meaning === "") return [`  ${colors.cyan(term)}`];
    const [first = "", ...more] = wrap(meaning, room);
    const lead = `  ${colors.cyan(padEnd(term, termWidth))}`;
    const rest = more.map((line) => indent + line);
    if (term.length > termWidth) return [lead, indent + first, ...rest];
    return [`${lead}  ${first}`, ...rest];
  });
  return [colors.bold(title), ...lines];
}

function page(blocks: readonly (readonly string[])[]): string {
  const filled = blocks.filter((block) => block.length > 0);
  return `${filled.map((block) => block.join("\n")).join("\n\n")}\n`;
}
