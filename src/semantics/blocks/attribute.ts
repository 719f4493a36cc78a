/**
 * Whose mistake it is: a mistake inside a block that is there in every call belongs to the block, and is told once; one
 * that is there in this call belongs to the argument of the call, or to the call.
 */
import type * as ast from "../../../grammar/ast.ts";
import type { Diagnostic, Frame } from "../../base/diagnostic.ts";
import { isWithin, type Span, spanKey } from "../../base/source.ts";
import { quoted } from "../../base/text.ts";
import { modelTooLarge } from "../build.ts";
import { type BlockDefinition, isStandardLibrary, type Module, type Program } from "../module.ts";
import type { Resolution } from "../resolve.ts";
import { channelsName } from "../traced-block.ts";
import { mistakeKey } from "./keys.ts";
import { type BlockMistakes, mistakesOf } from "./mistakes.ts";
import { subjectOf } from "./world.ts";

/** For all blocks of a file together; where there are more mistakes, they are told where they were met. */
const MOST_STEPS = 20_000;

interface Others {
  /** The blocks that models have expanded. */
  readonly entered: ReadonlySet<ast.Block>;
  /** What was told before: a block that is not well-formed is not looked at. */
  readonly before: readonly Diagnostic[];
}

/** The mistakes of models, each at the place that it belongs to; with `others`, also those of blocks that are not in them. */
export function attributeMistakes(
  found: readonly Diagnostic[],
  program: Program,
  resolution: Resolution,
  others?: Others,
): readonly Diagnostic[] {
  const blocks = new Map(
    blocksOf(program).map((definition) => [spanKey(definition.ast.name.span), definition]),
  );
  const known = new Map<BlockDefinition, BlockMistakes>();
  const effort = { left: MOST_STEPS };

  const mistakesIn = (definition: BlockDefinition): BlockMistakes => {
    const before = known.get(definition);
    if (before !== undefined) return before;
    const mistakes = mistakesOf(subjectOf(definition, resolution, effort), true);
    known.set(definition, mistakes);
    return mistakes;
  };

  const attribute = (diagnostic: Diagnostic): Attributed => {
    const { severity, span, frame } = diagnostic;
    // How much there is rests on the whole model.
    const wrong = diagnostic.code === modelTooLarge.code ? undefined : mistakeKey(diagnostic);
    if (severity !== "error" || span === undefined || frame === undefined || wrong === undefined)
      return { diagnostic };
    let told: Attributed = { diagnostic };
    for (const call of callsAround(frame, span, blocks)) {
      const { always, sometimes } = mistakesIn(call.definition);
      const general = always.find((mistake) => mistakeKey(mistake) === wrong);
      if (general !== undefined) return inEveryCall(told, call.definition, general, wrong);
      const causes = sometimes.get(wrong);
      const blamed = causes && blamedFor(call, causes);
      if (blamed === undefined) return told;
      told = { diagnostic: movedTo(blamed, diagnostic), key: `${wrong} ${spanKey(blamed.span)}` };
    }
    return told;
  };

  const attributed = found.map(attribute);
  if (others === undefined) return merged(attributed);
  const ofBlock = (definition: BlockDefinition): BlockMistakes =>
    known.get(definition) ?? mistakesOf(subjectOf(definition, resolution, effort), false);
  const before = [...others.before, ...found];
  const uncalled = mistakesOfUncalled(program, { ...others, before }, ofBlock);
  return merged([...attributed, ...uncalled.map(attribute)]);
}

interface Attributed {
  readonly diagnostic: Diagnostic;
  /** Those with one key are one mistake. */
  readonly key?: string;
}

/** One mistake is told once. */
function merged(attributed: readonly Attributed[]): readonly Diagnostic[] {
  const told = new Set<string>();
  return attributed.flatMap(({ diagnostic, key }) => {
    if (key === undefined) return [diagnostic];
    return told.has(key) ? [] : told.add(key) && [diagnostic];
  });
}

interface CallOfBlock {
  readonly definition: BlockDefinition;
  readonly call: Frame;
}

/** The calls that led to a place in the body of a block, innermost first. */
function callsAround(
  frame: Frame,
  span: Span,
  blocks: ReadonlyMap<string, BlockDefinition>,
): readonly CallOfBlock[] {
  const calls: CallOfBlock[] = [];
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    const definition = at.kind === "call" ? blocks.get(spanKey(at.definition)) : undefined;
    if (definition !== undefined) calls.push({ definition, call: at });
  }
  const owner = calls.findIndex(({ definition }) => isWithin(span, definition.ast.body.span));
  return owner < 0 ? [] : calls.slice(owner);
}

interface Blamed {
  readonly span: Span;
  readonly label: string;
}

/** The first argument that a mistake depends on; the call, where it depends on the input. A default is the block's own. */
function blamedFor(
  { definition, call: { call, given, name } }: CallOfBlock,
  causes: readonly string[],
): Blamed | undefined {
  const [argument] = causes.flatMap((cause) => given?.get(cause) ?? []);
  if (argument !== undefined) return { span: argument.span, label: "this argument leads to it" };
  const isOfInput = causes.includes(channelsName(definition, 0));
  return isOfInput && call ? { span: call, label: `this call of ${quoted(name)} leads to it` } : undefined;
}

function movedTo(blamed: Blamed, { fix: _, ...diagnostic }: Diagnostic): Diagnostic {
  const { span, label, labels = [] } = diagnostic;
  const place = span && { span, text: label === undefined ? "required here" : `required here: ${label}` };
  return { ...diagnostic, ...blamed, labels: place === undefined ? labels : [place, ...labels] };
}

function inEveryCall(
  { diagnostic }: Attributed,
  { ast: block }: BlockDefinition,
  general: Diagnostic,
  wrong: string,
): Attributed {
  const { notes = [] } = diagnostic;
  const note = `in every call of ${quoted(block.name.text)}: ${general.message}`;
  const key = `${wrong} ${spanKey(block.name.span)}`;
  return general.message === diagnostic.message
    ? { diagnostic, key }
    : { diagnostic: { ...diagnostic, notes: [...notes, note] }, key };
}

/** The mistakes of the file's blocks that no model has expanded; those of a block within a block are told of the inner one. */
function mistakesOfUncalled(
  { main }: Program,
  { entered, before }: Others,
  mistakesIn: (definition: BlockDefinition) => BlockMistakes,
): readonly Diagnostic[] {
  const errors = before.flatMap(({ severity, span }) =>
    severity === "error" && span !== undefined ? [span] : [],
  );
  const isUncalled = ({ ast: block }: BlockDefinition): boolean =>
    !entered.has(block) && !errors.some((error) => isWithin(error, block.span));
  const mistakes = blocksIn(main)
    .filter(isUncalled)
    .flatMap((definition) => mistakesIn(definition).always);
  const told = new Set(
    mistakes.flatMap(({ frame, span }) => (frame?.parent === undefined && span ? [spanKey(span)] : [])),
  );
  return mistakes.filter(
    ({ frame, span }) => frame?.parent === undefined || (span && !told.has(spanKey(span))),
  );
}

/** Those that a user can mend. */
function blocksOf({ modules }: Program): readonly BlockDefinition[] {
  return modules.flatMap((module) => (isStandardLibrary(module.source) ? [] : blocksIn(module)));
}

function blocksIn({ own }: Module): readonly BlockDefinition[] {
  return [...own.values()].filter((definition) => definition.kind === "block");
}
