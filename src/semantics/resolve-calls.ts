/** Resolves what stands in call position and checks the form of calls: slots, parameter names, number of arguments. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import { spanAfter } from "../base/source.ts";
import { count, nearest, quoted } from "../base/text.ts";
import { missingParameter, tooManyArguments, unknownParameter } from "../ops/call-problems.ts";
import { STAGES } from "../ops/index.ts";
import type { Slots } from "../ops/op.ts";
import { LATER_STAGES, notSupported, UNSUPPORTED_STAGES } from "../ops/unsupported.ts";
import { type Callee, calleeOf, definitionOf, nameText, SIZE_ARGUMENT } from "./callee.ts";
import {
  isMisread,
  type NameContext,
  replaceFix,
  resolveExpression,
  type WordRule,
} from "./resolve-names.ts";
import { read, type StaticScope } from "./static-scope.ts";

export const unknownOperation: DiagnosticKind<[name: string]> = defineDiagnostic({
  code: "DN0201",
  message: (name: string) => `no stage or block named ${quoted(name)}`,
  explain: {
    title: "unknown-operation",
    text: "What stands in call position is a stage of the language (`dnc ops` lists them) or a block of this file or of an import.",
    wrong: "dn 1;\nblock b(k=8) < cnv 3 >\n",
    right: "dn 1;\nblock b(k=8) < conv 3 >\n",
  },
});

export const unknownBlock: DiagnosticKind<[name: string, what: string]> = defineDiagnostic({
  code: "DN0202",
  message: (name: string, what: string) => `no ${what} named ${quoted(name)} in scope`,
  explain: {
    title: "unknown-block",
    text: "The name is looked up in this file and its imports. A namespace (`import * as lib`) is written before the name: `lib.dense`.",
    wrong: "dn 1;\nmodel m = densnet();\n",
    right: "dn 1;\nmodel densenet { input x: f32[3 @ 8x8]; output y = x < gap >; }\nmodel m = densenet();\n",
  },
});

export const valueNotApplied: DiagnosticKind<[name: string, what: string]> = defineDiagnostic({
  code: "DN0207",
  message: (name: string, what: string) =>
    `${quoted(name)} is ${what}, not something that a pipeline can apply`,
  explain: {
    title: "value-not-applied",
    text: "A pipeline is made of stages and blocks. To go on with a named value write `from value`; a model is no block; a block or stage is no value until it is applied.",
    wrong: "dn 1;\nblock b < maxpool 2 as pool; pool >\n",
    right: "dn 1;\nblock b < maxpool 2 as pool; from pool >\n",
  },
});

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

export const conflictingParameters: DiagnosticKind<[callee: string, first: string, second: string]> =
  defineDiagnostic({
    code: "DN0307",
    message: (callee: string, first: string, second: string) =>
      `${quoted(callee)} is given ${first} and ${second}`,
    explain: {
      title: "conflicting-parameters",
      text: "The two say the same thing twice, or cannot both hold: a window size after the name and `size=`, branches and named sources.",
      wrong: "dn 1;\nblock b(k=8) < conv 3 (size=5) >\n",
      right: "dn 1;\nblock b(k=8) < conv 5 >\n",
    },
  });

export const mergeArity: DiagnosticKind<[callee: string, operands: number]> = defineDiagnostic({
  code: "DN0414",
  message: (callee: string, operands: number) => `${quoted(callee)} is given ${count(operands, "operand")}`,
  explain: {
    title: "merge-arity",
    text: "A join takes two or more operands: its branches, named sources, or, written bare, the input of the body and the current value. As a source, a stage or block takes the tensor that it works on.",
    wrong: "dn 1;\nblock b < concat < maxpool 3 /1 > >\n",
    right: "dn 1;\nblock b < concat < id | maxpool 3 /1 > >\n",
  },
});

export const notATensor: DiagnosticKind<[text: string]> = defineDiagnostic({
  code: "DN0311",
  message: (text: string) => `${quoted(text)} is not a tensor`,
  explain: {
    title: "tensor-expected",
    text: "Joins and sources take tensors: inputs, named values, labels, `in` and `it`. Numbers and words are parameters.",
    wrong: "dn 1;\nblock b(k=8) < maxpool 3 /1 as p; concat(p, k) >\n",
    right: "dn 1;\nblock b < maxpool 3 /1 as p; concat(p, in) >\n",
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

/** The callee, or `undefined` when there is none that can be expanded (reported). */
export function resolveCallee(
  name: ast.QualifiedName,
  scope: StaticScope,
  context: NameContext,
): Callee | undefined {
  const [head] = name.parts;
  context.called.add(head.text);
  const callee = calleeOf(name, context.module);
  if (callee !== undefined) return callee;
  if (context.module.missing.has(head.text) || read(scope, head.text)?.kind === "failed") return undefined;
  if (isMisread(name.span, context)) return undefined;
  reportNoCallee(name, scope, context);
  return undefined;
}

