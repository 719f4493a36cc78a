/** The passes of each target, in the order in which they run. A new pass is a file here and a line below. */
import { batchTowers } from "./batch-towers.ts";
import { bfloat16 } from "./bfloat16.ts";
import { depthwiseForm } from "./depthwise-form.ts";
import { evenDilation } from "./even-dilation.ts";
import { explicitPadding } from "./explicit-padding.ts";
import { fetchOutputs } from "./fetch-outputs.ts";
import { flattenConcat } from "./flatten-concat.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { foldConstants } from "./fold-constants.ts";
import { groupConvolutions } from "./group-convolutions.ts";
import { imageRank, lrnRank } from "./image-rank.ts";
import { mergeBias } from "./merge-bias.ts";
import { mergePadding } from "./merge-padding.ts";
import type { Pass } from "./pass.ts";
import { poolFirst } from "./pool-first.ts";
import { removeDeadCode } from "./remove-dead-code.ts";
import { removeDuplicates } from "./remove-duplicates.ts";
import { removeIdentity } from "./remove-identity.ts";
import { resizeImages } from "./resize-images.ts";
import { rowBands } from "./row-bands.ts";
import { strideOrDilation } from "./stride-or-dilation.ts";
import { thresholdForm } from "./threshold-form.ts";
import { transposedVolumes } from "./transposed-volumes.ts";
import { volumeMaxPools } from "./volume-max-pools.ts";

/** ONNX takes every primitive as it is, and its runtimes fold and fuse batch normalizations by themselves. */
export const onnxPasses: readonly Pass[] = [
  // First, because an identity between a convolution and its pool would hide one from the other.
  removeIdentity,
  mergePadding,
  poolFirst,
  // After everything that makes constants.
  removeDuplicates,
  lrnRank,
  removeDeadCode,
];

/** As for a SavedModel where the reasons are the same; instead of its forms, what tfjs cannot do. */
export const graphModelPasses: readonly Pass[] = [
  removeIdentity,
  mergePadding,
  poolFirst,
  foldBatchNorm,
  // On WebAssembly, comparisons with a constant take longer than the convolutions that spare them.
  depthwiseForm,
  mergeBias,
  flattenConcat,
  removeDuplicates,
  // Before convolutions lose their groups, because it makes some that have them.
  transposedVolumes,
  // Before convolutions lose their groups, and with them kernels that are constants.
  strideOrDilation,
  groupConvolutions,
  foldConstants,
  imageRank,
  resizeImages,
  // Before padding is split off, which it shares out.
  volumeMaxPools,
  explicitPadding,
  fetchOutputs,
  removeDeadCode,
];

export const savedModelPasses: readonly Pass[] = [
  // First, because an identity between a convolution and its batch normalization would prevent the fold.
  removeIdentity,
  // Before all that asks whether a window pads.
  mergePadding,
  // Before folding, because a batch normalization between a convolution and a pool is in the way of neither.
  poolFirst,
  // Before padding is split off, so that it sees convolutions and not what they become.
  foldBatchNorm,
  // After pools are first, so that it reaches through them; after folding, which leaves what it is for.
  thresholdForm,
  // After both, on what neither could take.
  depthwiseForm,
  // After everything that adds a bias.
  mergeBias,
  // Anywhere: nothing else reads concatenations.
  flattenConcat,
  // After everything that makes constants, and before forms make more nodes of each.
  removeDuplicates,
  // After folding, because it makes kernels larger.
  evenDilation,
  // After dilations are even, because it makes depthwise convolutions of its own, and kernels that are no constants.
  groupConvolutions,
  // After groups are apart, because each takes its part of a kernel.
  foldConstants,
  // After everything that makes kernels, so that all forms share them; before padding is split off, which is otherwise for each.
  rowBands,
  // On the whole graph like the bands, and after them only because one has to be first.
  batchTowers,
  // On what is left after folding, because a folded batch normalization needs no particular rank.
  imageRank,
  // Anywhere: nothing else reads or makes resizes.
  resizeImages,
  // After everything that reads windows, because they have no padding of their own any more.
  explicitPadding,
  // After identities are gone, because it adds one that has to stay.
  fetchOutputs,
  // Last, because folding leaves the old kernels and vectors behind.
  removeDeadCode,
];

/** Comparisons have no fast kernel in bfloat16, and depthwise convolutions have. */
export const savedModelBfloat16Passes: readonly Pass[] = savedModelPasses.flatMap((pass) => {
  if (pass === thresholdForm) return [];
  // After all that computes with constants, and before what the outputs need.
  return pass === fetchOutputs ? [bfloat16, fetchOutputs] : [pass];
});
