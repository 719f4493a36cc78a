/** The terminal that a command talks to: streams, colors, width, and diagnostics in the form that was asked for. */
import { type Colors, colorsWhere, type Environment, takesColor } from "./colors.ts";
import type { Terminal } from "./command.ts";
import { renderAll } from "./render/all.ts";

/** What a terminal needs of a stream; those of the process have it. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Streams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly environment: Environment;
}

export interface TerminalOptions {
  /** False after `--no-color`. */
  readonly color: boolean;
  /** How `show` renders; undefined: pretty on a terminal or where color is forced, plain otherwise. */
  readonly format: "pretty" | "plain" | undefined;
}

/** Where no terminal says otherwise. */
const DEFAULT_WIDTH = 100;

export function createTerminal(streams: Streams, options: TerminalOptions): Terminal {
  const { stdout, stderr, environment } = streams;
  const colorsOf = (stream: OutputStream): Colors =>
    colorsWhere(options.color && takesColor(stream.isTTY === true, environment));
  const errorColors = colorsOf(stderr);
  const isPretty = stderr.isTTY === true || errorColors.isColorSupported;
  const format = options.format ?? (isPretty ? "pretty" : "plain");
  const width = widthOf(stdout) ?? widthOf(stderr) ?? DEFAULT_WIDTH;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    show: (diagnostics) =>
      void stderr.write(
        renderAll(diagnostics, { format, colors: errorColors, width: widthOf(stderr) ?? DEFAULT_WIDTH }),
      ),
    colors: colorsOf(stdout),
    width,
    interactive: stderr.isTTY === true && environment["TERM"] !== "dumb",
  };
}

/** Some terminals say 0 columns while they start. */
function widthOf({ isTTY, columns }: OutputStream): number | undefined {
  return isTTY === true && columns !== undefined && columns > 0 ? columns : undefined;
}
