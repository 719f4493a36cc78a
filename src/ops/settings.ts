/** What `set` may set in a model: the ambient choices that stages fall back on. */
import { type Argument, boolean, fraction, type PadRule, padRule, positive, word } from "./argument.ts";

export const ORDERS = ["pre", "post", "bare"] as const;
export type Order = (typeof ORDERS)[number];

/** Named here, not in `activations.ts`, because arguments are typed before operations exist. */
export const ACTIVATION_WORDS = [
  "relu",
  "relu6",
  "leakyrelu",
  "prelu",
  "elu",
  "silu",
  "gelu",
  "sigmoid",
  "tanh",
  "hardswish",
  "hardsigmoid",
  "softmax",
] as const;
export type ActivationWord = (typeof ACTIVATION_WORDS)[number];

export const orderArgument: Argument<Order> = {
  type: word(...ORDERS),
  summary: "`pre`: norm, activation, conv; `post`: conv, norm, activation; `bare`: conv alone",
};

export const activationArgument: Argument<ActivationWord> = {
  type: word(...ACTIVATION_WORDS),
  summary: "the activation that `order` adds; on a `bare` unit it follows the convolution",
};

export const initArgument: Argument<Init> = {
  type: word("kaiming", "xavier"),
  summary: "how the weights are drawn when the network is compiled with `--weights init`",
};
export type Init = "kaiming" | "xavier";

export const epsilonArgument: Argument<number> = {
  type: positive,
  summary: "added to the variance",
  default: "1e-5",
};
export const momentumArgument: Argument<number> = {
  type: fraction(0, 1),
  summary: "weight of the new value in the running statistics",
  default: "0.1",
};

export interface Settings {
  readonly order?: Order;
  readonly act?: ActivationWord;
  readonly eps?: number;
  readonly momentum?: number;
  readonly pad?: PadRule;
  readonly init?: Init;
  readonly bias?: boolean;
}

export const SETTINGS: Readonly<Record<keyof Settings, Argument>> = {
  order: orderArgument,
  act: activationArgument,
  eps: epsilonArgument,
  momentum: momentumArgument,
  pad: { type: padRule, summary: "padding of convolutions and pools" },
  init: initArgument,
  bias: { type: boolean, summary: "whether the convolutions that `order` expands have a bias" },
};
