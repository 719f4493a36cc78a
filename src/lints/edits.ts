/** Edits of a stage's text that fixes of lints make. */
import type { Edit } from "../base/diagnostic.ts";
import { spanAfter } from "../base/source.ts";
import type { Origin } from "../ir/graph.ts";

/** Gives an argument of a stage a value, whether the stage writes it already or not. */
export function argumentEdits({ parts, span }: Origin, name: string, value: string): readonly Edit[] {
  const text = `${name}=${value}`;
  const written = parts.get(name);
  if (written !== undefined) return [{ span: written, text }];
  const list = parts.get("arguments");
  if (list === undefined)
    return [{ span: spanAfter(parts.get("kernel") ?? parts.get("name") ?? span), text: ` (${text})` }];
  const isEmpty = list.file.text.slice(list.start + 1, list.end - 1).trim() === "";
  const end = { file: list.file, start: list.end - 1, end: list.end - 1 };
  return [{ span: end, text: isEmpty ? text : `, ${text}` }];
}
