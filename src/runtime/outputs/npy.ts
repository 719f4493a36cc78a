/** Writes numpy's file format: version 1.0, float32, row-major. */
import { endianness } from "node:os";
import type { Reporter } from "../../base/diagnostic.ts";
import { writeWholeFile } from "../write-whole-file.ts";
import type { Output } from "./output.ts";

/** Numpy aligns the values to this, so that they can be mapped into memory. */
const ALIGNMENT = 64;

/** Whether the whole file is there; if not, it was reported why, and what stood there before still does. */
export function writeNpy(path: string, output: Output, reporter: Reporter): boolean {
  return writeWholeFile(path, npyPieces(output), { help: "name another file with `--save`", reporter });
}

function npyPieces({ shape, data }: Output): readonly [Uint8Array, Uint8Array] {
  const values = data instanceof Float32Array ? data : Float32Array.from(data);
  const order = endianness() === "LE" ? "<" : ">";
  // Python writes a tuple of one with a comma behind it.
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${order}f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  const prefix = 10;
  const length = Math.ceil((prefix + text.length + 1) / ALIGNMENT) * ALIGNMENT - prefix;
  const header = new Uint8Array(prefix + length);
  header.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, length & 0xff, length >> 8]);
  header.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), prefix);
  return [header, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
}
