/** Edits of a stage's text that fixes of lints make. */
import type { Edit } from "../base/diagnostic.ts";
import type { Origin } from "../ir/graph.ts";
import { addedArgument } from "../semantics/argument-edits.ts";

/** Gives an argument of a stage a value, whether the stage writes it already or not. */
export function argumentEdits(origin: Origin, name: string, value: string): readonly Edit[] {
  const text = `${name}=${value}`;
  const written = origin.parts.get(name);
  return written === undefined ? addedArgument(text, origin) : [{ span: written, text }];
}
