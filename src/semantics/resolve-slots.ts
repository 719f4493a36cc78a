/** Checks the places of a call: window, stride, channels and branches stand where the callee takes them, and are there. */
import { type DiagnosticDetails, type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { spanAfter, spanBefore } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import { conflictingParameters, missingParameter } from "../ops/call-problems.ts";
import type { SlotName, Slots, Stage } from "../ops/op.ts";
import { argumentsOf, type CallForm, parameterNames } from "./call-form.ts";
import { type Callee, joinOf, nameText, pairArguments, SIZE_ARGUMENT } from "./callee.ts";
import type { Module } from "./module.ts";
import type { NameContext } from "./resolve-names.ts";
import { numbersInPlace, slotMeant } from "./slot-arguments.ts";
import { isTensor, read, type StaticScope } from "./static-scope.ts";

export const unexpectedPart: DiagnosticKind<[callee: string, part: string]> = defineDiagnostic({
  code: "DN0310",
  message: (callee: string, part: string) => `${quoted(callee)} takes no ${part}`,
  explain: {
    title: "unexpected-part",
    text: "A window size, stride, `->` or branches stand only on stages that use them. Blocks take everything through their parameters.",
    wrong: "dn 1;\nblock b < relu 3 >\n",
    right: "dn 1;\nblock b < relu >\n",
  },
});

/** The places of a stage that are missing, and that its arguments or the text behind it were meant for. */
export function slotsMeant(form: CallForm, callee: Callee, { module }: NameContext): ReadonlySet<SlotName> {
  if (callee.kind !== "stage") return new Set();
  const { slots, arguments: known } = callee.stage;
  if (isCutOff(form, module)) return new Set(["kernel", "channels"]);
  return new Set(
    argumentsOf(form).flatMap(({ name }) =>
      name === undefined || Object.hasOwn(known, name.text) ? [] : (slotMeant(name.text, slots) ?? []),
    ),
  );
}

/** Whether the text breaks the grammar where the call ends: what it lacks may stand there. */
export function isCutOff(
  { name, kernel, arguments: list, branches, stride, channels }: CallForm,
  module: Module,
): boolean {
  const { file, end } = (channels ?? stride ?? branches ?? list ?? kernel ?? name).span;
  return module.misread.some(
    ({ start }) => start >= end && /^[\s:]*(->)?\s*$/.test(file.text.slice(end, start)),
  );
}

export function checkSlots(
  form: CallForm,
  callee: Callee,
  meant: ReadonlySet<SlotName>,
  context: NameContext,
): boolean {
  const name = nameText(form.name);
  const slots: Slots = callee.kind === "stage" ? callee.stage.slots : {};
  const parts = [
    { node: form.kernel, taken: slots.kernel !== undefined, what: "window size" },
    { node: form.stride, taken: slots.stride !== undefined, what: "stride" },
    { node: form.channels, taken: slots.channels !== undefined, what: "`->`" },
    { node: form.branches, taken: joinOf(callee) !== undefined, what: "branches" },
  ];
  let fits = true;
  for (const { node, taken, what } of parts) {
    if (node === undefined || taken) continue;
    const details = node === form.kernel ? widthWithoutArrow(form, slots) : undefined;
    const help = [callee.kind === "block" ? `pass it by name: ${signature(callee)}` : "leave it out"];
    context.reporter.report(unexpectedPart.at({ span: node.span, help, ...details }, name, what));
    fits = false;
  }
  return (callee.kind !== "stage" || checkKernel(form, callee.stage, meant, context)) && fits;
}

/** `linear 10`: a stage without a window that has no `->` yet. */
function widthWithoutArrow(
  { kernel, channels }: CallForm,
  slots: Slots,
): Pick<DiagnosticDetails, "help" | "fix"> | undefined {
  if (kernel?.kind !== "number" || slots.channels === undefined || channels !== undefined) return undefined;
  const title = `write \`-> ${kernel.text}\``;
  const edits = [{ span: spanBefore(kernel.span), text: "-> " }];
  return { help: [title], fix: { title, applicability: "maybe-incorrect", edits } };
}

/** The sizes stand at one place, and are there where they must be. */
function checkKernel(
  form: CallForm,
  stage: Stage,
  meant: ReadonlySet<SlotName>,
  { reporter }: NameContext,
): boolean {
  const { kernel } = stage.slots;
  if (kernel === undefined) return true;
  const given = pairArguments(argumentsOf(form), Object.keys(stage.arguments));
  const places = [
    { span: form.kernel?.span, what: "a window size" },
    { span: given.get(SIZE_ARGUMENT)?.span, what: "`size=`" },
    { span: kernel === "unless-to" ? given.get("to")?.span : undefined, what: "`to=`" },
  ].flatMap(({ span, what }) => (span === undefined ? [] : [{ span, what }]));
  const [place, second] = places;
  if (place !== undefined && second !== undefined) {
    const details = { span: second.span, help: ["keep one of them"] };
    reporter.report(conflictingParameters.at(details, stage.name, place.what, second.what));
    return false;
  }
  if (place !== undefined || kernel === "optional") return true;
  if (meant.has("kernel")) return false;
  const { span } = form.name;
  const { what, label, size, otherwise } = MISSING_SIZE[kernel];
  const details = numbersInPlace(form, stage) ?? {
    help: [`write it after the name: \`${stage.name} ${size}\`${otherwise}`],
    fix: {
      title: `write ${what}`,
      applicability: "has-placeholders",
      edits: [{ span: spanAfter(span), text: ` ${size}` }],
    },
  };
  reporter.report(missingParameter.at({ span, label, ...details }, stage.name, what));
  return false;
}

const MISSING_SIZE = {
  required: { what: "a window size", label: "which window?", size: "3", otherwise: "" },
  "unless-to": {
    what: "a size",
    label: "how large?",
    size: "2",
    otherwise: "; or say with `to=` how large the result is",
  },
} as const;

/** Output channels are written, or are the growth `k` in scope (rule R3). */
export function checkChannels(
  form: CallForm,
  callee: Callee,
  slotsFit: boolean,
  scope: StaticScope,
  context: NameContext,
): boolean {
  if (callee.kind !== "stage" || form.channels !== undefined) return true;
  const { slots, readsGrowth } = callee.stage;
  const growth = readsGrowth === true ? read(scope, "k") : undefined;
  if (!slotsFit) return false;
  if (readsGrowth === true) {
    if ((growth !== undefined && !isTensor(growth)) || context.module.missing.has("k")) return true;
  } else if (slots.channels !== "required") return true;
  const name = nameText(form.name);
  const notes = readsGrowth
    ? ["without `-> c` they are the parameter `k` of the block or model that it is written in"]
    : [];
  const help = [
    `write them after it: \`${name} … -> 64\`${readsGrowth ? ", or give the block a parameter `k`" : ""}`,
  ];
  const meant = numbersInPlace(form, callee.stage);
  const details = { span: form.name.span, label: "how many?", notes, help, ...meant };
  context.reporter.report(missingParameter.at(details, name, "output channels"));
  return false;
}

/** `dense(k, n)`. */
function signature(callee: Callee & { readonly kind: "block" }): string {
  return `\`${callee.ast.name.text}(${parameterNames(callee).join(", ")})\``;
}
