/** Applies a stage to its operands: the call becomes values, and the stage makes nodes of them. */
import type { Span } from "../base/source.ts";
import type { Stage, Value } from "../ops/op.ts";
import type { Application } from "./application.ts";
import { environmentAt, spend } from "./build.ts";
import { asChannels, type Channels, evaluateCall, partsOf } from "./call.ts";
import type { Environment } from "./environment.ts";
import { doubtChannelsFrom, guessFrom, obscured } from "./gaps.ts";
import { doubtOfSizes, guessed, lookUp, type Scope } from "./scope.ts";
import { expansionAt } from "./site.ts";
import { finenessOf, termsOfCall, tracedResult } from "./traced-stage.ts";

export function applyStage(stage: Stage, { form, span, place, flow, operands, path }: Application): Value {
  const [first] = operands;
  const environment = environmentAt(place, flow);
  const guess = first.shape.channels;
  const { build } = place;
  const { settings } = build;
  const firstNode = build.nodes.length;
  const { call, templates, guessesChannels, guessesOthers } = evaluateCall(
    form,
    stage,
    environment,
    operands,
  );
  for (const { node } of templates) build.measured.add(node);
  const growth =
    stage.readsGrowth === true && form.channels === undefined
      ? growthAt(form.name.span, place.scope, environment, guess)
      : undefined;
  const terms = build.trace && termsOfCall(form, stage, environment, growth && lookUp(place.scope, "k"));
  let isGuess = guessesOthers;
  // The operation may be another one, and still give what it gives now.
  let isUnknown = false;
  const result = stage.apply(
    call,
    operands,
    expansionAt({
      place,
      call: { name: form.name, span, parts: partsOf(form, Object.keys(stage.arguments)) },
      operands: [...operands, ...templates],
      path,
      growth: growth?.value,
      terms,
      onReport: ({ blamesModel }) => {
        isGuess ||= blamesModel !== true;
        isUnknown = true;
      },
    }),
  );
  if (isGuess || isUnknown || result === undefined) guessFrom(firstNode, build);
  if (result === undefined) {
    // What it made before it failed leads to what it would have made.
    const last = { ...first, node: build.nodes.length - 1 };
    return obscured(first, place, span, flow.in, ...operands, last);
  }
  if (terms !== undefined) spend(place, span, finenessOf(result.shape));
  const work = { name: form.name, stage, call, operands, templates, growth: growth?.value, settings };
  const whole = terms === undefined ? result : tracedResult(build, { ...work, terms }, result);
  if (isGuess) return guessed(whole);
  const guessesWidth = guessesChannels || growth?.isGuess === true;
  if (guessesWidth) doubtChannelsFrom(firstNode, build);
  const doubt = [...whole.doubt, ...(guessesWidth ? [0] : []), ...templates.flatMap(doubtOfSizes)];
  return doubt.length === whole.doubt.size ? whole : { ...whole, doubt: new Set(doubt) };
}

/** The `k` in scope, which a unit without `->` takes at `unit` (rule R3). */
function growthAt(unit: Span, scope: Scope, environment: Environment, guess: number): Channels {
  const entry = lookUp(scope, "k");
  if (entry?.kind !== "literal") return { value: guess, isGuess: true };
  return asChannels(entry.value, entry.argument ?? unit, environment, guess);
}
