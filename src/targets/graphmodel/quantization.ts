/** Weights in fewer bits: smaller downloads. They are numbers of 32 bits again before anything is computed. */
import type { Chunk, LazyBytes } from "../protobuf.ts";
import type { Quantization } from "../target.ts";

export const QUANTIZATIONS: readonly Quantization[] = ["uint8", "float16"];

/** What is smaller (biases, scales) costs little and matters much. */
const FEWEST_ELEMENTS = 1024;

export interface Quantized {
  readonly description: object;
  readonly content: LazyBytes;
}

/** `undefined`: it stays as it is. */
export function quantized(content: Chunk, quantization: Quantization): Quantized | undefined {
  const length = content.length / 4;
  if (length < FEWEST_ELEMENTS) return undefined;
  const values = (): Float32Array => {
    const { buffer, byteOffset } = "make" in content ? content.make() : content;
    return new Float32Array(buffer, byteOffset, length);
  };
  if (quantization === "float16") {
    const make = (): Uint8Array => new Uint8Array(Uint16Array.from(values(), float16).buffer);
    return {
      description: { dtype: "float16", original_dtype: "float32" },
      content: { length: 2 * length, make },
    };
  }
  const { min, scale } = affineOf(values());
  // Zero has its step, so that the outermost values may be half a step outside.
  const make = (): Uint8Array =>
    new Uint8Array(Uint8ClampedArray.from(values(), (value) => (value - min) / scale).buffer);
  return {
    description: { dtype: "uint8", min, scale, original_dtype: "float32" },
    content: { length, make },
  };
}

/** `min + scale * q` for q from 0 to 255 covers the values, and one q is zero exactly. */
function affineOf(values: Float32Array): { readonly min: number; readonly scale: number } {
  const lowest = values.reduce((least, value) => Math.min(least, value), 0);
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  const scale = (highest - lowest) / 255 || 1;
  return { min: -Math.round(-lowest / scale) * scale, scale };
}

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** The bits of the nearest number of 16 bits, ties to even; what is too large becomes the largest. */
function float16(value: number): number {
  single[0] = Math.min(Math.max(value, -65504), 65504);
  const all = bits[0] ?? 0;
  const sign = (all >>> 16) & 0x8000;
  const exponent = ((all >>> 23) & 0xff) - 127;
  const fraction = all & 0x7fffff;
  if (exponent < -25) return sign;
  // Below 2^-14 numbers have fewer digits, each half as many as the one before.
  const dropped = exponent < -14 ? 13 + (-14 - exponent) : 13;
  const digits = (exponent < -14 ? 0x800000 | fraction : fraction + ((exponent + 15) << 23)) >>> 0;
  const kept = Math.floor(digits / 2 ** dropped);
  const rest = digits - kept * 2 ** dropped;
  const half = 2 ** (dropped - 1);
  const isUp = rest > half || (rest === half && kept % 2 === 1);
  return sign | (kept + (isUp ? 1 : 0));
}
