/** Array files, written byte by byte as their standards say. */
import type { BoundShape } from "../../src/ir/shape.ts";

export const VECTOR: BoundShape = { channels: 3, sizes: [] };
/** `[2, 2, 3]`. */
export const IMAGE: BoundShape = { channels: 2, sizes: [2, 3] };
export const COUNTING: readonly number[] = Array.from({ length: 12 }, (_, index) => index + 1);

export function text(value: string): readonly number[] {
  return [...new TextEncoder().encode(value)];
}

export function npyBytes(header: string, values: readonly number[], version = 1): Uint8Array {
  const { length } = text(header);
  const size = version === 1 ? [length & 255, length >> 8] : [length & 255, length >> 8, 0, 0];
  return Uint8Array.from([0x93, ...text("NUMPY"), version, 0, ...size, ...text(header), ...values]);
}

export function npyHeader(type: string, shape: string, fortran = "False"): string {
  return `{'descr': '${type}', 'fortran_order': ${fortran}, 'shape': (${shape}), }\n`;
}

export function float32Bytes(values: readonly number[], littleEndian = true): readonly number[] {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, littleEndian);
  return [...new Uint8Array(view.buffer)];
}

export function safetensorsBytes(header: unknown, values: readonly number[]): Uint8Array {
  const json = text(typeof header === "string" ? header : JSON.stringify(header));
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(json.length), true);
  return Uint8Array.from([...new Uint8Array(length.buffer), ...json, ...values]);
}
