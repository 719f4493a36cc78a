/** The passes of each target, in the order in which they run. A new pass is a file here and a line below. */
import { batchNormRank } from "./batch-norm-rank.ts";
import { explicitPadding } from "./explicit-padding.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import type { Pass } from "./pass.ts";
import { removeDeadCode } from "./remove-dead-code.ts";
import { removeIdentity } from "./remove-identity.ts";

export const savedModelPasses: readonly Pass[] = [
  // First, because an identity between a convolution and its batch normalization would prevent the fold.
  removeIdentity,
  // Before padding is split off, so that it sees convolutions and not what they become.
  foldBatchNorm,
  // What is left after folding, because a folded batch normalization needs no particular rank.
  batchNormRank,
  // After folding: a max pool after a ReLU may be padded with zeros, and ReLUs are never moved later on.
  explicitPadding,
  // Last, because folding leaves the old kernels and vectors behind.
  removeDeadCode,
];
