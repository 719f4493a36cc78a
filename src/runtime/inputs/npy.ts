/** Numpy's file format, versions 1 to 3: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import { count } from "../../base/text.ts";
import { type ArrayFormat, type Malformed, promisedBytes, type StoredArray } from "./array.ts";
import { decodeElements, type ElementName, sizeOf } from "./elements.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** A letter for the kind, a digit for the bytes. */
const TYPES: Readonly<Record<string, ElementName>> = {
  f2: "float16",
  f4: "float32",
  f8: "float64",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  b1: "bool",
};

export const npy: ArrayFormat = {
  limit: 2 ** 30,
  advice: "write it with `numpy.save`, as an array of floats or integers",
  parse(bytes) {
    if (!MAGIC.every((byte, index) => bytes[index] === byte)) return { malformed: "it is no `.npy` file" };
    const header = readHeader(bytes);
    if ("malformed" in header) return header;
    const { type, littleEndian, isFortranOrder, shape, values } = header;
    const promised = promisedBytes(shape, sizeOf(type));
    if (promised !== values.length) {
      const needed = promised === undefined ? "more bytes than can be counted" : count(promised, "byte");
      return {
        malformed: `its header promises ${needed} of values, but it has ${count(values.length, "byte")}`,
      };
    }
    return {
      shape,
      type,
      decode() {
        const stored = decodeElements(values, type, { littleEndian });
        return isFortranOrder ? rowMajor(stored, shape) : stored;
      },
    };
  },
};

interface Header extends Pick<StoredArray, "shape"> {
  readonly type: ElementName;
  readonly littleEndian: boolean;
  /** Whether the first axis is the innermost. */
  readonly isFortranOrder: boolean;
  readonly values: Uint8Array;
}

function readHeader(bytes: Uint8Array): Header | Malformed {
  const cutOff = { malformed: "it ends within its header" };
  const version = bytes[6];
  if (version === undefined) return cutOff;
  if (version < 1 || version > 3)
    return { malformed: `it has version ${version} of the format, not 1, 2 or 3` };
  // The length of the header has two bytes in version 1, four in later ones.
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) return cutOff;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < end) return cutOff;
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes.subarray(start, end));
  return parseHeader(text, bytes.subarray(end));
}

/** A dictionary as Python writes it: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 224, 224), }`. */
function parseHeader(text: string, values: Uint8Array): Header | Malformed {
  const description = /'descr'\s*:\s*(?:'([^']*)'|\[)/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const tuple = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(text)?.[1];
  if (description === null || order === undefined || tuple === undefined) {
    return { malformed: "its header is damaged" };
  }
  const name = description[1];
  if (name === undefined) return { malformed: "its elements are records, not numbers" };
  const type = TYPES[name.slice(1)];
  if (type === undefined || !"<>|=".includes(name.charAt(0))) {
    return { malformed: `its elements have the type \`${name}\`, not floats or integers` };
  }
  // Python 2 wrote an L behind long integers.
  const shape = tuple.split(",").map((size) => size.trim().replace(/L$/, ""));
  return {
    type,
    littleEndian: !name.startsWith(">"),
    isFortranOrder: order === "True",
    shape: shape.filter((size) => size !== "").map(Number),
    values,
  };
}

/** From an array whose first axis is the innermost. */
function rowMajor(stored: Float32Array, shape: readonly number[]): Float32Array {
  const result = new Float32Array(stored.length);
  const steps = shape.map((_, axis) => shape.slice(0, axis).reduce((step, size) => step * size, 1));
  const position = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to += 1) {
    result[to] = stored[from] ?? 0;
    // Count on like an odometer, and let `from` follow.
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const [index, size, step] = [(position[axis] ?? 0) + 1, shape[axis] ?? 1, steps[axis] ?? 1];
      from += step;
      position[axis] = index;
      if (index < size) break;
      from -= size * step;
      position[axis] = 0;
    }
  }
  return result;
}
