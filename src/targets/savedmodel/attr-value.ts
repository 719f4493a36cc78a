/** TensorFlow's small messages: AttrValue in its several forms, TensorProto and TensorShapeProto. */
import type { Chunk, Encoded } from "../protobuf.ts";
import {
  bytesField,
  bytesOf,
  floatField,
  integerField,
  integersField,
  message,
  messageField,
  textField,
} from "../protobuf.ts";

/** DT_FLOAT and DT_INT32. */
export const FLOAT = 1;
export const INT32 = 3;

/** An AttrValue. */
export type AttrValue = Encoded;

export function textAttr(value: string): AttrValue {
  return textField(2, value);
}

export function integerAttr(value: number): AttrValue {
  return integerField(3, value);
}

export function floatAttr(value: number): AttrValue {
  return floatField(4, value);
}

export function booleanAttr(value: boolean): AttrValue {
  return integerField(5, value);
}

export function typeAttr(dataType: number): AttrValue {
  return integerField(6, dataType);
}

export function shapeAttr(shape: readonly (number | null)[]): AttrValue {
  return messageField(7, tensorShape(shape));
}

export function integersAttr(values: readonly number[]): AttrValue {
  return messageField(1, integersField(3, values));
}

/** A TensorShapeProto; the unknown batch is -1. */
export function tensorShape(shape: readonly (number | null)[]): Encoded {
  return message(...shape.map((size) => messageField(2, message(integerField(1, size ?? -1)))));
}

/** The attributes of a `Const`; the content is row-major and little-endian. */
export function constantAttrs(
  dataType: number,
  shape: readonly number[],
  content: Chunk,
): Readonly<Record<string, AttrValue>> {
  const tensor = message(
    integerField(1, dataType),
    messageField(2, tensorShape(shape)),
    bytesField(4, content),
  );
  return { dtype: typeAttr(dataType), value: messageField(8, tensor) };
}

/** The attributes of a `Const` of `int32` numbers in a row. */
export function vector(values: readonly number[]): ReturnType<typeof constantAttrs> {
  return integers([values.length], values);
}

export function integers(
  shape: readonly number[],
  values: readonly number[],
): ReturnType<typeof constantAttrs> {
  return constantAttrs(INT32, shape, bytesOf(Int32Array.from(values)));
}
