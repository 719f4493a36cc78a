/** Frames between processes: whatever pieces a pipe cuts them into, what was sent is what comes. */
import { PassThrough, Readable } from "node:stream";
import { expect, it } from "vitest";
import { framesOf, sendFrame } from "../../src/runtime/frames.ts";

const LARGE = { shape: [3, 20_000], data: Float32Array.from({ length: 60_000 }, (_, index) => index) };

async function bytesOfFrames(...frames: readonly Parameters<typeof sendFrame>[1][]): Promise<Uint8Array> {
  const stream = new PassThrough();
  for (const header of frames)
    sendFrame(stream, header, { large: LARGE, none: { shape: [0], data: new Float32Array() } });
  stream.end();
  return Uint8Array.from(Buffer.concat(await stream.toArray()));
}

it.each([1 << 20, 65_536, 1_001])("takes frames that come in pieces of %i bytes", async (size) => {
  const bytes = await bytesOfFrames({ number: 1 }, { number: 2, words: ["é"] });
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  const receive = framesOf(Readable.from(pieces));
  expect(await receive()).toEqual({
    header: { number: 1, tensors: expect.anything() },
    tensors: { large: LARGE, none: { shape: [0], data: new Float32Array() } },
  });
  expect((await receive())?.header).toMatchObject({ number: 2, words: ["é"] });
  expect(await receive()).toBeUndefined();
});

it("gives no part of a frame", async () => {
  const bytes = await bytesOfFrames({ number: 1 });
  for (const length of [0, 3, 20, bytes.length - 1]) {
    const receive = framesOf(Readable.from([bytes.subarray(0, length)]));
    expect(await receive()).toBeUndefined();
  }
});
