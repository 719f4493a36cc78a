/** Resolves what stands in call position and checks the form of calls: slots, parameter names, number of arguments. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic, type Label } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import { spanAfter } from "../base/source.ts";
import { listOf, nearest, quoted } from "../base/text.ts";
import {
  conflictingParameters,
  missingParameter,
  tooManyArguments,
  unknownParameter,
} from "../ops/call-problems.ts";
import type { Slots, Stage } from "../ops/op.ts";
import { type Callee, calleeOf, joinOf, nameText, pairArguments, SIZE_ARGUMENT } from "./callee.ts";
import {
  isMisread,
  type NameContext,
  replaceFix,
  resolveExpression,
  type WordRule,
} from "./resolve-names.ts";
import { resolveTensor } from "./resolve-tensors.ts";
import { isTensor, read, type StaticScope } from "./static-scope.ts";
import { reportNoCallee } from "./unknown-callee.ts";

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

/** `given`: `1 operand`, `2 bodies`. */
export const mergeArity: DiagnosticKind<[callee: string, given: string]> = defineDiagnostic({
  code: "DN0414",
  message: (callee: string, given: string) => `${quoted(callee)} is given ${given}`,
  explain: {
    title: "merge-arity",
    text: "A join takes two or more operands: its branches, named sources, or, written bare, the input of the body and the current value. `sub` takes exactly two, and `gate` one body, whose result multiplies the current value. As a source, a stage or block takes the tensor that it works on.",
    wrong: "dn 1;\nblock b < concat < maxpool 3 /1 > >\n",
    right: "dn 1;\nblock b < concat < id | maxpool 3 /1 > >\n",
  },
});

/** The form of a call that is told nothing about its callee. */
export interface CallForm {
  readonly name: ast.QualifiedName;
  readonly kernel?: ast.Operation["kernel"];
  readonly arguments?: ast.Arguments;
  readonly branches?: ast.Branches;
  readonly stride?: ast.Expression;
  readonly channels?: ast.Expression;
  /** How many leading positional arguments are tensors. */
  readonly tensors: number;
}

/** Those behind the tensors. */
export function argumentsOf(form: CallForm): readonly ast.Argument[] {
  return form.arguments?.items.slice(form.tensors) ?? [];
}

/** The callee, or `undefined` when there is none that can be expanded (reported). */
export function resolveCallee(
  name: ast.QualifiedName,
  scope: StaticScope,
  context: NameContext,
): Callee | undefined {
  const [head] = name.parts;
  context.called.add(head.text);
  const callee = calleeOf(name, context.module) ?? calleeInScope(name, scope);
  if (callee !== undefined) return callee;
  if (context.module.missing.has(head.text) || read(scope, head.text)?.kind === "failed") return undefined;
  if (isMisread(name.span, context)) return undefined;
  reportNoCallee(name, scope, context);
  return undefined;
}

/** A `shared` instance, or what may hold a block. */
function calleeInScope({ parts: [head, member] }: ast.QualifiedName, scope: StaticScope): Callee | undefined {
  const kind = member === undefined ? read(scope, head.text)?.kind : undefined;
  if (kind === "shared") return { kind };
  return kind === "block" || kind === "variable" ? { kind: "held" } : undefined;
}

/** The names of a callee's parameters, in the order of positional arguments. */
export function parameterNames(callee: Callee): readonly string[] {
  if (callee.kind === "stage") return Object.keys(callee.stage.arguments);
  return callee.kind === "block" ? callee.ast.parameters.map((parameter) => parameter.name.text) : [];
}

/** Whether the call has the form that its callee asks for. Values are checked when they are known. */
export function resolveCall(
  form: CallForm,
  callee: Callee,
  scope: StaticScope,
  context: NameContext,
): boolean {
  const slotsFit = checkSlots(form, callee, context);
  const channelsFit = checkChannels(form, callee, slotsFit, scope, context) && slotsFit;
  const argumentsFit = resolveArguments(form, nameText(form.name), callee, scope, context);
  for (const expression of [form.stride, form.channels]) {
    if (expression !== undefined) resolveExpression(expression, scope, context);
  }
  return channelsFit && argumentsFit;
}

