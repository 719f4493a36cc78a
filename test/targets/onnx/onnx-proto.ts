/** The messages of `onnx.proto` that we write, as protobufjs reads and writes them. */
import protobuf from "protobufjs";

/** Field for field those of ONNX (Apache License 2.0), without the messages and fields that we leave out. */
const { root } = protobuf.parse(`
syntax = "proto2";
package onnx;
message AttributeProto {
  enum AttributeType { UNDEFINED = 0; FLOAT = 1; INT = 2; STRING = 3; TENSOR = 4; FLOATS = 6; INTS = 7; }
  optional string name = 1;
  optional float f = 2;
  optional int64 i = 3;
  optional bytes s = 4;
  repeated float floats = 7;
  repeated int64 ints = 8;
  optional AttributeType type = 20;
}
message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; }
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  optional string name = 3;
  optional string op_type = 4;
  repeated AttributeProto attribute = 5;
  optional string domain = 7;
}
message ModelProto {
  optional int64 ir_version = 1;
  optional string producer_name = 2;
  optional string producer_version = 3;
  optional GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
  repeated StringStringEntryProto metadata_props = 14;
}
message StringStringEntryProto { optional string key = 1; optional string value = 2; }
message GraphProto {
  repeated NodeProto node = 1;
  optional string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
  repeated ValueInfoProto value_info = 13;
}
message TensorProto {
  enum DataType { UNDEFINED = 0; FLOAT = 1; INT64 = 7; }
  enum DataLocation { DEFAULT = 0; EXTERNAL = 1; }
  repeated int64 dims = 1;
  optional DataType data_type = 2;
  optional string name = 8;
  optional bytes raw_data = 9;
  repeated StringStringEntryProto external_data = 13;
  optional DataLocation data_location = 14;
}
message TensorShapeProto {
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  repeated Dimension dim = 1;
}
message TypeProto {
  message Tensor { optional int32 elem_type = 1; optional TensorShapeProto shape = 2; }
  oneof value { Tensor tensor_type = 1; }
}
message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }
`);

const model = root.lookupType("onnx.ModelProto");

/** What protobufjs writes after it has read `bytes`. */
export function rewritten(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(model.encode(model.decode(bytes)).finish());
}

interface Attribute {
  readonly name: string;
  readonly type: string;
  readonly f?: number;
  readonly i?: number;
  readonly ints?: readonly number[];
}

interface TensorInfo {
  readonly name: string;
  readonly type: { readonly tensorType: { readonly shape: { readonly dim: readonly object[] } } };
}

export interface Model {
  readonly graph: {
    readonly name: string;
    readonly node: readonly {
      readonly name: string;
      readonly opType: string;
      readonly input: readonly string[];
      readonly output: readonly string[];
      readonly attribute?: readonly Attribute[];
    }[];
    readonly initializer?: readonly {
      readonly name: string;
      readonly dims?: readonly number[];
      readonly dataType: string;
      readonly rawData?: readonly number[];
      readonly externalData?: readonly { readonly key: string; readonly value: string }[];
    }[];
    readonly input: readonly TensorInfo[];
    readonly output: readonly TensorInfo[];
    readonly valueInfo?: readonly TensorInfo[];
  };
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
}

/** What protobufjs reads, as plain data: enumerations as names, 64-bit integers as numbers, bytes as arrays. */
export function readModel(bytes: Uint8Array): Model {
  return model.toObject(model.decode(bytes), { enums: String, longs: Number, bytes: Array }) as Model;
}
