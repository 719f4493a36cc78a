/** Attributes as protocol buffers: AttrValue in its several forms, TensorProto and TensorShapeProto. */
import { unreachable } from "../../base/invariant.ts";
import type { Encoded } from "../protobuf.ts";
import {
  bytesField,
  floatField,
  integerField,
  integersField,
  message,
  messageField,
  textField,
} from "../protobuf.ts";
import { type AttrValue, STRING, type TensorContent, type TensorShape } from "../tensorflow/attr-value.ts";

export function attrProto(attr: AttrValue): Encoded {
  switch (attr.kind) {
    case "text":
      return textField(2, attr.value);
    case "integer":
      return integerField(3, attr.value);
    case "float":
      return floatField(4, attr.value);
    case "boolean":
      return integerField(5, attr.value);
    case "type":
      return integerField(6, attr.value);
    case "shape":
      return messageField(7, tensorShapeProto(attr.value));
    case "texts":
      return messageField(1, message(...attr.value.map((text) => textField(2, text))));
    case "types":
      return messageField(1, message(integersField(6, attr.value)));
    case "text-tensor": {
      const { shape, texts } = attr;
      const fields = texts.map((text) => textField(8, text));
      return messageField(
        8,
        message(integerField(1, STRING), messageField(2, tensorShapeProto(shape)), ...fields),
      );
    }
    case "integers":
      return messageField(1, integersField(3, attr.value));
    case "tensor":
      return messageField(8, tensorProto(attr.value));
    default:
      return unreachable(attr);
  }
}

/** The unknown batch is -1. */
export function tensorShapeProto(shape: TensorShape): Encoded {
  return message(...shape.map((size) => messageField(2, message(integerField(1, size ?? -1)))));
}

function tensorProto({ dataType, shape, content }: TensorContent): Encoded {
  return message(integerField(1, dataType), messageField(2, tensorShapeProto(shape)), bytesField(4, content));
}
