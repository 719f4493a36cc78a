/** Signatures of blocks as data and as text: `[C @ S…] → [C + n·k @ S…]`. */
import type { Span } from "../../base/source.ts";
import type { Term } from "../../ir/term.ts";
import { MATHEMATICS, type Notation, printTerm } from "../../ir/term-print.ts";
import type { SizeForm } from "./sizes.ts";

export interface BlockSignature {
  readonly name: string;
  readonly span: Span;
  /** As declared: `k: int = 32`. */
  readonly parameters: readonly string[];
  /** One a number of axes, or one for all; empty where undecided. */
  readonly forms: readonly SignatureForm[];
  /** Why there is no signature. */
  readonly undecided?: string;
}

export interface SignatureForm {
  /** How many axes the input has. */
  readonly ranks: readonly number[];
  readonly inputs: readonly PortForm[];
  readonly output: PortForm;
  /** What must hold beside the `where` of the block, in words of the language. */
  readonly where: readonly string[];
  /** Whether it fits only some of the parameters that `where` admits. */
  readonly isPartial: boolean;
}

export interface PortForm {
  /** Of one input among several. */
  readonly name?: string;
  readonly channels: Term;
  /** One an axis, or one for any number of them. */
  readonly sizes: readonly SizeForm[] | { readonly each: SizeForm };
}

/** `[C @ S…] → [C + n·k @ S…]`. */
export function printForm(
  { inputs, output, where, isPartial }: SignatureForm,
  notation: Notation = MATHEMATICS,
): string {
  const conditions = isPartial ? [...where, "it fits"] : where;
  const condition = conditions.length === 0 ? "" : ` where ${conditions.join(", ")}`;
  return `${inputs.map((port) => printPort(port, notation)).join(", ")} → ${printPort(output, notation)}${condition}`;
}

export function printPort({ name, channels, sizes }: PortForm, notation: Notation): string {
  const lead = name === undefined ? "" : `${name} `;
  const all =
    "each" in sizes
      ? `${printSizeForm(sizes.each, notation)}…`
      : sizes.map((size) => printSizeForm(size, notation)).join(", ");
  return `${lead}[${printTerm(channels, notation)}${all === "" ? "" : ` @ ${all}`}]`;
}

export function printSizeForm(size: SizeForm, notation: Notation): string {
  return "products" in size ? printTerm(size, notation) : size.text;
}