function checkSlots(form: CallForm, callee: Callee, context: NameContext): boolean {
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
    const help = [callee.kind === "block" ? `pass it by name: ${signature(callee)}` : "leave it out"];
    context.reporter.report(unexpectedPart.at({ span: node.span, help }, name, what));
    fits = false;
  }
  return (callee.kind !== "stage" || checkKernel(form, callee.stage, context)) && fits;
}

/** The sizes stand at one place, and are there where they must be. */
function checkKernel(form: CallForm, stage: Stage, { reporter }: NameContext): boolean {
  const { kernel } = stage.slots;
  if (kernel === undefined) return true;
  const given = pairArguments(argumentsOf(form), Object.keys(stage.arguments));
  const places = [
    { span: form.kernel?.span, what: "a window size" },
    { span: given.get(SIZE_ARGUMENT)?.span, what: "`size=`" },
    { span: kernel === "unless-to" ? given.get("to")?.span : undefined, what: "`to=`" },
  ].flatMap(({ span, what }) => (span === undefined ? [] : [{ span, what }]));
  const [first, second] = places;
  if (first !== undefined && second !== undefined) {
    const details = { span: second.span, help: ["keep one of them"] };
    reporter.report(conflictingParameters.at(details, stage.name, first.what, second.what));
    return false;
  }
  if (first !== undefined || kernel === "optional") return true;
  const { span } = form.name;
  const { what, label, size, otherwise } = MISSING_SIZE[kernel];
  const details = {
    span,
    label,
    help: [`write it after the name: \`${stage.name}${size}\`${otherwise}`],
    fix: {
      title: `write ${what}`,
      applicability: "has-placeholders",
      edits: [{ span: spanAfter(span), text: size }],
    },
  } as const;
  reporter.report(missingParameter.at(details, stage.name, what));
  return false;
}

const MISSING_SIZE = {
  required: { what: "a window size", label: "which window?", size: " 3", otherwise: "" },
  "unless-to": {
    what: "a size",
    label: "how large?",
    size: " 2",
    otherwise: "; or say with `to=` how large the result is",
  },
} as const;

/** Output channels are written, or are the growth `k` in scope (rule R3). */
function checkChannels(
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
  const details = { span: form.name.span, label: "how many?", notes, help };
  context.reporter.report(missingParameter.at(details, name, "output channels"));
  return false;
}

/** `dense(k, n)`. */
function signature(callee: Callee & { readonly kind: "block" }): string {
  return `\`${callee.ast.name.text}(${parameterNames(callee).join(", ")})\``;
}

function resolveArguments(
  form: CallForm,
  name: string,
  callee: Callee,
  scope: StaticScope,
  context: NameContext,
): boolean {
  const { reporter } = context;
  const names = parameterNames(callee);
  const items = argumentsOf(form);
  if (callee.kind === "held") {
    // Which parameters there are is known where the block is.
    for (const item of items) resolveExpression(item.value, scope, context, "block");
    return true;
  }
  const hasSize = callee.kind === "stage" && callee.stage.slots.kernel !== undefined;
  const given = new Map<string, Span>();
  let unknown = 0;
  let fits = true;
  let position = 0;
  for (const item of items) {
    const parameter = item.name?.text ?? names[position++];
    if (!resolveArgument(item.value, parameter, callee, scope, context)) fits = false;
    if (parameter === undefined) continue;
    const earlier = given.get(parameter);
    if (item.name !== undefined && !names.includes(parameter) && !(hasSize && parameter === SIZE_ARGUMENT)) {
      const slots = callee.kind === "stage" ? callee.stage.slots : {};
      reportUnknownParameter(item.name, name, names, context, slots);
      unknown += 1;
      fits = false;
    } else if (earlier !== undefined) {
      reporter.report(
        tooManyArguments.at(
          {
            span: item.span,
            labels: [{ span: earlier, text: "first given here" }],
            help: [
              item.name === undefined
                ? "arguments without a name stand before those with one"
                : "leave one of them out",
            ],
          },
          2,
          name,
          parameter,
        ),
      );
      fits = false;
    }
    given.set(parameter, item.span);
  }
  if (position > names.length) {
    const help =
      names.length === 0 ? [] : [`its parameters are ${names.map(quoted).join(", ")}; pass them by name`];
    const span = form.arguments?.span ?? form.name.span;
    reporter.report(tooManyArguments.at({ span, help }, position, name, names.length));
    return false;
  }
  return checkMissing(form, name, callee, { given, unknown }, context) && fits;
}

