/** The static pass over a file: every name, call form, parameter and setting, reached by a model or not. */
import type * as ast from "../../grammar/ast.ts";
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../base/diagnostic.ts";
import { replaceFix } from "../base/replace-fix.ts";
import type { Span } from "../base/source.ts";
import { listOf, nearest, quoted } from "../base/text.ts";
import { METRIC_NAMES } from "../measure/metric.ts";
import { SETTINGS } from "../ops/settings.ts";
import { definitionOf, nameText } from "./callee.ts";
import { isLegible } from "./gaps.ts";
import { bareName } from "./input-symbols.ts";
import {
  type BlockDefinition,
  claimName,
  type Definition,
  isStandardLibrary,
  type Module,
  type Program,
} from "./module.ts";
import { findRecursion } from "./recursion.ts";
import {
  resolveBody,
  resolveOpenBody,
  resolveOperation,
  resolveSource,
  resolveType,
} from "./resolve-body.ts";
import { checkBlock, reportUnknownParameter } from "./resolve-calls.ts";
import { declareForUse, type NameContext, reportUnknown, resolveExpression } from "./resolve-names.ts";
import { unexpectedPart } from "./resolve-slots.ts";
import { declare, read, type StaticEntry, type StaticScope, staticScope } from "./static-scope.ts";
import { unknownBlock } from "./unknown-callee.ts";
import { resolveDefinition, warnUnusedImports } from "./unused.ts";

export const noOutput: DiagnosticKind<[model: string]> = defineDiagnostic({
  code: "DN0209",
  message: (model: string) => `model ${quoted(model)} has no output`,
  explain: {
    title: "no-output",
    text: "A model says what comes out of it: `output logits = x < … >;` or `output features;` for a named value.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; y = x < gap >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < gap >; }\n",
  },
});

export const impliedRepeat: DiagnosticKind<[block: string]> = defineDiagnostic({
  code: "DN0317",
  severity: "hint",
  message: (block) => `${quoted(block)} repeats itself \`n\` times, because its body never reads \`n\``,
  explain: {
    title: "implied-repeat",
    text: "A parameter named exactly `n` that the body of a block never reads means `repeat n`. That is how the one-line block of a DenseNet reads; writing `repeat n` says the same.",
  },
});

export const missingEdition: DiagnosticKind = defineDiagnostic({
  code: "DN0117",
  severity: "hint",
  message: () => "the file does not say its edition, and is read as edition 1",
  explain: {
    title: "missing-edition",
    text: "A file opens with `dn 1;`, so that later editions of the language may read it differently. Without the line it is edition 1.",
  },
});

/** What the static pass learned, for the expansion. */
export interface Resolution {
  /** Nodes of the tree that were reported and must be passed over. */
  readonly bad: ReadonlySet<object>;
  /** Blocks whose `n` means `repeat n` (rule R1). */
  readonly repeated: ReadonlySet<ast.Block>;
  /** Names that stand for blocks as values. */
  readonly blocks: ReadonlyMap<ast.NameExpression, BlockDefinition>;
  /** Values of models that nothing reads, which was reported. */
  readonly unread: Readonly<Unread>;
}

type Unread = Set<ast.ValueItem | ast.OutputItem>;

export function resolveProgram(program: Program, reporter: Reporter): Resolution {
  const bad = new Set<object>();
  const repeated = new Set<ast.Block>();
  const unread: Unread = new Set();
  const blocks = new Map<ast.NameExpression, BlockDefinition>();
  for (const module of program.modules) {
    const context: NameContext = {
      module,
      reporter,
      bad,
      hasIn: true,
      hasIt: false,
      blocks,
      declared: [],
      ended: new Map(),
      called: new Set(),
    };
    const scope = fileScope(module, context);
    hintEdition(module, reporter);
    let allNamesKnown = true;
    for (const block of module.ast.blocks) {
      const known = resolveDefinition(block, context, (inner) => {
        if (!resolveBlock(block, scope, inner)) return;
        repeated.add(block);
        hintRepetition(block, inner.reporter);
      });
      allNamesKnown &&= known;
    }
    for (const model of module.ast.models) {
      const known = resolveDefinition(model, context, (inner) => resolveModel(model, scope, inner, unread));
      allNamesKnown &&= known;
    }
    if (allNamesKnown) warnUnusedImports(scope, context);
  }
  findRecursion(program, reporter, bad);
  return { bad, repeated, blocks, unread };
}

