/** Whether a stream takes color, and the functions that color text for it. */
import picocolors from "picocolors";

/** Functions such as `red` and `bold` from text to text; identities where there is no color. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** What the environment says of color: the variables of no-color.org and force-color.org, and a dumb terminal. */
export interface ColorEnvironment {
  readonly NO_COLOR?: string | undefined;
  readonly FORCE_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
}

export function takesColor(isTerminal: boolean, environment: ColorEnvironment): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== "0";
  return isTerminal && environment.TERM !== "dumb";
}

export function colorsWhere(enabled: boolean): Colors {
  return picocolors.createColors(enabled);
}
