/** Files of numpy: every type, order and version, and broken ones. */
import { expect, it } from "vitest";
import { COUNTING, float32Bytes, IMAGE, npyBytes, npyHeader, text, VECTOR } from "./array-bytes.ts";
import { readBad, readGood, temporaryFile } from "./folder.ts";

/** Bytes of [1, -2, 3] or, for unsigned numbers, [1, 2, 3], as the standards of the types write them. */
const NUMBERS: readonly (readonly [type: string, bytes: readonly number[], values: readonly number[]])[] = [
  ["<f2", [0x00, 0x3c, 0x00, 0xc0, 0x00, 0x42], [1, -2, 3]],
  [">f2", [0x3c, 0x00, 0xc0, 0x00, 0x42, 0x00], [1, -2, 3]],
  ["<f4", [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0x40, 0x40], [1, -2, 3]],
  [">f4", [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0, 0x40, 0x40, 0, 0], [1, -2, 3]],
  ["<f8", [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 8, 0x40], [1, -2, 3]],
  [">f8", [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0x40, 8, 0, 0, 0, 0, 0, 0], [1, -2, 3]],
  ["|i1", [1, 0xfe, 3], [1, -2, 3]],
  ["<i2", [1, 0, 0xfe, 0xff, 3, 0], [1, -2, 3]],
  [">i2", [0, 1, 0xff, 0xfe, 0, 3], [1, -2, 3]],
  ["<i4", [1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 3, 0, 0, 0], [1, -2, 3]],
  ["<i8", [1, 0, 0, 0, 0, 0, 0, 0, 0xfe, ...Array(7).fill(0xff), 3, 0, 0, 0, 0, 0, 0, 0], [1, -2, 3]],
  ["|u1", [1, 2, 255], [1, 2, 255]],
  ["<u2", [1, 0, 2, 0, 0xff, 0xff], [1, 2, 65_535]],
  [">u4", [0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff], [1, 2, Math.fround(2 ** 32 - 1)]],
  ["<u8", [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, ...Array(8).fill(0xff)], [1, 2, 2 ** 64]],
  ["|b1", [1, 0, 1], [1, 0, 1]],
];

it.each(NUMBERS)("reads numpy's %s", async (type, bytes, values) => {
  const { batch, data, description } = await readGood(
    temporaryFile("x.npy", npyBytes(npyHeader(type, "3,"), bytes)),
    VECTOR,
  );
  expect({ batch, data: [...data] }).toEqual({ batch: 1, data: values });
  expect(description).toMatch(/^x\.npy (bool|u?int\d+|float\d+) \[3\]$/);
});

it("reads every float16", async () => {
  const finite = Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter(
    (bits) => (bits & 0x7c00) !== 0x7c00,
  );
  const bytes = finite.flatMap((bits) => [bits & 255, bits >> 8]);
  const path = temporaryFile("x.npy", npyBytes(npyHeader("<f2", `${finite.length},`), bytes));
  const { data } = await readGood(path, { channels: finite.length, sizes: [] });
  expect([0x0001, 0x03ff, 0x0400, 0x3555, 0x7bff].map((bits) => data[finite.indexOf(bits)])).toEqual([
    2 ** -24,
    1023 * 2 ** -24,
    2 ** -14,
    0.333251953125,
    65_504,
  ]);
  // Positive ones grow with their bits, and the others are the same, negated.
  const half = finite.length / 2;
  for (let index = 1; index < half; index += 1) {
    expect(data[index]).toBeGreaterThan(data[index - 1] ?? 0);
    expect(data[half + index]).toBe(-(data[index] ?? 0));
  }
});

it.each([1, 2, 3])("reads version %i of numpy's format, padded and in any order of keys", async (version) => {
  const header = "{ 'shape' : (3L, ) , 'fortran_order': False, 'descr':'<f4'}      \n";
  const path = temporaryFile("x.npy", npyBytes(header, float32Bytes([1, 2, 3]), version));
  expect([...(await readGood(path, VECTOR)).data]).toEqual([1, 2, 3]);
});

