/** Units: what `order` makes of a convolution. `pre`: norm, activation, conv; `post`: conv, norm, activation; `bare`: conv. */
import { invariant } from "../base/invariant.ts";
import { activate } from "./activations.ts";
import {
  type Argument,
  type Arguments,
  type ArgumentValues,
  boolean,
  integer,
  type PadRule,
  type PerAxis,
  padRule,
  perAxis,
} from "./argument.ts";
import { bn, bnAttrs } from "./bn.ts";
import { missingParameter } from "./call-problems.ts";
import type { Call, Expansion, OpStage, Value } from "./op.ts";
import {
  type ActivationWord,
  activationArgument,
  type Init,
  initArgument,
  type Order,
  orderArgument,
} from "./settings.ts";

export interface UnitArguments extends Arguments {
  readonly pad: Argument<PadRule>;
  readonly dilation: Argument<PerAxis>;
  readonly groups: Argument<number>;
  readonly bias: Argument<boolean>;
  readonly order: Argument<Order>;
  readonly act: Argument<ActivationWord>;
  readonly init: Argument<Init>;
}

export const unitArguments: UnitArguments = {
  pad: { type: padRule, summary: "padding", default: "floor(dilation*(K-1)/2)" },
  dilation: {
    type: perAxis(1),
    summary: "distance between the positions that the kernel reads",
    default: "1",
  },
  groups: {
    type: integer(1),
    summary: "into how many the channels are split; each group of inputs makes its group of outputs",
    default: "1",
  },
  bias: { type: boolean, summary: "adds a learnt number per channel (default: only on `bare` units)" },
  order: orderArgument,
  act: activationArgument,
  init: initArgument,
};

/** What every unit may be told, windows or not. */
type UnitValues = Partial<ArgumentValues<Pick<UnitArguments, "bias" | "order" | "act" | "init">>>;

/** Emits the unit around `op`: companions stand below the unit's path, the convolution at it. */
export function applyUnit<N>(
  op: OpStage<N>,
  call: Call & { readonly arguments: UnitValues },
  channels: number | undefined,
  input: Value,
  expansion: Expansion,
): Value | undefined {
  const { settings } = expansion;
  const order = call.arguments.order ?? settings.order;
  if (order === undefined) reportMissingOrder(expansion);
  invariant(channels !== undefined, "units without channels were reported");

  const bias = call.arguments.bias ?? settings.bias ?? order === "bare";
  const act = call.arguments.act ?? (order === "bare" ? undefined : (settings.act ?? "relu"));
  const normalize = (x: Value): Value => expansion.emit(bn, bnAttrs({}, settings), [x], "bn");
  const activated = (x: Value): Value => (act === undefined ? x : activate(act, x, expansion));
  const convolve = (x: Value): Value | undefined => {
    const attrs = op.attrs(
      { ...call, channels, arguments: { ...call.arguments, bias } },
      [x.shape],
      expansion,
    );
    return attrs === undefined ? undefined : expansion.emit(op, attrs, [x]);
  };

  if (order === "pre") return convolve(activated(normalize(input)));
  const result = convolve(input);
  if (result === undefined) return undefined;
  return activated(order === "post" ? normalize(result) : result);
}

/** The ambient order and bias do not reach the call: without an order of its own it is bare. */
export function withOwnOrder<C extends Call & { readonly arguments: UnitValues }>(call: C): C {
  const { order, bias = true } = call.arguments;
  return order === undefined ? { ...call, arguments: { ...call.arguments, order: "bare", bias } } : call;
}

/** There is no default order: until one is chosen the sizes are the same with any. */
function reportMissingOrder(expansion: Expansion): void {
  expansion.report(missingParameter, [expansion.stageName, "`order`"], {
    blamesModel: true,
    label: "norm and activation before it, after it, or none?",
    notes: [
      "`pre` is norm, activation, conv; `post` is conv, norm, activation; `bare` is conv alone, with a bias",
    ],
    help: ["write `set order = pre;` (or `post`, `bare`) in the model, or `(order=pre)` on the stage"],
    fix: (edits) => ({
      title: "give it an order of its own",
      applicability: "has-placeholders",
      edits: edits.addArgument("order=post"),
    }),
  });
}
