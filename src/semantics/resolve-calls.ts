/** Resolves what stands in call position and checks the form of calls: slots, parameter names, number of arguments. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic, type Label } from "../base/diagnostic.ts";
import { replaceFix } from "../base/replace-fix.ts";
import type { Span } from "../base/source.ts";
import { listOf, nearest, quoted } from "../base/text.ts";
import { missingParameter, tooManyArguments, unknownParameter, wrongType } from "../ops/call-problems.ts";
import { argumentsOf, type CallForm, parameterNames } from "./call-form.ts";
import { type Callee, calleeOf, nameText, SIZE_ARGUMENT } from "./callee.ts";
import { isMisread, type NameContext, resolveExpression, type WordRule } from "./resolve-names.ts";
import { checkChannels, checkSlots, isCutOff, slotsMeant } from "./resolve-slots.ts";
import { resolveTensor } from "./resolve-tensors.ts";
import { moveToSlot, slotHelp, slotMeant } from "./slot-arguments.ts";
import { read, type StaticScope } from "./static-scope.ts";
import { reportNoCallee } from "./unknown-callee.ts";

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

/** Whether the call has the form that its callee asks for. Values are checked when they are known. */
export function resolveCall(
  form: CallForm,
  callee: Callee,
  scope: StaticScope,
  context: NameContext,
): boolean {
  const meant = slotsMeant(form, callee, context);
  const slotsFit = checkSlots(form, callee, meant, context);
  const channelsFit =
    checkChannels(form, callee, slotsFit && !meant.has("channels"), scope, context) && slotsFit;
  const argumentsFit = resolveArguments(form, nameText(form.name), callee, scope, context);
  for (const expression of [form.stride, form.channels]) {
    if (expression !== undefined) resolveExpression(expression, scope, context);
  }
  return channelsFit && argumentsFit;
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
      const slot = callee.kind === "stage" ? slotMeant(parameter, callee.stage.slots) : undefined;
      if (slot === undefined) reportUnknownParameter(item.name, name, names, context);
      else {
        const help = [slotHelp(slot, name, item.value)];
        const fix = moveToSlot(slot, item, form);
        reporter.report(
          unknownParameter.at({ span: item.name.span, help, ...(fix && { fix }) }, name, parameter),
        );
      }
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
  const words = wordRule(callee, parameter);
  resolveExpression(value, scope, context, words);
  if (words !== "block" || parameter === undefined) return true;
  return checkBlock(value, parameter, scope, context);
}

/** Whether what is given for a block may be one: a name that means nothing cannot. */
export function checkBlock(
  value: ast.Expression,
  parameter: string,
  scope: StaticScope,
  { module, blocks, bad, reporter }: NameContext,
): boolean {
  if (value.kind !== "name" || value.arguments !== undefined || blocks.has(value)) return true;
  const { text } = value.name.parts[0];
  if (read(scope, text) !== undefined || module.missing.has(text)) return true;
  const known = [...module.names].flatMap(([name, { kind }]) => (kind === "block" ? [name] : []));
  const near = nearest(text, known);
  const help =
    near === undefined ? `the blocks are ${listOf(known.map(quoted))}` : `did you mean ${quoted(near)}?`;
  const details = { span: value.span, help: [help], ...(near !== undefined && replaceFix(value.span, near)) };
  reporter.report(wrongType.at(details, quoted(parameter), "a block", nameText(value.name)));
  bad.add(value);
  return false;
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
  { reporter, module }: NameContext,
): boolean {
  const missing = requiredParameters(callee).filter((parameter) => !given.has(parameter.name));
  // The arguments with unknown names were meant for them.
  if (missing.length <= unknown || isCutOff(form, module)) return missing.length === 0;
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
): void {
  const near = nearest(name.text, names);
  const has = names.length === 0 ? "it has none" : `it has ${listOf(names.map(quoted))}`;
  const help = [near === undefined ? has : `${has}; did you mean ${quoted(near)}?`];
  if (near === undefined && /^(axis|axes|dim|dims)$/.test(name.text))
    help.push("axes have no numbers: joins, norms and `softmax` work on the channels, windows on the sizes");
  const fix = near === undefined ? {} : replaceFix(name.span, near);
  reporter.report(unknownParameter.at({ span: name.span, help, ...fix }, callee, name.text));
}