/** Whether there is a tensor where one is wanted; other values are checked when they are known. */
function resolveArgument(
  value: ast.Expression,
  parameter: string | undefined,
  callee: Callee,
  scope: StaticScope,
  context: NameContext,
): boolean {
  const stage = callee.kind === "stage" ? callee.stage : undefined;
  if (parameter !== undefined && stage?.arguments[parameter]?.type.isTensor === true)
    return resolveTensor(value, scope, context);
  resolveExpression(value, scope, context, wordRule(callee, parameter));
  return true;
}

/** Whether a bare name may stand for itself as the value of a parameter. */
function wordRule(callee: Callee, parameter: string | undefined): WordRule {
  if (parameter === undefined) return "any";
  if (callee.kind === "stage")
    return callee.stage.arguments[parameter]?.type.words === undefined ? "none" : "any";
  if (callee.kind !== "block") return "none";
  const type = callee.ast.parameters.find((candidate) => candidate.name.text === parameter)?.type;
  if (type?.name.text === "block") return "block";
  return type === undefined || type.name.text === "word" ? "any" : "none";
}

function checkMissing(
  form: CallForm,
  name: string,
  callee: Callee,
  { given, unknown }: { readonly given: ReadonlyMap<string, Span>; readonly unknown: number },
  { reporter }: NameContext,
): boolean {
  const missing = requiredParameters(callee).filter((parameter) => !given.has(parameter.name));
  // The arguments with unknown names were meant for them.
  if (missing.length <= unknown) return missing.length === 0;
  for (const { name: parameter, labels, summary } of missing) {
    const help = [`pass it: \`${parameter}=…\`${summary === undefined ? "" : ` is ${summary}`}`];
    reporter.report(missingParameter.at({ span: form.name.span, labels, help }, name, quoted(parameter)));
  }
  return missing.length === 0;
}

interface RequiredParameter {
  readonly name: string;
  readonly labels: readonly Label[];
  /** What it says, where that is known. */
  readonly summary?: string;
}

function requiredParameters(callee: Callee): readonly RequiredParameter[] {
  if (callee.kind === "stage")
    return Object.entries(callee.stage.arguments)
      .filter(([, { required }]) => required === true)
      .map(([name, { summary }]) => ({ name, labels: [], summary }));
  if (callee.kind !== "block") return [];
  return callee.ast.parameters
    .filter((parameter) => parameter.default === undefined)
    .map(({ name, span }) => ({ name: name.text, labels: [{ span, text: "it has no default" }] }));
}

export function reportUnknownParameter(
  name: ast.Name,
  callee: string,
  names: readonly string[],
  { reporter }: NameContext,
  slots: Slots = {},
): void {
  const near = nearest(name.text, names);
  const place = placeInCall(name.text, callee, slots);
  const has = names.length === 0 ? "it has none" : `it has ${listOf(names.map(quoted))}`;
  const help = place ?? (near === undefined ? has : `${has}; did you mean ${quoted(near)}?`);
  const fix = place === undefined && near !== undefined ? replaceFix(name.span, near) : {};
  reporter.report(unknownParameter.at({ span: name.span, help: [help], ...fix }, callee, name.text));
}

/** Where other libraries have an argument and this language has a place of its own. */
function placeInCall(name: string, callee: string, slots: Slots): string | undefined {
  if (/stride/i.test(name) && slots.stride !== undefined)
    return `the stride has a place of its own: \`${callee} … /2\``;
  if (/kernel|window|pool/i.test(name) && slots.kernel !== undefined)
    return `the window stands right after the name: \`${callee} 3\``;
  if (/channels|filters|features|units|width/i.test(name) && slots.channels !== undefined)
    return `the output channels have a place of their own: \`${callee} … -> 64\``;
  return undefined;
}
