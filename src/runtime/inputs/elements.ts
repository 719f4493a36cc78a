/** The number formats of array files, and how their bytes become float32. */

export type ElementName =
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool";

interface ElementType {
  readonly size: number;
  read(view: DataView, at: number, littleEndian: boolean): number;
}

const ELEMENT_TYPES: Readonly<Record<ElementName, ElementType>> = {
  float16: { size: 2, read: (view, at, little) => fromHalf(view.getUint16(at, little)) },
  /** The upper half of a float32. */
  bfloat16: { size: 2, read: (view, at, little) => fromBits(view.getUint16(at, little) << 16) },
  float32: { size: 4, read: (view, at, little) => view.getFloat32(at, little) },
  float64: { size: 8, read: (view, at, little) => view.getFloat64(at, little) },
  int8: { size: 1, read: (view, at) => view.getInt8(at) },
  int16: { size: 2, read: (view, at, little) => view.getInt16(at, little) },
  int32: { size: 4, read: (view, at, little) => view.getInt32(at, little) },
  int64: { size: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  uint8: { size: 1, read: (view, at) => view.getUint8(at) },
  uint16: { size: 2, read: (view, at, little) => view.getUint16(at, little) },
  uint32: { size: 4, read: (view, at, little) => view.getUint32(at, little) },
  uint64: { size: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  bool: { size: 1, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
};

export function sizeOf(name: ElementName): number {
  return ELEMENT_TYPES[name].size;
}

/** As many numbers as the bytes hold. */
export function decodeElements(
  bytes: Uint8Array,
  name: ElementName,
  { littleEndian }: { readonly littleEndian: boolean },
): Float32Array {
  const { size, read } = ELEMENT_TYPES[name];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.length / size);
  for (let index = 0; index < values.length; index += 1)
    values[index] = read(view, index * size, littleEndian);
  return values;
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 bits of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

function fromBits(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}
