/** A checkpoint of TensorFlow, a "tensor bundle": the values one after the other, and a table of where each of them is. */
import { fixed32Field, integerField, joined, message, messageField, pieces } from "../protobuf.ts";
import type { ArtifactFile } from "../target.ts";
import type { TensorContent } from "../tensorflow/attr-value.ts";
import { tensorShapeProto } from "./attr-proto.ts";
import { maskedChecksum } from "./checksum.ts";
import { type Entry, table } from "./table.ts";

export interface NamedTensor extends TensorContent {
  readonly name: string;
}

/** The files of the checkpoint with this prefix. Each value is made while it is written, and not kept. */
export function tensorBundle(prefix: string, tensors: readonly NamedTensor[]): readonly ArtifactFile[] {
  const checksums = new Map<NamedTensor, number>();
  const make = (tensor: NamedTensor): Uint8Array => {
    const { content } = tensor;
    const bytes = "make" in content ? content.make() : content;
    checksums.set(tensor, maskedChecksum(bytes));
    return bytes;
  };
  // The values are written first, and their checksums are known then.
  const checksumOf = (tensor: NamedTensor): number => checksums.get(tensor) ?? maskedChecksum(make(tensor));
  return [
    {
      path: `${prefix}.data-00000-of-00001`,
      size: tensors.reduce((sum, { content }) => sum + content.length, 0),
      *pieces() {
        for (const tensor of tensors) yield make(tensor);
      },
    },
    {
      path: `${prefix}.index`,
      // A checksum has the same length whatever it is.
      size: indexOf(tensors, () => 0).length,
      pieces: () => [indexOf(tensors, checksumOf)],
    },
  ];
}

/** TensorFlow's BundleHeaderProto under no name, then a BundleEntryProto for each value. */
function indexOf(tensors: readonly NamedTensor[], checksumOf: (tensor: NamedTensor) => number): Uint8Array {
  const header = message(integerField(1, 1), messageField(3, message(integerField(1, 1))));
  let offset = 0;
  const entries = tensors.map((tensor): Entry => {
    const { name, dataType, shape, content } = tensor;
    const entry = message(
      integerField(1, dataType),
      messageField(2, tensorShapeProto(shape)),
      integerField(4, offset),
      integerField(5, content.length),
      fixed32Field(6, checksumOf(tensor)),
    );
    offset += content.length;
    return [name, joined([...pieces(entry)])];
  });
  return table([["", joined([...pieces(header)])], ...entries]);
}