/** What is not written is still told, to whoever asks for hints. */
function hintRepetition(block: ast.Block, reporter: Reporter): void {
  const n = block.parameters.find((parameter) => parameter.name.text === "n");
  if (n === undefined) return;
  const { file, start } = block.body.span;
  const edits = [{ span: { file, start, end: start }, text: "repeat n " }];
  const fix = { title: "spell it out: `repeat n`", applicability: "machine-applicable", edits } as const;
  reporter.report(impliedRepeat.at({ span: n.name.span, fix }, block.name.text));
}

function hintEdition({ ast: file, source, syntaxErrors }: Module, reporter: Reporter): void {
  if (file.edition !== undefined || syntaxErrors.length > 0 || isStandardLibrary(source)) return;
  const span = { file: source, start: 0, end: 0 };
  const fix = {
    title: "write `dn 1;` first",
    applicability: "machine-applicable",
    edits: [{ span, text: "dn 1;\n" }],
  } as const;
  reporter.report(missingEdition.at({ span, fix }));
}

function fileScope(module: Module, context: NameContext): StaticScope {
  const scope = staticScope(undefined, false);
  for (const [name, { ast: item, module: home }] of module.lets) {
    if (home === module) resolveExpression(item.value, scope, context);
    declare(scope, "let", { text: name, span: item.name.span });
  }
  return scope;
}

/** Tells whether the block repeats itself `n` times by rule R1. */
function resolveBlock(block: ast.Block, file: StaticScope, context: NameContext): boolean {
  if (block.inputs !== undefined && block.repeat !== undefined) {
    const help = ["write `repeat` inside the body"];
    context.reporter.report(
      unexpectedPart.at({ span: block.repeat.span, help }, block.name.text, "`repeat` beside several inputs"),
    );
  }
  const scope = resolveParameters(block.parameters, file, context);
  for (const input of block.inputs ?? []) declareForUse(scope, "input", input, context);
  if (block.repeat !== undefined) resolveExpression(block.repeat.count, scope, context);
  for (const relation of block.where?.relations ?? []) resolveExpression(relation, scope, context, "any");
  const bodyScope = staticScope(scope, true);
  if (block.repeat?.as !== undefined) declareForUse(bodyScope, "variable", block.repeat.as, context);
  (block.inputs === undefined ? resolveBody : resolveOpenBody)(block.body, bodyScope, context);

  const n = scope.entries.get("n");
  const repeats =
    n !== undefined && !n.usedInBody && block.repeat === undefined && block.inputs === undefined;
  if (repeats) n.used = true;
  return repeats;
}

function resolveParameters(
  parameters: readonly ast.Parameter[],
  file: StaticScope,
  context: NameContext,
): StaticScope {
  const scope = staticScope(file, false);
  const places = new Map<string, Span>();
  for (const parameter of parameters) {
    const holdsBlock = parameter.type?.name.text === "block";
    if (parameter.default !== undefined)
      resolveExpression(parameter.default, scope, context, holdsBlock ? "block" : "any");
    if (parameter.type !== undefined) checkParameterType(parameter.type, context);
    if (!claimName(parameter.name, places, context.reporter)) continue;
    // A list of blocks is no block itself: a loop takes one after the other out of it.
    const kind = holdsBlock && parameter.type?.listDepth === 0 ? "block" : "parameter";
    declareForUse(scope, kind, parameter.name, context);
  }
  return scope;
}

export const PARAMETER_TYPES = ["int", "float", "bool", "word", "str", "block"] as const;

