/** Dense values: the reference interpreter's in float64, with batch and channels first. */

export interface Tensor {
  /** `[batch, channels, ...sizes]` for values; PyTorch's layout for weights. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float64Array;
}
