/** The operations that `act=` may name. */
import { elu } from "./elu.ts";
import { gelu } from "./gelu.ts";
import { hardsigmoid } from "./hardsigmoid.ts";
import { hardswish } from "./hardswish.ts";
import { leakyrelu } from "./leakyrelu.ts";
import type { Expansion, OpStage, Value } from "./op.ts";
import { prelu } from "./prelu.ts";
import { relu } from "./relu.ts";
import { relu6 } from "./relu6.ts";
import type { ActivationWord } from "./settings.ts";
import { sigmoid } from "./sigmoid.ts";
import { silu } from "./silu.ts";
import { softmax } from "./softmax.ts";
import { tanh } from "./tanh.ts";

const ACTIVATIONS: Readonly<Record<ActivationWord, OpStage<unknown>>> = {
  relu,
  relu6,
  leakyrelu,
  prelu,
  elu,
  silu,
  gelu,
  sigmoid,
  tanh,
  hardswish,
  hardsigmoid,
  softmax,
};

/** Adds the activation, with its default arguments, below the stage's path. */
export function activate(word: ActivationWord, x: Value, expansion: Expansion): Value {
  const op = ACTIVATIONS[word];
  return expansion.emit(op, op.attrs({ arguments: {} }, [x.shape], expansion), [x], word);
}
