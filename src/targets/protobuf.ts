/**
 * Protocol buffers as lists of chunks. A message knows its length before its bytes exist, so the length prefixes of
 * its parents can be written first and large weights are made one at a time, while the file is written.
 */
import { invariant } from "../base/invariant.ts";

/** Bytes of a known length, made when they are needed. */
export interface LazyBytes {
  readonly length: number;
  readonly make: () => Uint8Array;
}

export type Chunk = Uint8Array | LazyBytes;

export interface Encoded {
  readonly length: number;
  readonly chunks: readonly Chunk[];
}

/** The names of the wire types in the encoding's documentation are VARINT, LEN and I32. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** One message: fields stand in the order of their numbers, as every writer of protocol buffers puts them. */
export function message(...fields: readonly Encoded[]): Encoded {
  return {
    length: fields.reduce((sum, { length }) => sum + length, 0),
    chunks: fields.flatMap(({ chunks }) => chunks),
  };
}

/** `int32`, `int64`, `bool` and enumerations. */
export function integerField(field: number, value: number | boolean): Encoded {
  return bytes([...tag(field, VARINT), ...varint(Number(value))]);
}

export function floatField(field: number, value: number): Encoded {
  const content = new Uint8Array(4);
  new DataView(content.buffer).setFloat32(0, value, true);
  return bytes([...tag(field, FIXED_32), ...content]);
}

/** Four bytes whatever the value is. */
export function fixed32Field(field: number, value: number): Encoded {
  const content = new Uint8Array(4);
  new DataView(content.buffer).setUint32(0, value, true);
  return bytes([...tag(field, FIXED_32), ...content]);
}

export function textField(field: number, value: string): Encoded {
  return bytesField(field, new TextEncoder().encode(value));
}

export function bytesField(field: number, value: Chunk): Encoded {
  return messageField(field, { length: value.length, chunks: [value] });
}

export function messageField(field: number, value: Encoded): Encoded {
  return message(bytes([...tag(field, LENGTH_DELIMITED), ...varint(value.length)]), value);
}

/** A packed list of integers; an empty list has no field. */
export function integersField(field: number, values: readonly number[]): Encoded {
  return values.length === 0 ? message() : bytesField(field, Uint8Array.from(values.flatMap(varint)));
}

/** A map from names to messages: one entry a field, in the order of `entries`. */
export function mapField(field: number, entries: Iterable<readonly [string, Encoded]>): Encoded {
  return message(
    ...Array.from(entries, ([key, value]) =>
      messageField(field, message(textField(1, key), messageField(2, value))),
    ),
  );
}

/** The bytes of a message, piece by piece: small chunks are joined, large ones are made when their turn comes. */
export function* pieces(encoded: Encoded, pieceSize: number = 64 * 1024): Generator<Uint8Array> {
  let buffer = new Uint8Array(pieceSize);
  let used = 0;
  for (const chunk of encoded.chunks) {
    if (used + chunk.length > pieceSize && used > 0) {
      yield buffer.subarray(0, used);
      [buffer, used] = [new Uint8Array(pieceSize), 0];
    }
    const content = "make" in chunk ? chunk.make() : chunk;
    invariant(content.length === chunk.length, `${content.length} bytes where ${chunk.length} were promised`);
    if (content.length > pieceSize) {
      yield content;
    } else {
      buffer.set(content, used);
      used += content.length;
    }
  }
  if (used > 0) yield buffer.subarray(0, used);
}

/** One after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** The same memory as bytes. */
export function bytesOf(values: Float32Array | Int32Array | Uint16Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function bytes(values: readonly number[]): Encoded {
  return { length: values.length, chunks: [Uint8Array.from(values)] };
}

function tag(field: number, wireType: number): readonly number[] {
  return varint(field * 8 + wireType);
}

/** Seven bits a byte, the lowest first. Negative numbers are the ten bytes of their 64-bit two's complement. */
export function varint(value: number): readonly number[] {
  invariant(Number.isSafeInteger(value), `${value} is no integer`);
  const result: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) result.push(Number(rest & 0x7fn) | 0x80);
  result.push(Number(rest));
  return result;
}
