/** The few forms of Markdown that explanations use, for a terminal: paragraphs, lists, headings and code. */
import type { Colors } from "../colors.ts";
import { wrap } from "./text-width.ts";

interface MarkdownOptions {
  readonly colors: Colors;
  readonly width: number;
}

interface Block {
  readonly kind: "paragraph" | "item" | "heading" | "code";
  readonly lines: string[];
}

/** A code line keeps its breaks and stands out by its indentation. */
export function renderCode(source: string): string {
  return source
    .trimEnd()
    .split("\n")
    .map((line) => `    ${line}`.trimEnd())
    .join("\n");
}

export function renderMarkdown(text: string, options: MarkdownOptions): string {
  const blocks = blocksOf(text);
  return blocks
    .map((block, index) => {
      const isNextItem = block.kind === "item" && blocks[index + 1]?.kind === "item";
      return renderBlock(block, options) + (isNextItem ? "\n" : "\n\n");
    })
    .join("")
    .trimEnd();
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let current: Block | undefined;
  const begin = (kind: Block["kind"], lines: string[]): void => {
    current = { kind, lines };
    blocks.push(current);
  };
  for (const line of text.split("\n")) {
    if (line.startsWith("```")) {
      if (current?.kind === "code") current = undefined;
      else begin("code", []);
    } else if (current?.kind === "code") current.lines.push(line);
    else if (line.trim() === "") current = undefined;
    else if (line.startsWith("#")) {
      begin("heading", [line.replace(/^#+ */, "")]);
      current = undefined;
    } else if (line.startsWith("- ")) begin("item", [line.slice(2)]);
    else if (current === undefined) begin("paragraph", [line]);
    else current.lines.push(line.trim());
  }
  return blocks;
}

function renderBlock({ kind, lines }: Block, { colors, width }: MarkdownOptions): string {
  const text = lines.join(" ");
  if (kind === "code") return renderCode(lines.join("\n"));
  if (kind === "heading") return colors.bold(text);
  const inline = (line: string): string =>
    line
      .replace(/`[^`]+`/g, colors.cyan)
      .replace(/\*\*([^*]+)\*\*/g, (_, words: string) => colors.bold(words));
  if (kind === "item") {
    return wrap(text, width - 2)
      .map((line, index) => (index === 0 ? "- " : "  ") + inline(line))
      .join("\n");
  }
  return wrap(text, width).map(inline).join("\n");
}