function checkParameterType(type: ast.ParameterType, { reporter, bad }: NameContext): void {
  const { text, span } = type.name;
  if (PARAMETER_TYPES.some((known) => known === text)) return;
  bad.add(type);
  const near = nearest(text, PARAMETER_TYPES);
  const help =
    near === undefined
      ? `the types are ${PARAMETER_TYPES.map(quoted).join(", ")}`
      : `did you mean ${quoted(near)}?`;
  reporter.report(
    unknownBlock.at(
      { span, help: [help], ...(near === undefined ? {} : replaceFix(span, near)) },
      text,
      "parameter type",
    ),
  );
}

function resolveModel(model: ast.Model, file: StaticScope, context: NameContext, unread: Unread): void {
  const scope = resolveParameters(model.parameters, file, context);
  if (model.definition.kind === "alias") resolveAlias(model.definition, model.name.text, scope, context);
  else {
    declareSymbols(model.definition, scope);
    for (const relation of model.where?.relations ?? [])
      resolveExpression(relation, scope, { ...context, relation }, "any");
    const values = resolveItems(model, model.definition, scope, context);
    for (const [item, { used }] of values) if (!used) unread.add(item);
  }
}

function resolveAlias(
  alias: ast.ModelAlias,
  aliasName: string,
  scope: StaticScope,
  context: NameContext,
): void {
  const name = nameText(alias.target);
  const [head] = alias.target.parts;
  const target = definitionOf(alias.target, context.module);
  context.called.add(head.text);
  const parameters = target?.kind === "model" ? exposedBy(target) : [];
  for (const [index, { name: named, value }] of (alias.arguments?.items ?? []).entries()) {
    const parameter = named ? parameters.find((each) => each.name.text === named.text) : parameters[index];
    const isBlock = parameter?.type?.name.text === "block";
    resolveExpression(value, scope, context, isBlock ? "block" : "any");
    if (isBlock && !checkBlock(value, parameter.name.text, scope, context)) context.bad.add(alias);
  }
  if (target === undefined && context.module.missing.has(head.text)) {
    context.bad.add(alias);
    return;
  }
  if (target?.kind !== "model") {
    const models = [...context.module.names].flatMap(([key, definition]) =>
      definition.kind === "model" ? [key] : [],
    );
    const near = nearest(name, models);
    const notes = target === undefined ? [] : [`${quoted(name)} is a block`];
    const others = models.filter((each) => each !== aliasName);
    const known =
      others.length === 0 ? "no model is defined here" : `the models are ${listOf(others.map(quoted))}`;
    const help = [near === undefined ? known : `did you mean ${quoted(near)}?`];
    const fix = near === undefined ? {} : replaceFix(alias.target.span, near);
    context.reporter.report(unknownBlock.at({ span: alias.target.span, notes, help, ...fix }, name, "model"));
    context.bad.add(alias);
    return;
  }
  const names = exposedParameters(target);
  for (const item of alias.arguments?.items ?? []) {
    if (item.name === undefined || names.includes(item.name.text)) continue;
    reportUnknownParameter(item.name, name, names, context);
    context.bad.add(alias);
  }
}

const exposed = new WeakMap<Definition, readonly ast.Parameter[]>();

/** The names of what a call of a model may set: an alias passes on what it leaves unfixed. */
export function exposedParameters(definition: Definition): readonly string[] {
  return exposedBy(definition).map(({ name }) => name.text);
}

function exposedBy(definition: Definition): readonly ast.Parameter[] {
  const chain: { readonly of: Definition; readonly alias: ast.ModelAlias }[] = [];
  const passed = new Set<Definition>();
  let at = definition;
  while (at.kind === "model" && at.ast.definition.kind === "alias" && !exposed.has(at) && !passed.has(at)) {
    passed.add(at);
    const target = definitionOf(at.ast.definition.target, at.module);
    if (target === undefined) break;
    chain.push({ of: at, alias: at.ast.definition });
    at = target;
  }
  let parameters = exposed.get(at) ?? at.ast.parameters;
  for (const { of, alias } of chain.reverse()) {
    parameters = passedOn(parameters, alias, of.ast.parameters);
    exposed.set(of, parameters);
  }
  return parameters;
}

