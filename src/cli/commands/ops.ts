/** `dnc ops`: the reference of stages, and the page of one. */
import { quoted, withSeparators } from "../../base/text.ts";
import { GROUP_TITLES, lookUpStage, STAGE_REFERENCE, type StageReference } from "../../index.ts";
import { type Command, type ExitCode, type Terminal, UsageError } from "../command.ts";
import { padEnd, wrap } from "../render/text-width.ts";

/** Wider text is hard to read. */
const MAX_WIDTH = 100;

export const command: Command = {
  name: "ops",
  summary: "list the stages of the language, or tell all about one",
  usage: "dnc ops [NAME] [--json]",
  description:
    "Lists the stages that a pipeline is made of. With a name, tells how the stage is written, what each argument " +
    "must be and what it defaults to, and shows examples with the shapes and parameters that they give.",
  examples: [
    ["dnc ops", "all stages, by group"],
    ["dnc ops conv", "how a convolution is written, and what it may be told"],
    ["dnc ops --json", "the whole reference for other tools (schema dnc/ops-1)"],
  ],
  flags: { json: { type: "boolean", summary: "print JSON (schema dnc/ops-1)" } },
  async run(positionals, flags, terminal): Promise<ExitCode> {
    const [name, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError("`dnc ops` takes one name");
    const stages = name === undefined ? STAGE_REFERENCE : [findStage(name)];
    if (flags["json"] === true) {
      const document = { schema: "dnc/ops-1", stages };
      terminal.out(`${JSON.stringify(document, undefined, 2)}\n`);
    } else
      terminal.out(
        name === undefined
          ? renderList(stages, terminal)
          : stages.map((stage) => renderPage(stage, terminal)).join("\n"),
      );
    return 0;
  },
};

function findStage(name: string): StageReference {
  const found = lookUpStage(name);
  switch (found.kind) {
    case "stage":
      return found.stage;
    case "later":
      throw new UsageError(
        `stage ${quoted(name)} is not supported yet: it belongs to a later edition of the language`,
        ["`dnc explain DN0002` says what that means"],
      );
    default: {
      const { meant } = found;
      throw new UsageError(`no stage ${quoted(name)}`, [
        ...(meant === undefined ? [] : [`did you mean ${quoted(meant)}?`]),
        "`dnc ops` lists all stages",
      ]);
    }
  }
}

function renderList(stages: readonly StageReference[], { colors, width }: Terminal): string {
  const term = Math.max(...stages.map(({ name }) => name.length));
  const room = Math.min(width, MAX_WIDTH) - term - 4;
  const groups = Object.entries(GROUP_TITLES).flatMap(([group, title]) => {
    const members = stages.filter((stage) => stage.group === group);
    const lines = members.flatMap(({ name, summary }) => {
      const [first = "", ...more] = wrap(firstSentence(summary), room);
      return [
        `  ${colors.cyan(padEnd(name, term))}  ${first}`,
        ...more.map((line) => " ".repeat(term + 4) + line),
      ];
    });
    return lines.length === 0 ? [] : [[colors.bold(title), ...lines].join("\n")];
  });
  return `${groups.join("\n\n")}\n`;
}

function firstSentence(text: string): string {
  return /^.*?\.(?= )/.exec(text)?.[0] ?? text;
}

function renderPage(stage: StageReference, { colors, width }: Terminal): string {
  const room = Math.min(width, MAX_WIDTH);
  const indented = (text: string, by: number): readonly string[] =>
    wrap(text, room - by).map((line) => " ".repeat(by) + line);
  const taken = stage.arguments.flatMap(({ name, expects, required, default: value, summary }) => [
    `  ${colors.cyan(name)}${value === undefined ? "" : ` = ${value}`}${required ? " (required)" : ""}`,
    ...indented(summary, 6),
    ...indented(`must be ${expects}`, 6),
  ]);
  const examples = stage.examples.flatMap(({ source, input, output, params }) => [
    `  ${colors.cyan(source)}`,
    `      ${input} → ${output}, ${withSeparators(params)} parameters`,
  ]);
  const blocks = [
    [colors.bold(stage.syntax)],
    wrap(stage.summary, room),
    ...(taken.length === 0 ? [] : [[colors.bold("Arguments"), ...taken]]),
    [colors.bold(examples.length === 2 ? "Example" : "Examples"), ...examples],
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
