/** What a block makes of any input, for all parameters: `[C @ S…] → [C + n·k @ S…]`. */
import type * as ast from "../../../grammar/ast.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { isWithin, spanText } from "../../base/source.ts";
import { listOf, quoted } from "../../base/text.ts";
import type { Term } from "../../ir/term.ts";
import type { BlockDefinition, Program } from "../module.ts";
import type { Resolution } from "../resolve.ts";
import type { Hypotheses } from "../trace.ts";
import { type Choice, type Exploration, explore, fewOf } from "./explore.ts";
import { channelsOf, formOf, type NoForm } from "./form.ts";
import { mergeForms } from "./merge-forms.ts";
import { type Candidates, candidatesOf } from "./parameters.ts";
import type { BlockSignature, SignatureForm } from "./signature-form.ts";
import { RANKS, type Run, type Subject, subjectOf } from "./world.ts";

/** Of the blocks of the main file, and then of those that it imports, under the names that it gives them. */
export function signaturesOf(
  { main }: Program,
  resolution: Resolution,
  diagnostics: readonly Diagnostic[],
): readonly BlockSignature[] {
  const errors = diagnostics.flatMap(({ severity, span }) => (severity === "error" && span ? [span] : []));
  let left = MOST_STEPS_OF_FILE;
  return [...new Map([...main.own, ...main.names])].flatMap(([name, definition]) => {
    if (definition.kind !== "block") return [];
    const room = Math.min(MOST_STEPS, left);
    const effort = { left: room };
    const subject = subjectOf(definition, resolution, effort);
    const isBroken = errors.some((error) => isWithin(error, definition.ast.span));
    const signature = isBroken ? undecided(subject, "it has errors") : signatureOf(subject);
    left -= room - effort.left;
    return [{ ...signature, name }];
  });
}

export function signatureOf(subject: Subject): BlockSignature {
  const decided = decide(subject);
  return "why" in decided ? undecided(subject, decided.why) : { ...headOf(subject), forms: decided.forms };
}

function undecided(subject: Subject, why: string): BlockSignature {
  return { ...headOf(subject), forms: [], undecided: why };
}

function headOf({
  definition: { ast: block },
}: Subject): Pick<BlockSignature, "name" | "span" | "parameters"> {
  const parameters = block.parameters.map(({ span }) => spanText(span).replace(/\s+/g, " "));
  return { name: block.name.text, span: block.name.span, parameters };
}

type Decided = { readonly forms: readonly SignatureForm[] } | { readonly why: string };

function decide(subject: Subject): Decided {
  const { ast: block } = subject.definition;
  const candidates = candidatesOf(subject);
  const open = candidates.filter(({ values }) => values.length === 0);
  if (open.length > 0)
    return { why: `it depends on what ${listOf(open.map(({ name }) => quoted(name)))} is` };
  let failure: Decided = { why: "no parameters were found that fit" };
  for (const scales of scalesOf(block)) {
    const forms = formsFor(subject, candidates, scales);
    if (!("why" in forms)) return { forms: mergeForms(forms, subject.definition) };
    if (forms.isSerious) return forms;
    failure = forms;
  }
  return subject.effort.left <= 0 ? { why: "it takes too long to tell" } : failure;
}

/** One for each number of axes that the block fits. */
function formsFor(
  subject: Subject,
  candidates: readonly Candidates[],
  scales: readonly number[],
): readonly SignatureForm[] | NoForm {
  let failure: NoForm | undefined;
  let known:
    | { readonly form: SignatureForm; readonly choices: readonly Choice[]; readonly at: Subject }
    | undefined;
  const forms: SignatureForm[] = [];
  for (const rank of RANKS) {
    if (known !== undefined) {
      // What is known of one number of axes need only be confirmed for the others.
      const { choices, at, form: first } = known;
      const exploration = explore(at, candidates, { rank, scales, choices });
      const form = formOf(subject, { ...exploration, oneSided: [] }, rank, scales);
      if (!("why" in form)) forms.push({ ...form, isPartial: form.isPartial || first.isPartial });
      continue;
    }
    const first = explore(subject, candidates, { rank, scales });
    const hypotheses = hypothesesOf(subject, first);
    const at: Subject = { ...subject, hypotheses };
    const exploration = hypotheses.size === 0 ? first : explore(at, candidates, { rank, scales });
    const form = formOf(subject, exploration, rank, scales);
    if (!("why" in form)) {
      known = { form, choices: fewOf(exploration.fitting), at };
      forms.push(form);
    } else if (form.isSerious) return form;
    else failure ??= form;
  }
  return failure !== undefined && forms.length === 0 ? failure : forms;
}

/** What the blocks give that contain themselves: what they gave in the runs so far. */
function hypothesesOf({ definition, resolution, effort }: Subject, { runs }: Exploration): Hypotheses {
  const found = new Map<BlockDefinition, Term>();
  for (const recursive of new Set(runs.flatMap(({ trace }) => [...trace.recursive]))) {
    const channels = channelsOf(
      recursive === definition ? runs : runsOf(subjectOf(recursive, resolution, effort)),
    );
    if ("term" in channels) found.set(recursive, channels.term);
  }
  return found;
}

function runsOf(subject: Subject): readonly Run[] {
  return explore(subject, candidatesOf(subject), { rank: 2, scales: [1] }).runs;
}

/** Of one block. */
const MOST_STEPS = 50_000;
/** Of all blocks of a file and its imports. */
const MOST_STEPS_OF_FILE = 1_000_000;

/** Several inputs may have the same sizes, or one of them may be larger: what a decoder joins. */
function scalesOf({ inputs = [] }: ast.Block): readonly (readonly number[])[] {
  if (inputs.length < 2) return [[1]];
  const same = inputs.map(() => 1);
  return [
    same,
    ...[2, 4].flatMap((scale) =>
      inputs.map((_, index) => same.map((one, at) => (at === index ? scale : one))),
    ),
  ];
}