function reportNoCallee(
  name: ast.QualifiedName,
  scope: StaticScope,
  { module, reporter }: NameContext,
): void {
  const text = nameText(name);
  const { span } = name;
  if (UNSUPPORTED_STAGES.has(text)) {
    reporter.report(
      notSupported.at(
        { span, help: ["`dnc ops` lists the stages of this version"] },
        `stage ${quoted(text)} is`,
      ),
    );
  } else if (LATER_STAGES.has(text.toLowerCase())) {
    reporter.report(
      notSupported.at(
        { span, notes: ["it belongs to a later edition of the language"] },
        `${quoted(text)} is`,
      ),
    );
  } else if (definitionOf(name, module)?.kind === "model") {
    reporter.report(
      valueNotApplied.at(
        { span, help: ["write what it does as a block, and call the block in both"] },
        text,
        "a model",
      ),
    );
  } else if (name.parts.length === 1 && read(scope, text) !== undefined) {
    reporter.report(
      valueNotApplied.at(
        { span, help: [`write \`from ${text}\` to go on with a tensor of this name`] },
        text,
        "a value",
      ),
    );
  } else if (name.parts.length > 1) {
    reporter.report(unknownBlock.at({ span }, text, "block"));
  } else {
    const near = nearest(text, [
      ...STAGES.map((stage) => stage.name),
      ...module.names.keys(),
      ...UNSUPPORTED_STAGES,
    ]);
    const help =
      near === undefined
        ? "`dnc ops` lists the stages; blocks are those of this file and its imports"
        : `did you mean ${quoted(near)}?`;
    reporter.report(
      unknownOperation.at(
        { span, help: [help], ...(near === undefined ? {} : replaceFix(name, near)) },
        text,
      ),
    );
  }
}

/** The names of a callee's parameters, in the order of positional arguments. */
export function parameterNames(callee: Callee): readonly string[] {
  return callee.kind === "stage"
    ? Object.keys(callee.stage.arguments)
    : callee.ast.parameters.map((parameter) => parameter.name.text);
}

/** Whether the call has the form that its callee asks for. Values are checked when they are known. */
export function resolveCall(
  form: CallForm,
  callee: Callee,
  scope: StaticScope,
  context: NameContext,
): boolean {
  const slotsFit = checkSlots(form, callee, context);
  const argumentsFit = resolveArguments(form, nameText(form.name), callee, scope, context);
  for (const expression of [form.stride, form.channels]) {
    if (expression !== undefined) resolveExpression(expression, scope, context);
  }
  return slotsFit && argumentsFit;
}