function passedOn(
  parameters: readonly ast.Parameter[],
  { arguments: list }: ast.ModelAlias,
  own: readonly ast.Parameter[],
): readonly ast.Parameter[] {
  const items = list?.items ?? [];
  const positional = items.filter((item) => item.name === undefined).length;
  const taken = new Set([
    ...own.map(({ name }) => name.text),
    ...items.map((item, index) => item.name?.text ?? parameters[index]?.name.text),
  ]);
  return [...own, ...parameters.slice(positional).filter(({ name }) => !taken.has(name.text))];
}

/** A free name as a size of an input is a symbol (rule R10). */
function declareSymbols(body: ast.ModelBody, scope: StaticScope): void {
  const lets = new Set(body.items.flatMap((item) => (item.kind === "let" ? [item.let.name.text] : [])));
  for (const item of body.items) {
    if (item.kind !== "input") continue;
    for (const size of [item.type.channels, ...item.type.sizes]) {
      const name = bareName(size);
      if (name === undefined || lets.has(name.text) || read(scope, name.text) !== undefined) continue;
      // The parser says that `N` is the batch.
      if (name.text === "N") declare(scope, "failed", name).used = true;
      else if (size !== item.type.channels) declare(scope, "symbol", name).used = true;
    }
  }
}

function resolveItems(
  model: ast.Model,
  body: ast.ModelBody,
  parent: StaticScope,
  context: NameContext,
): ReadonlyMap<ast.ValueItem | ast.OutputItem, StaticEntry> {
  const scope = staticScope(parent, true);
  const values = new Map<ast.ValueItem | ast.OutputItem, StaticEntry>();
  const [places, settings] = [new Map<string, Span>(), new Map<string, Span>()];
  const { reporter, bad } = context;
  const hasOutput = body.items.some((item) => item.kind === "output");
  const claim = (name: ast.Name, kind: "value" | "input" | "let" | "shared"): StaticEntry | undefined =>
    claimName(name, places, reporter) ? declareForUse(scope, kind, name, context) : undefined;
  for (const item of body.items) {
    switch (item.kind) {
      case "input":
        resolveType(item.type, scope, context);
        claim(item.name, "input");
        break;
      case "let":
        resolveExpression(item.let.value, scope, context);
        claim(item.let.name, "let");
        break;
      case "output":
      case "value": {
        if (item.flow !== undefined) resolveFlow(item.flow, scope, context);
        else if (read(scope, item.name.text) === undefined) {
          reportUnknown(item.name, scope, context);
          bad.add(item);
        }
        if (item.type !== undefined) resolveType(item.type, scope, context);
        if (item.flow === undefined) break;
        const entry = claim(item.name, "value");
        if (entry === undefined) {
          bad.add(item.name);
          break;
        }
        values.set(item, entry);
        if (item.kind === "output" || !hasOutput) entry.used = true;
        break;
      }
      case "shared":
        resolveOperation(item.operation, scope, context);
        claim(item.name, "shared");
        break;
      case "set":
        resolveExpression(item.value, scope, context, "any");
        if (!Object.hasOwn(SETTINGS, item.name.text)) {
          reportUnknownParameter(item.name, "set", Object.keys(SETTINGS), context);
          bad.add(item);
        } else if (!claimName(item.name, settings, reporter, "remove one of them")) bad.add(item);
        break;
      default:
        for (const relation of item.relations)
          resolveExpression(relation, scope, { ...context, metrics: METRIC_NAMES }, "any");
    }
  }
  if (!hasOutput) {
    const help = ["name what comes out: `output y = x < … >;`"];
    // Perhaps the text that could not be read names one.
    if (isLegible(model, context.module))
      reporter.report(noOutput.at({ span: model.name.span, help }, model.name.text));
    bad.add(model);
  }
  return values;
}

function resolveFlow(flow: ast.Flow, scope: StaticScope, context: NameContext): void {
  resolveSource(flow.source, scope, { ...context, hasIn: false });
  if (flow.body !== undefined) resolveBody(flow.body, scope, context);
}
