/** JSON as bytes of a file. */
import type { Malformed } from "./array.ts";

export function parseJson(bytes: Uint8Array): { readonly value: unknown } | Malformed {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch (error) {
    if (error instanceof SyntaxError) return { malformed: `it is no JSON (${error.message})` };
    if (error instanceof TypeError) return { malformed: "its text is no UTF-8" };
    throw error;
  }
}
