/** All lints, in the order of their codes. A new one is a file beside this one and a line here. */
import type { Instance } from "../semantics/instantiate.ts";
import type { Problems } from "../semantics/problems.ts";
import { lint as activationOnInput } from "./activation-on-input.ts";
import { lint as biasCancelled } from "./bias-cancelled.ts";
import { lint as bottleneckDoesNotNarrow } from "./bottleneck-does-not-narrow.ts";
import { type Lint, lintContext } from "./context.ts";
import { lint as denseOutputNotConcat } from "./dense-output-not-concat.ts";
import { lint as depthNameMismatch } from "./depth-name-mismatch.ts";
import { lint as fractionalChannels } from "./fractional-channels.ts";
import { lint as growthNotConstant } from "./growth-not-constant.ts";
import { lint as incompletePreactivation } from "./incomplete-preactivation.ts";
import { lint as joinOfOneValue } from "./join-of-one-value.ts";
import { lint as layoutSuspect } from "./layout-suspect.ts";
import { lint as lossyDownsample } from "./lossy-downsample.ts";
import { lint as orderSuspect } from "./order-suspect.ts";
import { lint as samePaddingAsymmetric } from "./same-padding-asymmetric.ts";
import { lint as softmaxOverOne } from "./softmax-over-one.ts";
import { lint as strideExceedsKernel } from "./stride-exceeds-kernel.ts";
import { lint as transitionExpands } from "./transition-expands.ts";

export const LINTS: readonly Lint[] = [
  fractionalChannels,
  layoutSuspect,
  lossyDownsample,
  strideExceedsKernel,
  samePaddingAsymmetric,
  growthNotConstant,
  denseOutputNotConcat,
  transitionExpands,
  bottleneckDoesNotNarrow,
  biasCancelled,
  activationOnInput,
  incompletePreactivation,
  orderSuspect,
  softmaxOverOne,
  depthNameMismatch,
  joinOfOneValue,
];

/** Tells what a published network would not do, as far as mistakes do not hide it. */
export function lintInstance(instance: Instance, problems: Problems): void {
  if (instance.gaps.isTotal) return;
  const context = lintContext(instance, problems);
  for (const lint of LINTS) lint.check(context);
}
