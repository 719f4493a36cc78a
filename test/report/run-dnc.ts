/** Runs `dnc` in this process, as a script would see it: no terminal, 100 columns. */
import { COMMANDS } from "../../src/cli/commands.ts";
import { dispatch } from "../../src/cli/dispatch.ts";

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function dnc(...args: readonly string[]): Promise<Result> {
  const texts = { stdout: "", stderr: "" };
  const code = await dispatch(
    args,
    {
      stdout: { write: (text) => (texts.stdout += text) },
      stderr: { write: (text) => (texts.stderr += text) },
      environment: {},
    },
    COMMANDS,
  );
  return { code, ...texts };
}
