/** The commands of `dnc`, in the order of its help; each is loaded only when it is asked for. */
import type { Command } from "./command.ts";

export interface CommandEntry {
  /** The command's own `summary`, here so that `dnc --help` loads no command; a test holds the two together. */
  readonly summary: string;
  load(): Promise<{ readonly command: Command }>;
}

export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  explain: {
    summary: "say what a diagnostic means and how to mend it",
    load: () => import("./commands/explain.ts"),
  },
};

export function commandNames(): readonly string[] {
  return Object.keys(COMMANDS);
}

export async function loadCommand(name: string): Promise<Command | undefined> {
  // A plain look-up would find what every object inherits, such as `constructor`.
  if (!Object.hasOwn(COMMANDS, name)) return undefined;
  const loaded = await COMMANDS[name]?.load();
  return loaded?.command;
}
