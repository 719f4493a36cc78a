/** ONNX's messages, with the field numbers of `onnx.proto` (ir_version 8). Lists of numbers are not packed there. */
import {
  bytesField,
  bytesOf,
  type Chunk,
  type Encoded,
  floatField,
  integerField,
  message,
  messageField,
  textField,
} from "../protobuf.ts";
import type { Sizes } from "./order.ts";

/** Of TensorProto.DataType. */
const FLOAT = 1;
const INT64 = 7;

/** An AttributeProto without its name. */
export type Attribute = Encoded;

/** Of AttributeProto.AttributeType. */
const ATTRIBUTE = { float: 1, integer: 2, text: 3, integers: 7 } as const;

export function floatAttribute(value: number): Attribute {
  return message(floatField(2, value), integerField(20, ATTRIBUTE.float));
}

export function integerAttribute(value: number): Attribute {
  return message(integerField(3, value), integerField(20, ATTRIBUTE.integer));
}

export function textAttribute(value: string): Attribute {
  return message(textField(4, value), integerField(20, ATTRIBUTE.text));
}

export function integersAttribute(values: readonly number[]): Attribute {
  return message(...values.map((value) => integerField(8, value)), integerField(20, ATTRIBUTE.integers));
}

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  /** An operand that is left out is an empty text. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export function nodeProto({ name, op, inputs, output, attributes }: OnnxNode): Encoded {
  return message(
    ...inputs.map((input) => textField(1, input)),
    textField(2, output),
    textField(3, name),
    textField(4, op),
    ...Object.entries(attributes).map(([key, value]) => messageField(5, message(textField(1, key), value))),
  );
}

/** A tensor of the file: a weight, or numbers that an operator takes as an operand. */
export interface Initializer {
  readonly name: string;
  readonly element: "float32" | "int64";
  readonly sizes: readonly number[];
  /** Row-major and little-endian. */
  readonly content: Chunk;
}

export function floats(name: string, sizes: readonly number[], values: () => Float32Array): Initializer {
  const length = 4 * sizes.reduce((product, size) => product * size, 1);
  return { name, element: "float32", sizes, content: { length, make: () => bytesOf(values()) } };
}

export function integers(name: string, values: readonly number[]): Initializer {
  const content = bytesOf(BigInt64Array.from(values, BigInt));
  return { name, element: "int64", sizes: [values.length], content };
}

/** Where the content stands in a file beside the model. */
export interface External {
  readonly location: string;
  readonly offset: number;
}

export function tensorProto({ name, element, sizes, content }: Initializer, external?: External): Encoded {
  const head = [
    ...sizes.map((size) => integerField(1, size)),
    integerField(2, element === "float32" ? FLOAT : INT64),
    textField(8, name),
  ];
  if (external === undefined) return message(...head, bytesField(9, content));
  const entries = [
    ["location", external.location],
    ["offset", String(external.offset)],
    ["length", String(content.length)],
  ] as const;
  const EXTERNAL = 1;
  return message(
    ...head,
    ...entries.map(([key, value]) => messageField(13, stringEntry(key, value))),
    integerField(14, EXTERNAL),
  );
}

/** A StringStringEntryProto. */
export function stringEntry(key: string, value: string): Encoded {
  return message(textField(1, key), textField(2, value));
}

/** The batch, which is whatever the caller feeds. */
const BATCH = "N";

/** A ValueInfoProto of numbers in float32. */
export function valueInfo(name: string, sizes: Sizes): Encoded {
  const dimensions = sizes.map((size) =>
    messageField(1, size === null ? textField(2, BATCH) : integerField(1, size)),
  );
  const tensor = message(integerField(1, FLOAT), messageField(2, message(...dimensions)));
  return message(textField(1, name), messageField(2, messageField(1, tensor)));
}
