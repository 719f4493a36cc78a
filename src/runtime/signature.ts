/**
 * Reads the signatures of a SavedModel: which tensors go in and out. The graph with its weights is skipped,
 * so this takes as long as reading the file. The field numbers are those of TensorFlow's `saved_model.proto`
 * and `meta_graph.proto`.
 */

export interface TensorInfo {
  /** As the graph calls it: `input:0`. */
  readonly tensor: string;
  readonly dtype: string;
  /** -1 where the size is not fixed. */
  readonly shape: readonly number[];
}

export interface Signature {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly outputs: Readonly<Record<string, TensorInfo>>;
}

/** From `DataType` in `types.proto`; others do not pass between JavaScript and the library. */
const DTYPES: Readonly<Record<number, string>> = {
  1: "float32",
  3: "int32",
  4: "uint8",
  7: "string",
  10: "bool",
};

/** From the names of the signatures that the graph with these tags has; undefined when there is no such graph. */
export function parseSignatures(
  savedModel: Uint8Array,
  tags: readonly string[],
): ReadonlyMap<string, Signature> | undefined {
  for (const metaGraph of messages(savedModel, 2)) {
    const metaInfo = messages(metaGraph, 1)[0];
    const own = metaInfo === undefined ? [] : messages(metaInfo, 4).map(text);
    if (own.length !== tags.length || !tags.every((tag) => own.includes(tag))) continue;
    return new Map(entries(metaGraph, 5).map(([name, signature]) => [name, parseSignature(signature)]));
  }
  return undefined;
}

function parseSignature(signature: Uint8Array): Signature {
  const tensors = (field: number): Record<string, TensorInfo> =>
    Object.fromEntries(entries(signature, field).map(([name, info]) => [name, parseTensorInfo(info)]));
  return { inputs: tensors(1), outputs: tensors(2) };
}

function parseTensorInfo(info: Uint8Array): TensorInfo {
  const dtype = integers(info, 2)[0] ?? 0;
  const dimensions = messages(info, 3).flatMap((shape) => messages(shape, 2));
  return {
    tensor: messages(info, 1).map(text).join(),
    dtype: DTYPES[dtype] ?? `type ${dtype}`,
    shape: dimensions.map((dimension) => integers(dimension, 1)[0] ?? 0),
  };
}

/** A map is a list of messages with a key and a value. */
function entries(parent: Uint8Array, field: number): readonly (readonly [string, Uint8Array])[] {
  return messages(parent, field).map((entry) => [
    messages(entry, 1).map(text).join(),
    messages(entry, 2)[0] ?? new Uint8Array(),
  ]);
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function messages(parent: Uint8Array, field: number): readonly Uint8Array[] {
  return [...fields(parent)].flatMap(([number, value]) =>
    number === field && value instanceof Uint8Array ? [value] : [],
  );
}

function integers(parent: Uint8Array, field: number): readonly number[] {
  return [...fields(parent)].flatMap(([number, value]) =>
    number === field && typeof value === "bigint" ? [Number(BigInt.asIntN(64, value))] : [],
  );
}

/** The fields of a message in the order of the file. Throws a `RangeError` when the bytes are no message. */
function* fields(bytes: Uint8Array): Generator<readonly [field: number, value: bigint | Uint8Array]> {
  let at = 0;
  const take = (length: number): Uint8Array => {
    at += length;
    if (at > bytes.length) throw new RangeError("the file ends within a field");
    return bytes.subarray(at - length, at);
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = take(1)[0] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const field = tag >> 3;
    const wireType = tag & 7;
    if (wireType === 0) yield [field, varint()];
    else if (wireType === 2) yield [field, take(Number(varint()))];
    else if (wireType === 1) yield [field, take(8)];
    else if (wireType === 5) yield [field, take(4)];
    else throw new RangeError(`a field of the unknown wire type ${wireType}`);
  }
}
