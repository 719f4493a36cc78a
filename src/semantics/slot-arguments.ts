/** Arguments of other libraries that have a place of their own in a call: `stride=2` is written `/2`. */
import type * as ast from "../../grammar/ast.ts";
import type { DiagnosticDetails, Edit, Fix } from "../base/diagnostic.ts";
import { type Span, spanAfter, spanText } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import type { SlotName, Slots, Stage } from "../ops/op.ts";
import type { CallForm } from "./call-form.ts";

/** What their names have in common. */
const NAMES: Readonly<Record<SlotName, RegExp>> = {
  stride: /stride|subsample/i,
  kernel: /kernel|window|pool|filter_?size|factor/i,
  channels: /channels|filters|features|units|width/i,
};

/** The place that an argument of this name was meant for. */
export function slotMeant(name: string, slots: Slots): SlotName | undefined {
  return (["stride", "kernel", "channels"] as const).find(
    (slot) => slots[slot] !== undefined && NAMES[slot].test(name),
  );
}

/** Where the place is, with the value of the argument. */
export function slotHelp(slot: SlotName, callee: string, value: ast.Expression): string {
  const text = printSlot(slot, value);
  if (slot === "kernel")
    return text === undefined
      ? `a window that is computed is called \`size\`: ${quoted(`${callee} (size=${spanText(value.span)})`)}`
      : `the window stands right after the name: ${quoted(`${callee}${text}`)}`;
  const what =
    slot === "stride" ? "the stride has a place of its own" : "the output channels have a place of their own";
  return `${what}: ${quoted(`${callee} …${text}`)}`;
}

/** Moves an argument to the place that it was meant for; `undefined` where something stands there already. */
export function moveToSlot(slot: SlotName, item: ast.Argument, form: CallForm): Fix | undefined {
  const { name } = item;
  if (form[slot] !== undefined || form.arguments === undefined) return undefined;
  const text = printSlot(slot, item.value);
  if (text === undefined)
    return (
      name && {
        title: "write `size`",
        applicability: "maybe-incorrect",
        edits: [{ span: name.span, text: "size" }],
      }
    );
  const before = slotsBefore(slot, form).findLast((part) => part !== undefined);
  return {
    title: `write ${quoted(text.trim())}${slot === "kernel" ? " after the name" : ""}`,
    applicability: "maybe-incorrect",
    edits: [{ span: spanAfter((before ?? form.name).span), text }, removal(item, form.arguments)],
  };
}

/**
 * A call as other libraries write it, such as `Conv2d(16, 32, 3)`, with its numbers in their places; `undefined` where
 * it is none.
 */
export function numbersInPlace(
  form: CallForm,
  { name, slots }: Stage,
): Required<Pick<DiagnosticDetails, "labels" | "help" | "fix">> | undefined {
  const { arguments: list, kernel, stride, branches, channels } = form;
  const isBare = [kernel, stride, branches, channels].every((part) => part === undefined);
  const numbers = (list?.items ?? []).flatMap((item) =>
    item.name === undefined && item.value.kind === "number" ? [item.value.text] : [],
  );
  const text =
    slots.kernel === undefined
      ? widthOf(numbers)
      : slots.channels === undefined
        ? poolOf(numbers)
        : unitOf(numbers);
  if (list === undefined || text === undefined || numbers.length < list.items.length) return undefined;
  if (!isBare && !(numbers.length === 1 && kernel === undefined && slots.kernel !== undefined))
    return undefined;
  const written = { ...list.span, start: form.name.span.end };
  const title = `write ${quoted(`${name} ${text}`)}`;
  return {
    labels: [{ span: list.span, text: "what stands in parentheses has names, such as `pad`" }],
    help: [title],
    fix: { title, applicability: "maybe-incorrect", edits: [{ span: written, text: ` ${text}` }] },
  };
}

/** `Linear(10)`, `Linear(512, 10)`. */
function widthOf(numbers: readonly string[]): string | undefined {
  return numbers.length === 1 || numbers.length === 2 ? `-> ${numbers.at(-1)}` : undefined;
}

/** `MaxPool2d(3)`, `MaxPool2d(3, 2)`. */
function poolOf([window, stride, ...rest]: readonly string[]): string | undefined {
  if (window === undefined || rest.length > 0) return undefined;
  return stride === undefined ? window : `${window} /${stride}`;
}

/** Keras writes `Conv2D(32, 3)`, PyTorch `Conv2d(16, 32, 3)` and, with a stride, `Conv2d(16, 32, 3, 2)`. */
function unitOf([first, second, third, stride, ...rest]: readonly string[]): string | undefined {
  if (first === undefined || rest.length > 0) return undefined;
  if (second === undefined) return first;
  if (third === undefined) return `${second} -> ${first}`;
  return stride === undefined ? `${third} -> ${second}` : `${third} /${stride} -> ${second}`;
}

/** The parts of a call that may stand before a place, in their order. */
function slotsBefore(slot: SlotName, form: CallForm): readonly ({ readonly span: Span } | undefined)[] {
  const { kernel, arguments: list, branches, stride } = form;
  if (slot === "kernel") return [];
  return slot === "stride" ? [kernel, list, branches] : [kernel, list, branches, stride];
}

/** As it is written at its place; `undefined` for a window that is no literal. */
function printSlot(slot: SlotName, value: ast.Expression): string | undefined {
  const text = value.kind === "number" ? value.text : spanText(value.span);
  if (slot === "channels") return ` -> ${text}`;
  const sizes = value.kind === "list" ? value.items.map(({ span }) => spanText(span)) : [text];
  const kernel =
    sizes.length > 0 && sizes.every((size) => /^\d+(x\d+)*$/.test(size)) ? sizes.join("x") : undefined;
  if (slot === "kernel") return kernel && ` ${kernel}`;
  return kernel !== undefined || value.kind === "name" ? ` /${kernel ?? text}` : ` /(${text})`;
}

/** Takes an argument out of its list, with its comma, and the list when it is the only one. */
function removal(item: ast.Argument, list: ast.Arguments): Edit {
  const { file } = list.span;
  const position = list.items.indexOf(item);
  const [previous, next] = [list.items[position - 1], list.items[position + 1]];
  if (next !== undefined) return { span: { file, start: item.span.start, end: next.span.start }, text: "" };
  if (previous !== undefined)
    return { span: { file, start: previous.span.end, end: item.span.end }, text: "" };
  const start = file.text.slice(0, list.span.start).trimEnd().length;
  return { span: { ...list.span, start }, text: "" };
}
