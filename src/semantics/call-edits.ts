/** The edits that fixes make around a call. */
import type * as ast from "../../grammar/ast.ts";
import { type Span, spanBefore, spanText } from "../base/source.ts";
import type { CallEdits, Value } from "../ops/op.ts";
import { addedArgument } from "./argument-edits.ts";
import type { Place } from "./build.ts";
import { branchPart } from "./call.ts";
import { originOf, withoutStride } from "./trail.ts";

/** A call with its parts, whether it stands in a pipeline or as a source. */
export interface CallPlace {
  readonly name: ast.QualifiedName;
  readonly span: Span;
  readonly parts: ReadonlyMap<string, Span>;
}

const KERNEL = /^\d+(x\d+)*$/;

export function editsOf(call: CallPlace, { build, frame }: Place, inputs: readonly Value[]): CallEdits {
  const list = call.parts.get("arguments");
  return {
    insertBefore: (text) => [{ span: spanBefore(call.span), text }],
    replaceKernel(part, { title, text }) {
      const span = call.parts.get(part);
      if (span === undefined || !KERNEL.test(spanText(span))) return undefined;
      return { title, applicability: "machine-applicable", edits: [{ span, text }] };
    },
    dropStride({ input, other }) {
      const [value, reference] = [inputs[input], inputs[other]];
      const origin = value && originOf(value, 1, build.nodes);
      const isBare = list === undefined && !call.parts.has("branches");
      if (!isBare || reference === undefined || origin?.origin.frame !== frame) return undefined;
      const stride = origin.origin.parts.get("stride");
      if (stride === undefined || !KERNEL.test(spanText(stride))) return undefined;
      const unstrided = withoutStride(origin, build.nodes);
      if (unstrided?.some((size, axis) => size !== reference.shape.sizes[axis]) ?? true) return undefined;
      const { text } = stride.file;
      const start = text.slice(0, text.lastIndexOf("/", stride.start)).trimEnd().length;
      return { file: stride.file, start, end: stride.end };
    },
    replaceIdentity(input, stage) {
      const span = call.parts.get(branchPart(input));
      const isOfModel = frame.kind === "model";
      return isOfModel && span !== undefined && spanText(span) === "id" ? [{ span, text: stage }] : undefined;
    },
    addArgument: (text) => addedArgument(text, call),
  };
}
