/** From arguments to an exit code: finds the command, runs it, and tells what went wrong in one way for all. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { systemFault } from "../base/faults.ts";
import { nearest, quoted } from "../base/text.ts";
import { reportBug } from "./bug-report.ts";
import { type Command, type ExitCode, type FlagValues, type Terminal, UsageError } from "./command.ts";
import { type Commands, loadCommand } from "./commands.ts";
import { parseArguments } from "./flags.ts";
import { commandHelp, overview } from "./help.ts";
import { createTerminal, type Streams } from "./terminal.ts";
import { VERSION } from "./version.ts";

export async function dispatch(
  args: readonly string[],
  streams: Streams,
  commands: Commands,
): Promise<ExitCode> {
  const color = !args.includes("--no-color");
  const terminal = createTerminal(streams, { color, format: undefined });
  // Flags may stand in front of the command, too: `dnc --no-color check net.dn`.
  const at = args.findIndex((argument) => !argument.startsWith("-"));
  const name = args[at];
  const rest = args.filter((_, index) => index !== at);
  try {
    if (name === undefined) return runBare(args, commands, terminal);
    if (name === "help") return await runHelp(rest, commands, terminal);
    const command = await findCommand(name, commands);
    const { positionals, flags } = parseArguments(rest, command);
    if (flags["help"] === true) return showHelp(command, terminal);
    if (flags["version"] === true) return showVersion(terminal);
    return await command.run(positionals, flags, createTerminal(streams, { color, format: formatOf(flags) }));
  } catch (error) {
    if (error instanceof UsageError) return showUsageError(error, { name, commands, terminal });
    const fault = systemFaultOf(error);
    terminal.show([fault ?? reportBug(error, args)]);
    return fault === undefined ? 70 : 4;
  }
}

/** `dnc` without a command. */
function runBare(args: readonly string[], commands: Commands, terminal: Terminal): ExitCode {
  const { flags } = parseArguments(args, { flags: {} });
  if (flags["version"] === true) return showVersion(terminal);
  terminal.out(overview(commands, terminal));
  return 0;
}

async function runHelp(args: readonly string[], commands: Commands, terminal: Terminal): Promise<ExitCode> {
  const [name] = parseArguments(args, { flags: {} }).positionals;
  if (name === undefined || name === "help") return runBare([], commands, terminal);
  return showHelp(await findCommand(name, commands), terminal);
}

async function findCommand(name: string, commands: Commands): Promise<Command> {
  const command = await loadCommand(name, commands);
  if (command !== undefined) return command;
  const names = Object.keys(commands);
  const meant = name.endsWith(".dn") && names.includes("check") ? `check ${name}` : nearest(name, names);
  const help = meant === undefined ? [] : [`did you mean ${quoted(`dnc ${meant}`)}?`];
  throw new UsageError(`unknown command ${quoted(name)}`, help);
}

function formatOf({ format }: FlagValues): "pretty" | "plain" | undefined {
  return format === "pretty" || format === "plain" ? format : undefined;
}

function showVersion(terminal: Terminal): ExitCode {
  terminal.out(`dnc ${VERSION}\n`);
  return 0;
}

function showHelp(command: Command, terminal: Terminal): ExitCode {
  terminal.out(commandHelp(command, terminal));
  return 0;
}

interface Usage {
  readonly name: string | undefined;
  readonly commands: Commands;
  readonly terminal: Terminal;
}

function showUsageError({ message, help }: UsageError, { name, commands, terminal }: Usage): ExitCode {
  const page = name !== undefined && Object.hasOwn(commands, name) ? `dnc ${name} --help` : "dnc --help";
  const lines = [`error: ${message}`, ...help.map((line) => `help: ${line}`), `see: ${page}`];
  terminal.err(`${lines.join("\n")}\n`);
  return 2;
}

/** What the operating system refused, or undefined for any other error. */
export function systemFaultOf(error: unknown): Diagnostic | undefined {
  if (!(error instanceof Error && "syscall" in error && "code" in error)) return undefined;
  // Node says `ENOENT: no such file or directory, open 'x.dn'`.
  const [, reason = error.message, action] = /^[A-Z0-9]+: (.+?), (.+)$/.exec(error.message) ?? [];
  return systemFault.at({}, action === undefined ? reason : `cannot ${action}: ${reason}`);
}
