/** Applies a stage to its operands: the call becomes values, and the stage makes nodes of them. */
import type { Span } from "../base/source.ts";
import type { Operands, Stage, Value } from "../ops/op.ts";
import { environmentAt, type Place } from "./build.ts";
import { asChannels, type Channels, evaluateCall, partsOf } from "./call.ts";
import type { Environment } from "./evaluate.ts";
import type { CallForm } from "./resolve-calls.ts";
import { doubted, doubtOfSizes, type Flow, guessed, lookUp, type Scope } from "./scope.ts";
import { expansionAt } from "./site.ts";

export function applyStage(
  stage: Stage,
  form: CallForm,
  span: Span,
  place: Place,
  flow: Flow,
  operands: Operands<Value>,
  path: string,
): Value {
  const [first] = operands;
  const environment = environmentAt(place, flow);
  const guess = first.shape.channels;
  const { call, templates, guessesChannels, guessesOthers } = evaluateCall(
    form,
    stage,
    environment,
    operands,
  );
  for (const { node } of templates) place.build.measured.add(node);
  const growth =
    stage.readsGrowth === true && form.channels === undefined
      ? growthAt(form.name.span, place.scope, environment, guess)
      : undefined;
  let isGuess = guessesOthers;
  const result = stage.apply(
    call,
    operands,
    expansionAt({
      place,
      call: { name: form.name, span, parts: partsOf(form, Object.keys(stage.arguments)) },
      operands: [...operands, ...templates],
      path,
      growth: growth?.value,
      onReport: () => {
        isGuess = true;
      },
    }),
  );
  if (result === undefined) return doubted(first);
  if (isGuess) return guessed(result);
  const doubt = [
    ...result.doubt,
    ...(guessesChannels || growth?.isGuess === true ? [0] : []),
    ...templates.flatMap(doubtOfSizes),
  ];
  return doubt.length === result.doubt.size ? result : { ...result, doubt: new Set(doubt) };
}

/** The `k` in scope, which a unit without `->` takes at `unit` (rule R3). */
function growthAt(unit: Span, scope: Scope, environment: Environment, guess: number): Channels {
  const entry = lookUp(scope, "k");
  if (entry?.kind !== "literal") return { value: guess, isGuess: true };
  return asChannels(entry.value, entry.argument ?? unit, environment, guess);
}
