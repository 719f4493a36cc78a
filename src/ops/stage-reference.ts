/** The reference of stages as data: for `dnc ops`, its JSON and `docs/ops.md`. */
import { nearest } from "../base/text.ts";
import { printShape } from "../ir/shape.ts";
import type { Argument } from "./argument.ts";
import { STAGES, stageNamed } from "./index.ts";
import type { Group, SlotName, Stage } from "./op.ts";
import { LATER_STAGES } from "./unsupported.ts";

export interface StageReference {
  readonly name: string;
  readonly group: Group;
  readonly summary: string;
  /** `maxpool K (pad, ceil=false) [/s]`: what may be left out stands in brackets. */
  readonly syntax: string;
  readonly arguments: readonly ArgumentReference[];
  readonly examples: readonly ExampleReference[];
}

export interface ArgumentReference {
  readonly name: string;
  /** Follows "must be": `an integer of at least 1`. */
  readonly expects: string;
  /** A call without it is wrong. */
  readonly required?: true;
  /** Absent: left out means what the summary says. */
  readonly default?: string;
  readonly summary: string;
}

export interface ExampleReference {
  /** As written in a pipeline. */
  readonly source: string;
  /** `[3 @ 224x224]`. */
  readonly input: string;
  readonly output: string;
  readonly params: number;
}

export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  units: "Units",
  pooling: "Pooling",
  norm: "Normalization",
  activation: "Activations",
  regularise: "Regularization",
  joins: "Joins",
  "per channel": "Per channel",
  shape: "Shape",
};

/** In the order of the reference. */
export const STAGE_REFERENCE: readonly StageReference[] = STAGES.map(referenceOf);

export type StageLookUp =
  | { readonly kind: "stage"; readonly stage: StageReference }
  /** Of a later edition of the language. */
  | { readonly kind: "later" }
  | { readonly kind: "unknown"; readonly meant: string | undefined };

export function lookUpStage(name: string): StageLookUp {
  const stage = stageNamed(name);
  if (stage !== undefined) return { kind: "stage", stage: referenceOf(stage) };
  if (LATER_STAGES.has(name.toLowerCase())) return { kind: "later" };
  const names = STAGES.map((each) => each.name);
  return { kind: "unknown", meant: nearest(name, names) };
}

function referenceOf(stage: Stage): StageReference {
  const { name, group, summary } = stage;
  return {
    name,
    group,
    summary,
    syntax: syntaxOf(stage),
    arguments: Object.entries(stage.arguments).map(([argument, definition]) => ({
      name: argument,
      expects: definition.type.expects,
      ...(definition.required && { required: true }),
      ...(definition.default === undefined ? {} : { default: definition.default }),
      summary: definition.summary,
    })),
    examples: stage.examples.map(({ source, input, output, parameters }) => ({
      source,
      input: printShape(input),
      output: printShape(output),
      params: parameters,
    })),
  };
}

/** The suffixes stand in the order of rule R7. */
function syntaxOf({ name, slots, arguments: taken, join }: Stage): string {
  const slot = (which: SlotName, text: string): readonly string[] =>
    slots[which] === undefined ? [] : [slots[which] === "optional" ? `[${text}]` : text];
  const items = Object.entries(taken).map(([argument, definition]) => argument + assigned(definition));
  return [
    name,
    ...slot("kernel", "K"),
    ...(items.length === 0 ? [] : [`(${items.join(", ")})`]),
    ...(join === undefined ? [] : [join === "body" ? "< … >" : "[< … | … >]"]),
    ...slot("stride", "/s"),
    ...slot("channels", "-> c"),
  ].join(" ");
}

/** `=1`; formulas and sentences stand in the table of arguments. */
function assigned({ default: value = "" }: Argument): string {
  return /^[\w./-]+$/.test(value) ? `=${value}` : "";
}
