/** Weights in a file beside the model, each from the start of a page, so that runtimes can map them into memory. */
import { pieces } from "../protobuf.ts";
import type { ArtifactFile } from "../target.ts";
import type { External, Initializer } from "./messages.ts";

const PAGE = 4096;
/** What is smaller stays in the model: axes and sizes, which tools read without the weights. */
const SMALLEST = 1024;

export interface ExternalData {
  readonly file: ArtifactFile;
  /** Where the content of a tensor stands; absent when it stays in the model. */
  place(initializer: Initializer): External | undefined;
}

export function externalData(location: string, initializers: readonly Initializer[]): ExternalData {
  const places = new Map<string, External>();
  const moved = initializers.filter(({ content }) => content.length >= SMALLEST);
  let size = 0;
  for (const { name, content } of moved) {
    const offset = Math.ceil(size / PAGE) * PAGE;
    places.set(name, { location, offset });
    size = offset + content.length;
  }
  return {
    file: { path: location, size, pieces: () => contents(moved) },
    place: ({ name }) => places.get(name),
  };
}

function* contents(initializers: readonly Initializer[]): Generator<Uint8Array> {
  let written = 0;
  for (const { content } of initializers) {
    const gap = (PAGE - (written % PAGE)) % PAGE;
    if (gap > 0) yield new Uint8Array(gap);
    yield* pieces({ length: content.length, chunks: [content] });
    written += gap + content.length;
  }
}
