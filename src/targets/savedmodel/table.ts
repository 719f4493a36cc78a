/** Tables of sorted keys, in the format of LevelDB, which TensorFlow uses for the index of a checkpoint. */
import { joined, varint } from "../protobuf.ts";
import { maskedChecksum } from "./checksum.ts";

/** Keys are ASCII, and differ. */
export type Entry = readonly [key: string, value: Uint8Array];

/** One block for all entries, not compressed, then an empty meta index, the index, and the footer. */
export function table(entries: readonly Entry[]): Uint8Array {
  const encoder = new TextEncoder();
  const sorted = entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => [encoder.encode(key), value] as const);
  const data = block(sorted);
  const metaIndex = block([]);
  const dataHandle = handle(0, data.length);
  const index = block([[sorted.at(-1)?.[0] ?? new Uint8Array(), dataHandle]]);
  const metaIndexAt = data.length + TRAILER;
  const indexAt = metaIndexAt + metaIndex.length + TRAILER;
  const handles = joined([handle(metaIndexAt, metaIndex.length), handle(indexAt, index.length)]);
  const footer = new Uint8Array(FOOTER);
  footer.set(handles);
  new DataView(footer.buffer).setBigUint64(FOOTER - 8, MAGIC, true);
  return joined([...[data, metaIndex, index].flatMap((content) => [content, trailer(content)]), footer]);
}

/** The kind of compression, and the checksum. */
const TRAILER = 5;
const NOT_COMPRESSED = 0;
/** Two handles with room for the largest, and the number that says that this is a table. */
const FOOTER = 48;
const MAGIC = 0xdb4775248b80fb57n;

/** No key shares its beginning with the one before it, so that each can be found by itself. */
function block(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const starts: number[] = [];
  let length = 0;
  for (const [key, value] of entries) {
    starts.push(length);
    const entry = joined([varints(0, key.length, value.length), key, value]);
    parts.push(entry);
    length += entry.length;
  }
  // Even a block of nothing has one start.
  if (starts.length === 0) starts.push(0);
  const tail = Uint32Array.from([...starts, starts.length]);
  return joined([...parts, new Uint8Array(tail.buffer)]);
}

function trailer(content: Uint8Array): Uint8Array {
  const result = new Uint8Array(TRAILER);
  result[0] = NOT_COMPRESSED;
  new DataView(result.buffer).setUint32(1, maskedChecksum(content, result.subarray(0, 1)), true);
  return result;
}

/** Where a block is, and how long. */
function handle(offset: number, length: number): Uint8Array {
  return varints(offset, length);
}

function varints(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap(varint));
}