function checkSlots(form: CallForm, callee: Callee, { reporter }: NameContext): boolean {
  const name = nameText(form.name);
  const slots: Slots = callee.kind === "stage" ? callee.stage.slots : {};
  const size = form.arguments?.items.find((item) => item.name?.text === SIZE_ARGUMENT);
  const parts = [
    { node: form.kernel, taken: slots.kernel !== undefined, what: "window size" },
    { node: form.stride, taken: slots.stride !== undefined, what: "stride" },
    { node: form.channels, taken: slots.channels !== undefined, what: "`->`" },
    { node: form.branches, taken: callee.kind === "stage" && callee.stage.join === true, what: "branches" },
  ];
  let fits = true;
  for (const { node, taken, what } of parts) {
    if (node === undefined || taken) continue;
    const help = callee.kind === "block" ? [`pass it by name: ${signature(callee)}`] : [];
    reporter.report(unexpectedPart.at({ span: node.span, help }, name, what));
    fits = false;
  }
  if (slots.kernel === undefined) return fits;
  if (form.kernel !== undefined && size !== undefined) {
    reporter.report(
      conflictingParameters.at(
        { span: size.span, help: ["keep one of them"] },
        name,
        "a window size",
        "`size=`",
      ),
    );
    return false;
  }
  if (slots.kernel === "required" && form.kernel === undefined && size === undefined) {
    const span = form.name.span;
    reporter.report(
      missingParameter.at(
        {
          span,
          label: "which window?",
          help: [`write it after the name: \`${name} 3\``],
          fix: {
            title: "write a window size",
            applicability: "has-placeholders",
            edits: [{ span: spanAfter(span), text: " 3" }],
          },
        },
        name,
        "a window size",
      ),
    );
    return false;
  }
  return fits;
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
  const items = form.arguments?.items.slice(form.tensors) ?? [];
  const hasSize = callee.kind === "stage" && callee.stage.slots.kernel !== undefined;
  const given = new Map<string, Span>();
  let unknown = 0;
  let fits = true;
  let position = 0;
  for (const item of items) {
    const parameter = item.name?.text ?? names[position++];
    resolveExpression(item.value, scope, context, wordRule(callee, parameter));
    if (parameter === undefined) continue;
    const earlier = given.get(parameter);
    if (item.name !== undefined && !names.includes(parameter) && !(hasSize && parameter === SIZE_ARGUMENT)) {
      reportUnknownParameter(item.name, name, names, context);
      unknown += 1;
      fits = false;
    } else if (earlier !== undefined) {
      reporter.report(
        tooManyArguments.at(
          { span: item.span, labels: [{ span: earlier, text: "first given here" }] },
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

/** Whether a bare name may stand for itself as the value of a parameter. */
function wordRule(callee: Callee, parameter: string | undefined): WordRule {
  if (parameter === undefined) return "any";
  if (callee.kind === "stage")
    return callee.stage.arguments[parameter]?.type.words === undefined ? "none" : "any";
  const type = callee.ast.parameters.find((candidate) => candidate.name.text === parameter)?.type;
  return type === undefined || type.name.text === "word" || type.name.text === "block" ? "any" : "none";
}

function checkMissing(
  form: CallForm,
  name: string,
  callee: Callee,
  { given, unknown }: { readonly given: ReadonlyMap<string, Span>; readonly unknown: number },
  { reporter }: NameContext,
): boolean {
  if (callee.kind === "stage") return true;
  const missing = callee.ast.parameters.filter(
    (parameter) => parameter.default === undefined && !given.has(parameter.name.text),
  );
  // The arguments with unknown names were meant for them.
  if (missing.length <= unknown) return missing.length === 0;
  for (const parameter of missing) {
    const labels = [{ span: parameter.span, text: "it has no default" }];
    const help = [`pass it: \`${parameter.name.text}=…\``];
    reporter.report(missingParameter.at({ span: form.name.span, labels, help }, name, parameter.name.text));
  }
  return missing.length === 0;
}

export function reportUnknownParameter(
  name: ast.Name,
  callee: string,
  names: readonly string[],
  { reporter }: NameContext,
): void {
  const near = nearest(name.text, names);
  const has = names.length === 0 ? "it has none" : `it has ${names.map(quoted).join(", ")}`;
  reporter.report(
    unknownParameter.at(
      {
        span: name.span,
        help: [near === undefined ? has : `${has}; did you mean ${quoted(near)}?`],
        ...(near === undefined ? {} : replaceFix(name, near)),
      },
      callee,
      name.text,
    ),
  );
}

/** How many arguments stand before the first named one. */
export function leadingPositional(list: ast.Arguments | undefined): number {
  const items = list?.items ?? [];
  const named = items.findIndex((item) => item.name !== undefined);
  return named < 0 ? items.length : named;
}
