/**
 * What processes beside each other exchange: the length of a header (four bytes, little-endian), the header as JSON,
 * and the numbers of the tensors that it lists.
 */
import type { Readable, Writable } from "node:stream";
import { bytesOf } from "../targets/protobuf.ts";
import type { Values } from "./runtime.ts";

export type Tensors = Readonly<Record<string, Values>>;

export interface Frame<Header extends object> {
  readonly header: Header;
  readonly tensors: Tensors;
}

export function sendFrame(stream: Writable, header: object, tensors: Tensors = {}): void {
  const listed = Object.entries(tensors).map(([name, { shape }]) => ({ name, shape }));
  const text = new TextEncoder().encode(JSON.stringify({ ...header, tensors: listed }));
  stream.write(new Uint8Array(Uint32Array.of(text.length).buffer));
  stream.write(text);
  for (const { data } of Object.values(tensors)) stream.write(bytesOf(data));
}

/** `undefined`: the stream ended before a whole frame came. */
export type ReceiveFrame = <Header extends object>() => Promise<Frame<Header> | undefined>;

/** Takes the stream for itself. Both sides are parts of one program: nobody checks headers. */
export function framesOf(stream: Readable): ReceiveFrame {
  const take = bytesFrom(stream);
  return async <Header extends object>() => {
    const length = await take(4);
    const text = length && (await take(new DataView(length.buffer).getUint32(0, true)));
    if (text === undefined) return undefined;
    const header: Header & { readonly tensors?: readonly Listed[] } = JSON.parse(
      new TextDecoder().decode(text),
    );
    const tensors: Record<string, Values> = {};
    for (const { name, shape } of header.tensors ?? []) {
      const content = await take(4 * shape.reduce((product, size) => product * size, 1));
      if (content === undefined) return undefined;
      tensors[name] = { shape, data: new Float32Array(content.buffer) };
    }
    return { header, tensors };
  };
}

interface Listed {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Takes so many bytes, into memory of their own; `undefined`: the stream ended before. */
function bytesFrom(stream: Readable): (length: number) => Promise<Uint8Array<ArrayBuffer> | undefined> {
  const pieces: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  let rest = new Uint8Array();
  return async (length) => {
    const result = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      if (rest.length === 0) {
        // A process that is killed may end its pipe within a piece.
        const next = await pieces.next().catch(() => undefined);
        if (next === undefined || next.done === true) return undefined;
        rest = Uint8Array.from(next.value);
      }
      const part = rest.subarray(0, length - at);
      result.set(part, at);
      at += part.length;
      rest = rest.subarray(part.length);
    }
    return result;
  };
}

/** The same in Python: `answer` writes to the file `answers`, which whoever uses this has opened. */
export const PYTHON_FRAMES = `
import json, os, struct, sys

requests = sys.stdin.buffer

def take(length):
    content = requests.read(length)
    if len(content) < length:
        sys.exit(0)
    return content

def receive():
    header = json.loads(take(struct.unpack("<I", take(4))[0]))
    tensors = {}
    for each in header.get("tensors", []):
        content = take(4 * int(numpy.prod(each["shape"])))
        tensors[each["name"]] = numpy.frombuffer(content, dtype="<f4").reshape(each["shape"])
    return header, tensors

def answer(header, tensors={}):
    listed = [{"name": name, "shape": list(value.shape)} for name, value in tensors.items()]
    text = json.dumps({**header, "tensors": listed}).encode()
    answers.write(struct.pack("<I", len(text)) + text)
    for value in tensors.values():
        answers.write(value.tobytes())
    answers.flush()
`;
