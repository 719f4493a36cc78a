/** The attributes of TensorFlow's operations as data, whichever form they are written in. */
import { bytesOf, type Chunk } from "../protobuf.ts";

/** The values of DataType in TensorFlow's `types.proto`. */
export const FLOAT = 1;
export const INT32 = 3;
export const STRING = 7;
export const BFLOAT16 = 14;

/** The unknown batch is `null`. */
export type TensorShape = readonly (number | null)[];

/** Row-major and little-endian. */
export interface TensorContent {
  readonly dataType: number;
  readonly shape: readonly number[];
  readonly content: Chunk;
}

export type AttrValue =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "type"; readonly value: number }
  | { readonly kind: "shape"; readonly value: TensorShape }
  | { readonly kind: "texts"; readonly value: readonly string[] }
  | { readonly kind: "types"; readonly value: readonly number[] }
  | { readonly kind: "integers"; readonly value: readonly number[] }
  | { readonly kind: "tensor"; readonly value: TensorContent }
  | { readonly kind: "text-tensor"; readonly shape: readonly number[]; readonly texts: readonly string[] };

export type Attrs = Readonly<Record<string, AttrValue>>;

export function textAttr(value: string): AttrValue {
  return { kind: "text", value };
}

export function integerAttr(value: number): AttrValue {
  return { kind: "integer", value };
}

export function floatAttr(value: number): AttrValue {
  return { kind: "float", value };
}

export function booleanAttr(value: boolean): AttrValue {
  return { kind: "boolean", value };
}

export function typeAttr(value: number): AttrValue {
  return { kind: "type", value };
}

export function shapeAttr(value: TensorShape): AttrValue {
  return { kind: "shape", value };
}

export function textsAttr(value: readonly string[]): AttrValue {
  return { kind: "texts", value };
}

export function integersAttr(value: readonly number[]): AttrValue {
  return { kind: "integers", value };
}

export function typesAttr(value: readonly number[]): AttrValue {
  return { kind: "types", value };
}

/** The attributes of a `Const` of texts. */
export function textConstantAttrs(shape: readonly number[], texts: readonly string[]): Attrs {
  return { dtype: typeAttr(STRING), value: { kind: "text-tensor", shape, texts } };
}

/** The attributes of a `Const`. */
export interface ConstantAttrs extends Attrs {
  readonly dtype: AttrValue & { readonly kind: "type" };
  readonly value: AttrValue & { readonly kind: "tensor" };
}

export function constantAttrs(dataType: number, shape: readonly number[], content: Chunk): ConstantAttrs {
  return {
    dtype: { kind: "type", value: dataType },
    value: { kind: "tensor", value: { dataType, shape, content } },
  };
}

/** The attributes of a `Const` of `int32` numbers in a row. */
export function vector(values: readonly number[]): ConstantAttrs {
  return integers([values.length], values);
}

export function integers(shape: readonly number[], values: readonly number[]): ConstantAttrs {
  return constantAttrs(INT32, shape, bytesOf(Int32Array.from(values)));
}