it("the first axis of more than one sample is the batch", async () => {
  const bytes = npyBytes(npyHeader("<f4", "4, 3"), float32Bytes(COUNTING));
  const { batch, data, description } = await readGood(temporaryFile("x.npy", bytes), VECTOR);
  expect({ batch, data: [...data], description }).toEqual({
    batch: 4,
    data: COUNTING,
    description: "x.npy float32 [4, 3]",
  });
});

it("arrays in the order of Fortran become row-major", async () => {
  // Element [i, j, k] of shape [2, 2, 3] is 100i + 10j + k; the first index runs fastest in the file.
  const stored = [0, 100, 10, 110, 1, 101, 11, 111, 2, 102, 12, 112];
  const expected = [0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112];
  const bytes = npyBytes(npyHeader("<f4", "2, 2, 3", "True"), float32Bytes(stored));
  expect([...(await readGood(temporaryFile("x.npy", bytes), IMAGE)).data]).toEqual(expected);
  const one = npyBytes(npyHeader("<f4", "1, 2, 2, 3", "True"), float32Bytes(stored));
  expect([...(await readGood(temporaryFile("x.npy", one), IMAGE)).data]).toEqual(expected);
});

it.each([
  ["nothing", new Uint8Array(), "it is empty"],
  ["text", text("hello world"), "it is no `.npy` file"],
  ["a part of the magic bytes", [0x93, 0x4e, 0x55], "it is no `.npy` file"],
  ["only the magic bytes", [0x93, ...text("NUMPY")], "it ends within its header"],
  ["half a length", [0x93, ...text("NUMPY"), 1, 0, 60], "it ends within its header"],
  ["a part of the header", npyBytes(npyHeader("<f4", "3,"), []).subarray(0, 40), "it ends within its header"],
  ["version 4", npyBytes(npyHeader("<f4", "3,"), [], 4), "it has version 4 of the format, not 1, 2 or 3"],
  ["no dictionary", npyBytes("hello", []), "its header is damaged"],
  ["a negative size", npyBytes(npyHeader("<f4", "-3,"), []), "its header is damaged"],
  [
    "two values too few",
    npyBytes(npyHeader("<f4", "3,"), float32Bytes([1])),
    "its header promises 12 bytes of values, but it has 4 bytes",
  ],
  [
    "one byte too many",
    npyBytes(npyHeader("|u1", "3,"), [1, 2, 3, 4]),
    "its header promises 3 bytes of values, but it has 4 bytes",
  ],
  [
    "a promise of a trillion values",
    npyBytes(npyHeader("<f4", "1000000, 1000000"), [1]),
    "its header promises 4,000,000,000,000 bytes of values, but it has 1 byte",
  ],
  [
    "a promise beyond all numbers",
    npyBytes(npyHeader("<f4", "9007199254740991, 9007199254740991"), []),
    "its header promises more bytes than can be counted of values, but it has 0 bytes",
  ],
  [
    "complex numbers",
    npyBytes(npyHeader("<c8", "3,"), []),
    "its elements have the type `<c8`, not floats or integers",
  ],
  [
    "Python objects",
    npyBytes(npyHeader("|O", "3,"), []),
    "its elements have the type `|O`, not floats or integers",
  ],
  [
    "records",
    npyBytes("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }", []),
    "its elements are records, not numbers",
  ],
] as const)("a .npy file with %s is refused", async (_, bytes, reason) => {
  expect(await readBad(temporaryFile("x.npy", Uint8Array.from(bytes)), VECTOR)).toEqual({
    code: "DN0905",
    severity: "error",
    message: `cannot decode \`FILE\`: ${reason}`,
    help: ["write it with `numpy.save`, as an array of floats or integers"],
  });
});
