/** The weights of a graph model: one after the other, in files small enough for the caches of browsers. */
import { invariant } from "../../base/invariant.ts";
import type { Chunk } from "../protobuf.ts";
import type { ArtifactFile, Quantization } from "../target.ts";
import { FLOAT, type TensorContent } from "../tensorflow/attr-value.ts";
import type { TensorflowNode } from "../tensorflow/nodes.ts";
import { quantized } from "./quantization.ts";

export interface ManifestGroup {
  readonly paths: readonly string[];
  readonly weights: readonly object[];
}

const SHARD = 4 * 1024 * 1024;

export interface Weights {
  readonly manifest: ManifestGroup;
  readonly files: readonly ArtifactFile[];
}

/** `quantization`: what large tensors of numbers are written as. */
export function weightsOf(nodes: readonly TensorflowNode[], quantization: Quantization | undefined): Weights {
  const written = nodes.flatMap(({ name, attrs: { value } }) =>
    value?.kind === "tensor" ? [weightOf(name, value.value, quantization)] : [],
  );
  const size = written.reduce((sum, { content }) => sum + content.length, 0);
  const count = Math.ceil(size / SHARD);
  const files = Array.from({ length: count }, (_, index): ArtifactFile => {
    const [start, end] = [index * SHARD, Math.min((index + 1) * SHARD, size)];
    return {
      path: `group1-shard${index + 1}of${count}.bin`,
      size: end - start,
      pieces: () => bytesBetween(written, start, end),
    };
  });
  const manifest = { paths: files.map(({ path }) => path), weights: written.map(({ entry }) => entry) };
  return { manifest, files };
}

interface Weight {
  readonly entry: object;
  readonly content: Chunk;
}

function weightOf(
  name: string,
  { dataType, shape, content }: TensorContent,
  quantization: Quantization | undefined,
): Weight {
  const isNumber = dataType === FLOAT;
  const entry = { name, shape, dtype: isNumber ? "float32" : "int32" };
  const less = isNumber && quantization !== undefined ? quantized(content, quantization) : undefined;
  return less === undefined
    ? { entry, content }
    : { entry: { ...entry, quantization: less.description }, content: less.content };
}

function* bytesBetween(weights: readonly Weight[], start: number, end: number): Generator<Uint8Array> {
  let offset = 0;
  for (const { content } of weights) {
    const [first, last] = [Math.max(start, offset), Math.min(end, offset + content.length)];
    if (first < last) {
      const bytes = "make" in content ? content.make() : content;
      invariant(bytes.length === content.length, "a weight has not the length that it promised");
      yield bytes.subarray(first - offset, last - offset);
    }
    offset += content.length;
  }
}
