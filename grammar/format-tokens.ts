/** The tokens of a file in turn, each with the comments before it: none is lost, whatever becomes of its token. */
import type { IToken } from "chevrotain";
import { invariant } from "../src/base/invariant.ts";
import { comment, concat, type Layout, line, nothing, text } from "./format-layout.ts";
import type { Scanned } from "./scan.ts";

interface Remark {
  readonly text: string;
  /** It stands behind something on the same line. */
  readonly isAtEnd: boolean;
  readonly isAfterBlank: boolean;
}

interface Entry {
  readonly image: string;
  readonly start: number;
  readonly remarks: readonly Remark[];
  /** Whether the line before it (not before its comments) is empty. */
  readonly isAfterBlank: boolean;
}

/** What stands between the last token and the next. */
export interface Gap {
  readonly hasRemarks: boolean;
  /** Whether what comes next on a line of its own follows an empty line. */
  readonly isBlank: boolean;
}

export interface Tokens {
  /** The next token, which must read so, with the comments before it. */
  take(image?: string): Layout;
  /** The next token, right behind what was there before: comments between them go behind it. */
  attach(image: "," | ";" | "<" | "{"): Layout;
  /** Leaves the next token out, not the comments before it, if it reads so and starts before `end`; says whether. */
  skip(image: string, end?: number): boolean;
  /** The comments before the next token, each with the end of its line; after the last ones no line stays empty. */
  remarks(options?: { readonly areLast: boolean }): Layout;
  gap(): Gap;
}

export function readTokens(source: string, { tokens, comments }: Scanned): Tokens {
  const entries = entriesOf(source, tokens, comments);
  let at = 0;
  /** The comments before tokens that were left out or attached. */
  let carried: Remark[] = [];

  const next = (): Entry => {
    const entry = entries[at];
    invariant(entry !== undefined, "the formatter reads on past the end of the file");
    return entry;
  };
  const advance = (image: string | undefined): Entry => {
    const entry = next();
    const isExpected = image === undefined || image === entry.image;
    invariant(isExpected, `the formatter expects ${image} and finds ${entry.image} at ${entry.start}`);
    at += 1;
    return entry;
  };
  /** The comments before the next token go to the one after it. */
  const carry = (): void => {
    for (const remark of next().remarks) carried.push(remark);
  };
  /** The comments between the last token and the next. */
  const claim = (): readonly Remark[] => {
    if (carried.length === 0) return next().remarks;
    carry();
    const claimed = carried;
    carried = [];
    return claimed;
  };

  return {
    take(image) {
      const remarks = claim();
      const entry = advance(image);
      const word = text(entry.image);
      return remarks.length === 0 ? word : concat(remarksLayout(remarks, entry.isAfterBlank), word);
    },
    attach(image) {
      carry();
      return text(advance(image).image);
    },
    skip(image, end = Infinity) {
      if (next().image !== image || next().start >= end) return false;
      carry();
      at += 1;
      return true;
    },
    remarks({ areLast } = { areLast: false }) {
      const remarks = claim();
      entries[at] = { ...next(), remarks: [] };
      return remarksLayout(remarks, !areLast && next().isAfterBlank);
    },
    gap() {
      const [first, second] = [...carried.slice(0, 2), ...next().remarks.slice(0, 2)];
      const own = first?.isAtEnd === true ? second : first;
      return { hasRemarks: first !== undefined, isBlank: (own ?? next()).isAfterBlank };
    },
  };
}

function remarksLayout(remarks: readonly Remark[], isBlankBeforeNext: boolean): Layout {
  const layouts = remarks.map((remark, index) => {
    const blankAfter = remarks[index + 1]?.isAfterBlank ?? isBlankBeforeNext;
    return comment(remark.text, index === 0 && remark.isAtEnd ? "end" : "own", { blankAfter });
  });
  return concat(layouts);
}

/** What ends a list of rows: comments before a closing bracket, or at the end of the file. */
export function lastRemarks(tokens: Tokens): Layout {
  const { hasRemarks, isBlank } = tokens.gap();
  return hasRemarks ? concat(line({ blank: isBlank }), tokens.remarks({ areLast: true })) : nothing;
}

/** The last entry is the end of the file. */
function entriesOf(source: string, tokens: readonly IToken[], comments: readonly IToken[]): Entry[] {
  const entries: Entry[] = [];
  let nComments = 0;
  let end = 0;
  const newLines = (start: number): number => source.slice(end, start).match(/\r\n|\n|\r/g)?.length ?? 0;
  const add = (image: string, start: number): void => {
    const remarks: Remark[] = [];
    for (; (comments[nComments]?.startOffset ?? Infinity) < start; nComments += 1) {
      const { image: content = "", startOffset = 0 } = comments[nComments] ?? {};
      const lines = newLines(startOffset);
      const isAtEnd = lines === 0 && entries.length > 0;
      remarks.push({ text: content.trimEnd(), isAtEnd, isAfterBlank: lines > 1 && end > 0 });
      end = startOffset + content.length;
    }
    entries.push({ image, start, remarks, isAfterBlank: newLines(start) > 1 && end > 0 });
    end = start + image.length;
  };
  for (const { image, startOffset } of tokens) add(image, startOffset);
  add("", source.length);
  return entries;
}
