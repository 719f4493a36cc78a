/** What a command of `dnc` is: its help, its flags and what it does. One file a command, listed in `commands.ts`. */

import type { Diagnostic } from "../base/diagnostic.ts";
import type { Colors } from "./colors.ts";

/** 0 fine, 1 errors in the spec, 2 wrong usage, 3 budget exceeded, 4 environment, 70 a bug in dnc, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 70 | 130;

export interface Flag {
  readonly type: "boolean" | "string";
  readonly short?: string;
  readonly multiple?: boolean;
  /** `DIR`, `N`: how the value is called in the help. */
  readonly value?: string;
  readonly summary: string;
}

/** The results go to `out`, everything else (diagnostics, progress) to `err`; both write the text as it is. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Shows diagnostics on stderr as the person asked for (pretty on a terminal, plain otherwise). */
  show(diagnostics: readonly Diagnostic[]): void;
  /** For text that goes to `out`: identity functions where stdout takes no color. */
  readonly colors: Colors;
  /** Columns of the terminal; 100 when it is none. */
  readonly width: number;
  /** Whether stderr is a terminal: progress bars, not lines. */
  readonly interactive: boolean;
}

export type FlagValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface Command {
  readonly name: string;
  /** One line for `dnc --help`. */
  readonly summary: string;
  /** `dnc report TARGET [--json]`. */
  readonly usage: string;
  readonly description: string;
  /** Two real ones, each a whole command line with a word on what it does. */
  readonly examples: readonly (readonly [commandLine: string, meaning: string])[];
  readonly flags: Readonly<Record<string, Flag>>;
  /** For the help, where they say more than 0 and 2 everywhere. */
  readonly exitCodes?: readonly (readonly [code: ExitCode, meaning: string])[];
  /**
   * On Ctrl-C the process ends with 130 while this is under way: whoever has something half-written removes it
   * in a `process.on("exit")` listener.
   */
  run(positionals: readonly string[], flags: FlagValues, terminal: Terminal): Promise<ExitCode>;
}

/** Wrong usage: printed with a pointer to `--help`, exit 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** How to do it right. */
  readonly help: readonly string[];

  constructor(message: string, help: readonly string[] = []) {
    super(message);
    this.help = help;
  }
}
