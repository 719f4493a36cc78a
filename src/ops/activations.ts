/** The operations that `act=` may name. */
import type { Op } from "./op.ts";
import { relu } from "./relu.ts";
import type { ActivationWord } from "./settings.ts";
import { sigmoid } from "./sigmoid.ts";
import { softmax } from "./softmax.ts";

const ACTIVATIONS: Readonly<Record<ActivationWord, Op<object>>> = { relu, sigmoid, softmax };

export function activationOf(word: ActivationWord): Op<object> {
  return ACTIVATIONS[word];
}
