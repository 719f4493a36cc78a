/** Our protocol buffers are, byte for byte, those of protobufjs. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { InternalError } from "../../src/base/invariant.ts";
import type { LoweredGraph } from "../../src/ir/lowered.ts";
import { runPasses } from "../../src/passes/pass.ts";
import {
  bytesField,
  bytesOf,
  type Encoded,
  floatField,
  integerField,
  integersField,
  mapField,
  message,
  messageField,
  pieces,
  textField,
} from "../../src/targets/protobuf.ts";
import { attrProto, tensorShapeProto } from "../../src/targets/savedmodel/attr-proto.ts";
import { graphDef, nodesOf } from "../../src/targets/savedmodel/graph-def.ts";
import { savedModel } from "../../src/targets/savedmodel/saved-model.ts";
import { savedModelTarget } from "../../src/targets/savedmodel/target.ts";
import { withVariables } from "../../src/targets/savedmodel/variables.ts";
import {
  booleanAttr,
  constantAttrs,
  FLOAT,
  floatAttr,
  integerAttr,
  integersAttr,
  shapeAttr,
  textAttr,
  textConstantAttrs,
  typeAttr,
  typesAttr,
} from "../../src/targets/tensorflow/attr-value.ts";
import { randomGraph } from "../passes/random-graph.ts";
import { sketch } from "../passes/sketch.ts";
import { encodeWith, readWith, rewriteWith } from "./api-proto.ts";

function bytesOfMessage(encoded: Encoded): Uint8Array {
  const bytes = Uint8Array.from([...pieces(encoded)].flatMap((piece) => [...piece]));
  expect(bytes.length).toBe(encoded.length);
  return bytes;
}

function expectBytes(encoded: Encoded, name: string, content: Readonly<Record<string, unknown>>): void {
  expect(bytesOfMessage(encoded)).toEqual(encodeWith(name, content));
}

function savedModelOf(graph: LoweredGraph): Encoded {
  return savedModel(graph, withVariables(nodesOf(graph)));
}

const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -200, max: 200 }),
  fc.constantFrom(0, -1, 127, 128, 16383, 16384, 2 ** 31 - 1, -(2 ** 31), 2 ** 32, Number.MAX_SAFE_INTEGER),
);
const float = fc.oneof(fc.float(), fc.constantFrom(-0, Number.NEGATIVE_INFINITY, 1e-5));
const text = fc.string({ unit: "grapheme" });

it("integers of every size and sign", () => {
  fc.assert(fc.property(integer, (i) => expectBytes(attrProto(integerAttr(i)), "AttrValue", { i })));
});

it("floats, the infinite ones too", () => {
  fc.assert(fc.property(float, (f) => expectBytes(attrProto(floatAttr(f)), "AttrValue", { f })));
});

it("booleans and types", () => {
  for (const b of [false, true]) expectBytes(attrProto(booleanAttr(b)), "AttrValue", { b });
  for (const type of [1, 3, 14]) expectBytes(attrProto(typeAttr(type)), "AttrValue", { type });
});

it("texts in every script", () => {
  fc.assert(
    fc.property(text, (value) => {
      expectBytes(attrProto(textAttr(value)), "AttrValue", { s: new TextEncoder().encode(value) });
      expectBytes(textField(9, value), "AttrValue", { placeholder: value });
    }),
  );
});

it("packed integers, none as well", () => {
  fc.assert(
    fc.property(fc.array(integer), (i) =>
      expectBytes(attrProto(integersAttr(i)), "AttrValue", { list: { i } }),
    ),
  );
});

it("shapes, the unknown size too", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 1 }), { nil: null })), (shape) => {
      const dim = shape.map((size) => ({ size: size ?? -1 }));
      expectBytes(tensorShapeProto(shape), "TensorShape", { dim });
      expectBytes(attrProto(shapeAttr(shape)), "AttrValue", { shape: { dim } });
    }),
  );
});

it("tensors", () => {
  fc.assert(
    fc.property(fc.array(float, { minLength: 1 }), (values) => {
      const content = bytesOf(Float32Array.from(values));
      const { dtype, value } = constantAttrs(FLOAT, [values.length], content);
      expectBytes(attrProto(dtype), "AttrValue", { type: 1 });
      expectBytes(attrProto(value), "AttrValue", {
        tensor: { dtype: 1, tensorShape: { dim: [{ size: values.length }] }, tensorContent: content },
      });
    }),
  );
});

it("lists of types, and tensors of texts", () => {
  expectBytes(attrProto(typesAttr([1, 14])), "AttrValue", { list: { type: [1, 14] } });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), (texts) => {
      const { value } = textConstantAttrs([texts.length], texts);
      const stringVal = texts.map((each) => new TextEncoder().encode(each));
      expectBytes(attrProto(value ?? textAttr("")), "AttrValue", {
        tensor: { dtype: 7, tensorShape: { dim: [{ size: texts.length }] }, stringVal },
      });
    }),
  );
});

it("maps and nested messages longer than one length byte can say", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(text.filter((key) => key !== "__proto__")),
      fc.integer({ min: 1, max: 400 }),
      (keys, length) => {
        const name = "n".repeat(length);
        const node = message(
          textField(1, name),
          mapField(
            5,
            keys.map((key, index) => [key, attrProto(integerAttr(index))]),
          ),
        );
        const attr = Object.fromEntries(keys.map((key, i) => [key, { i }]));
        const order = Object.keys(attr);
        // An object puts keys that look like array indexes first; only where it keeps our order can bytes be equal.
        fc.pre(order.every((key, index) => key === keys[index]));
        expectBytes(messageField(1, node), "GraphDef", { node: [{ name, attr }] });
      },
    ),
  );
});

it("every message of a graph, in the order of its fields, as protobufjs writes what it has read", () => {
  fc.assert(
    fc.property(randomGraph, (graph) => {
      const lowered = runPasses(graph, savedModelTarget.passes);
      const bytes = bytesOfMessage(savedModelOf(lowered));
      expect(bytes).toEqual(rewriteWith("SavedModel", bytes));
    }),
    { numRuns: 50 },
  );
});

it("a graph written out by hand", () => {
  const graph = sketch([4, 5, 1], (s, x) => {
    const conv = s.conv("conv", x, 2, 3, { stride: 2, padding: [0, 1] });
    return s.mean("y", conv, ["conv"]);
  });
  const T = { type: 1 };
  const kernel = graph.nodes.find(({ name }) => name === "conv/weight")?.primitive;
  const values = kernel?.kind === "constant" ? kernel.values() : new Float32Array();
  const shape = (...sizes: readonly number[]) => ({ dim: sizes.map((size) => ({ size })) });
  const bytes = (value: string) => ({ s: new TextEncoder().encode(value) });
  expectBytes(graphDef(nodesOf(graph)), "GraphDef", {
    node: [
      { name: "x", op: "Placeholder", attr: { dtype: T, shape: { shape: shape(-1, 4, 5, 1) } } },
      {
        name: "conv/weight",
        op: "Const",
        attr: {
          dtype: T,
          value: { tensor: { dtype: 1, tensorShape: shape(2, 2, 1, 3), tensorContent: bytesOf(values) } },
        },
      },
      {
        name: "conv",
        op: "Conv2D",
        input: ["x", "conv/weight"],
        attr: {
          T,
          data_format: bytes("NHWC"),
          dilations: { list: { i: [1, 1, 1, 1] } },
          explicit_paddings: { list: { i: [0, 0, 0, 1, 0, 1, 0, 0] } },
          padding: bytes("EXPLICIT"),
          strides: { list: { i: [1, 2, 2, 1] } },
          use_cudnn_on_gpu: { b: true },
        },
      },
      {
        name: "y/axes",
        op: "Const",
        attr: {
          dtype: { type: 3 },
          value: {
            tensor: { dtype: 3, tensorShape: shape(2), tensorContent: bytesOf(Int32Array.of(1, 2)) },
          },
        },
      },
      {
        name: "y",
        op: "Mean",
        input: ["conv", "y/axes", "^conv"],
        attr: { T, Tidx: { type: 3 }, keep_dims: { b: false } },
      },
    ],
    versions: { producer: 1645, minConsumer: 12 },
  });
});

it("the signature names what is fed and fetched", () => {
  const graph = sketch([4, 5, 1], (s, x) => ({
    mean: s.mean("m", x),
    map: s.relu("r", x),
  }));
  const tensorInfo = (name: string, ...sizes: readonly number[]) => ({
    name,
    dtype: "DT_FLOAT",
    tensorShape: { dim: sizes.map((size) => ({ size })) },
  });
  expect(readWith("SavedModel", bytesOfMessage(savedModelOf(graph)))).toMatchObject({
    savedModelSchemaVersion: 1,
    metaGraphs: [
      {
        metaInfoDef: { tags: ["serve"] },
        signatureDef: {
          serving_default: {
            inputs: { x: tensorInfo("x:0", -1, 4, 5, 1) },
            outputs: { mean: tensorInfo("m:0", -1, 1), map: tensorInfo("r:0", -1, 4, 5, 1) },
            methodName: "tensorflow/serving/predict",
          },
        },
      },
    ],
  });
});

it("the same graph gives the same bytes, however they are cut into pieces", () => {
  fc.assert(
    fc.property(randomGraph, fc.integer({ min: 1, max: 300 }), (graph, pieceSize) => {
      const lowered = runPasses(graph, savedModelTarget.passes);
      const small = [...pieces(savedModelOf(lowered), pieceSize)].flatMap((piece) => [...piece]);
      expect(Uint8Array.from(small)).toEqual(bytesOfMessage(savedModelOf(lowered)));
    }),
    { numRuns: 20 },
  );
});

it("weights are made one at a time, when their turn comes, and not copied", () => {
  const made: Uint8Array[] = [];
  const lazy = (length: number) => ({
    length,
    make: () => {
      made.push(new Uint8Array(length));
      return made.at(-1) ?? new Uint8Array();
    },
  });
  const encoded = message(bytesField(1, lazy(100_000)), floatField(2, 1), bytesField(3, lazy(200_000)));
  expect(made).toEqual([]);
  const written: Uint8Array[] = [];
  for (const piece of pieces(encoded)) {
    written.push(piece);
    if (piece.length === 100_000) expect(made.length).toBe(1);
  }
  expect(made.every((bytes) => written.includes(bytes))).toBe(true);
});

it("a weight that has not its length is a bug, not a broken file", () => {
  const encoded = bytesField(1, { length: 5, make: () => new Uint8Array(4) });
  expect(() => [...pieces(encoded)]).toThrow(InternalError);
});

it("what is no integer is a bug", () => {
  expect(() => integerField(1, 0.5)).toThrow(InternalError);
  expect(() => integersField(1, [2 ** 60])).toThrow(InternalError);
});
