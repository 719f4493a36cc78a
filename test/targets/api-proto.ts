/** TensorFlow's messages as protobufjs reads them from tfjs-node's own `api.proto`: the oracle for what we write. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import protobuf from "protobufjs";

const path = createRequire(import.meta.url).resolve("@tensorflow/tfjs-node/src/proto/api.proto");
const { root } = protobuf.parse(readFileSync(path, "utf8"));

export function messageType(name: string): protobuf.Type {
  return root.lookupType(`tensorflow.${name}`);
}

/** What protobufjs writes for this content. */
export function encodeWith(name: string, content: Readonly<Record<string, unknown>>): Uint8Array {
  const type = messageType(name);
  const problem = type.verify(content);
  if (problem !== null) throw new Error(`${name}: ${problem}`);
  return Uint8Array.from(type.encode(type.create(content)).finish());
}

/** What protobufjs writes after it has read `bytes`. */
export function rewriteWith(name: string, bytes: Uint8Array): Uint8Array {
  const type = messageType(name);
  return Uint8Array.from(type.encode(type.decode(bytes)).finish());
}

/** What protobufjs reads, as plain data: enumerations as names, 64-bit integers as numbers, bytes as arrays. */
export function readWith(name: string, bytes: Uint8Array): unknown {
  const type = messageType(name);
  return type.toObject(type.decode(bytes), { enums: String, longs: Number, bytes: Array });
}
