/** Edits of the arguments of a call, whatever of them it writes. */
import type { Edit } from "../base/diagnostic.ts";
import { type Span, spanAfter } from "../base/source.ts";

/** Adds `text` behind the arguments of the call that `span` holds, or as the only one. */
export function addedArgument(
  text: string,
  { parts, span }: { readonly parts: ReadonlyMap<string, Span>; readonly span: Span },
): readonly Edit[] {
  const list = parts.get("arguments");
  if (list === undefined)
    return [{ span: spanAfter(parts.get("kernel") ?? parts.get("name") ?? span), text: ` (${text})` }];
  const inside = { file: list.file, start: list.end - 1, end: list.end - 1 };
  const isEmpty = list.file.text.slice(list.start + 1, list.end - 1).trim() === "";
  return [{ span: inside, text: isEmpty ? text : `, ${text}` }];
}
