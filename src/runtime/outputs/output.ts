/** What a model gives. */

export interface Output {
  /** `[batch, channels, ...sizes]`. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array | Int32Array | Uint8Array;
}
