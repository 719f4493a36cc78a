/** The edit of a did-you-mean. */
import type { Fix } from "./diagnostic.ts";
import type { Span } from "./source.ts";
import { quoted } from "./text.ts";

export function replaceFix(span: Span, text: string): { readonly fix: Fix } {
  return {
    fix: { title: `write ${quoted(text)}`, applicability: "maybe-incorrect", edits: [{ span, text }] },
  };
}
