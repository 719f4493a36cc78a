/** Whether a stream takes color, and the functions that color text for it. */
import picocolors from "picocolors";

/** Functions such as `red` and `bold` from text to text; identities where there is no color. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Environment variables; those of no-color.org and force-color.org speak of color, and `TERM` of a dumb terminal. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function takesColor(isTerminal: boolean, environment: Environment): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== "0";
  return isTerminal && TERM !== "dumb";
}

export function colorsWhere(enabled: boolean): Colors {
  return picocolors.createColors(enabled);
}
