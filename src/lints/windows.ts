/** The windows that read a value, told together: what one leaves out another may read. */
import { hole } from "../ops/hole.ts";
import type { OpNode } from "../ops/op.ts";
import { type WindowRule, windowRuleOf } from "../ops/window.ts";
import type { LintContext } from "./context.ts";
import { keepsShape } from "./families.ts";

export interface WindowReader {
  readonly node: OpNode;
  readonly rule: WindowRule;
}

export interface Readers {
  readonly windows: readonly WindowReader[];
  /** Whether it is an output, or something that is no window reads it: that reads all of it. */
  readonly isReadWhole: boolean;
  /** Whether a mistake hides some of them, or keeps a window from fitting. */
  readonly areUnknown: boolean;
}

/**
 * The values that windows read, also through norms, activations and whatever else keeps their shape. Left out are those
 * that a window with a stride of 1 reads: that one reads everything.
 */
export function* valuesUnderStrides(context: LintContext): Generator<readonly [value: OpNode, Readers]> {
  for (const value of context.nodes) {
    // What keeps the shape is looked at together with what it reads.
    if (keepsShape(value)) continue;
    const readers = readersOf(value, context);
    const isReadDensely = readers.windows.some(({ rule }) => rule.stride.every((step) => step === 1));
    if (readers.windows.length > 0 && !isReadDensely && !readers.areUnknown) yield [value, readers];
  }
}

function readersOf(value: OpNode, context: LintContext): Readers {
  const windows: WindowReader[] = [];
  let [isReadWhole, areUnknown] = [false, false];
  const open = [value];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    isReadWhole ||= context.isOutput(node);
    for (const reader of context.readersOf(node)) {
      const rule = windowRuleOf(reader);
      areUnknown ||= reader.op === hole || (rule !== undefined && !context.knows("sizes", reader));
      if (rule !== undefined) windows.push({ node: reader, rule });
      else if (keepsShape(reader)) open.push(reader);
      else isReadWhole = true;
    }
  }
  return { windows, isReadWhole, areUnknown };
}
