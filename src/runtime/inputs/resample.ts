/**
 * Resizes pictures as Pillow and torchvision do for `bilinear` with antialiasing: every result is an average under a
 * triangle, which is as wide as the step when the picture becomes smaller. Written here because the numbers must not
 * depend on the machine, and those of image libraries do.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Cut extends Size {
  readonly left: number;
  readonly top: number;
}

/** The part `cut` of what `pixels` of the size `from` become in the size `to`; red, green, blue in 0…255, unrounded. */
export function resample(pixels: Uint8Array, from: Size, to: Size, cut: Cut): Float32Array {
  const columns = averages(from.width, to.width, cut.left, cut.width);
  const rows = averages(from.height, to.height, cut.top, cut.height);
  const result = new Float32Array(cut.width * cut.height * 3);
  const narrowed = new Map<number, Float32Array>();
  const narrow = (row: number): Float32Array => narrowRow(pixels.subarray(row * from.width * 3), columns);
  for (const [y, { first, weights }] of rows.entries()) {
    const line = result.subarray(y * cut.width * 3, (y + 1) * cut.width * 3);
    // Rows above are not needed again.
    for (const row of narrowed.keys()) if (row < first) narrowed.delete(row);
    for (const [index, weight] of weights.entries()) {
      const source = narrowed.get(first + index) ?? narrow(first + index);
      narrowed.set(first + index, source);
      for (let at = 0; at < line.length; at += 1) line[at] = (line[at] ?? 0) + weight * (source[at] ?? 0);
    }
  }
  return result;
}

/** One position of the result: the weights of neighboring positions, which sum to 1. */
interface Average {
  readonly first: number;
  readonly weights: readonly number[];
}

/** For `count` positions from `start` on, along an axis that goes from one length to another. */
function averages(from: number, to: number, start: number, count: number): readonly Average[] {
  const step = from / to;
  const reach = Math.max(1, step);
  return Array.from({ length: count }, (_, index) => {
    const center = (start + index + 0.5) * step;
    const first = Math.max(0, Math.floor(center - reach + 0.5));
    const end = Math.min(from, Math.floor(center + reach + 0.5));
    const weights = Array.from({ length: end - first }, (_, offset) =>
      Math.max(0, 1 - Math.abs(first + offset + 0.5 - center) / reach),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

function narrowRow(row: Uint8Array, columns: readonly Average[]): Float32Array {
  const result = new Float32Array(columns.length * 3);
  for (const [x, { first, weights }] of columns.entries()) {
    let [red, green, blue, at] = [0, 0, 0, first * 3];
    for (const weight of weights) {
      red += weight * (row[at] ?? 0);
      green += weight * (row[at + 1] ?? 0);
      blue += weight * (row[at + 2] ?? 0);
      at += 3;
    }
    result.set([red, green, blue], x * 3);
  }
  return result;
}
