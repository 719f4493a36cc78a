/** Arrays as inputs: their shapes and values, JSON, safetensors, and files that nobody should meet. */
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { readInput } from "../../src/runtime/inputs/index.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import {
  COUNTING,
  float32Bytes,
  IMAGE,
  npyBytes,
  npyHeader,
  safetensorsBytes,
  text,
  VECTOR,
} from "./array-bytes.ts";
import { readBad, readGood, temporaryFile } from "./folder.ts";

it.each([
  ["3, 2, 2", "[3, 2, 2]", /^give the array that shape/],
  ["2, 2", "[2, 2]", /^give the array that shape/],
  ["", "[]", /^give the array that shape/],
  ["0, 2, 2, 3", "[0, 2, 2, 3]", /^give it at least one sample$/],
])("an array of shape (%s) does not fit [2 @ 2x3]", async (tuple, printed, help) => {
  const length = tuple.split(",").reduce((product, size) => product * Number(size || 1), 1);
  const bytes = npyBytes(npyHeader("<f4", tuple), float32Bytes(Array(length).fill(0)));
  const diagnostic = await readBad(temporaryFile("x.npy", bytes), IMAGE);
  expect(diagnostic).toMatchObject({
    code: "DN0908",
    message: `\`FILE\` holds ${printed}, but the input \`x\` takes [2, 2, 3] or [N, 2, 2, 3]`,
  });
  expect(diagnostic.help?.[0]).toMatch(help);
});

it.each([
  [[8, 8, 3], { channels: 3, sizes: [8, 8] }, "np.moveaxis(x, -1, 0)"],
  [[2, 8, 8, 3], { channels: 3, sizes: [8, 8] }, "np.moveaxis(x, -1, 1)"],
  [[28, 28], { channels: 1, sizes: [28, 28] }, "x[None]"],
  [[5, 28, 28], { channels: 1, sizes: [28, 28] }, "x[:, None]"],
])("says what seems to be wrong with the shape %j", async (shape, wanted, hint) => {
  const data = Array(shape.reduce((product, size) => product * size, 1)).fill(0);
  const { code, help } = await readBad(temporaryFile("x.json", JSON.stringify({ shape, data })), wanted);
  expect(code).toBe("DN0908");
  expect(help?.[0]).toContain(hint);
});

it("values that are not finite are refused, and where they are is told", async () => {
  const values = COUNTING.map((value) => (value === 6 ? Number.NaN : value));
  const path = temporaryFile("x.npy", npyBytes(npyHeader("<f4", "2, 2, 3"), float32Bytes(values)));
  expect(await readBad(path, IMAGE)).toMatchObject({
    code: "DN0909",
    message: "`FILE` holds NaN at [0, 1, 2]",
  });
  const large = temporaryFile("x.json", "[1, 1e39, 2]");
  expect((await readBad(large, VECTOR)).message).toBe("`FILE` holds Infinity at [1]");
});

it("reads nested lists of JSON, and what `dnc run --json` prints", async () => {
  const nested = [
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [
      [7, 8, 9],
      [10, 11, 12.5],
    ],
  ];
  const expected = [...COUNTING.slice(0, 11), 12.5];
  const one = await readGood(temporaryFile("x.json", JSON.stringify(nested)), IMAGE);
  expect({ ...one, data: [...one.data] }).toEqual({
    batch: 1,
    data: expected,
    description: "x.json numbers [2, 2, 3]",
  });
  const two = await readGood(temporaryFile("x.json", `\ufeff${JSON.stringify([nested, nested])}`), IMAGE);
  expect({ batch: two.batch, data: [...two.data] }).toEqual({ batch: 2, data: [...expected, ...expected] });
  const flat = { shape: [1, 2, 2, 3], data: expected, summary: {} };
  const printed = await readGood(temporaryFile("x.json", JSON.stringify(flat)), IMAGE);
  expect([...printed.data]).toEqual(expected);
});

it.each([
  ["", "it is empty"],
  ["[1, 2", /^it is no JSON \(.+\)$/],
  ["[1, 2, NaN]", /^it is no JSON \(.+\)$/],
  ["3", "it is neither a list nor an object"],
  ["null", "it is neither a list nor an object"],
  ["{}", "its `shape` is no list of sizes"],
  ['{"shape": [3.5], "data": [1]}', "its `shape` is no list of sizes"],
  ['{"shape": [3], "data": 4}', "its `data` is no list"],
  ['{"shape": [3], "data": [1, 2]}', "its shape [3] does not fit its data, which are 2 numbers"],
  [
    '{"shape": [1000000, 1000000], "data": [1]}',
    "its shape [1000000, 1000000] does not fit its data, which are 1 number",
  ],
  ['[1, "2", 3]', "its element [1] is no number"],
  ["[1, null, 3]", "its element [1] is no number"],
  ["[1, [2], 3]", "its element [1] is no number"],
  ["[[1, 2], [3]]", "its element [1] is no list of 2 elements, as the first one is"],
  ["[[[1], [2]], [[3], [4, 5]]]", "its element [1][1] is no list of 1 element, as the first one is"],
  ["[[[1]], [2]]", "its element [1][0] is no list of 1 element, as the first one is"],
  ["[".repeat(100_000) + "]".repeat(100_000), "its lists are nested more than 8 deep"],
])("the JSON %# is refused", async (content, reason) => {
  const { code, message } = await readBad(temporaryFile("x.json", content), VECTOR);
  expect(code).toBe("DN0905");
  const found = message.replace("cannot decode `FILE`: ", "");
  if (typeof reason === "string") expect(found).toBe(reason);
  else expect(found).toMatch(reason);
});

it("JSON that is no UTF-8 is refused", async () => {
  const { message } = await readBad(temporaryFile("x.json", Uint8Array.of(0x5b, 0xff, 0x5d)), VECTOR);
  expect(message).toBe("cannot decode `FILE`: its text is no UTF-8");
});

it.each([
  ["F64", [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 8, 0x40], [1, -2, 3]],
  ["F32", float32Bytes([1, -2, 3]), [1, -2, 3]],
  ["F16", [0, 0x3c, 0, 0xc0, 0, 0x42], [1, -2, 3]],
  ["BF16", [0x80, 0x3f, 0, 0xc0, 0x40, 0x40], [1, -2, 3]],
  ["I64", [1, 0, 0, 0, 0, 0, 0, 0, 0xfe, ...Array(7).fill(0xff), 3, 0, 0, 0, 0, 0, 0, 0], [1, -2, 3]],
  ["I32", [1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 3, 0, 0, 0], [1, -2, 3]],
  ["I16", [1, 0, 0xfe, 0xff, 3, 0], [1, -2, 3]],
  ["I8", [1, 0xfe, 3], [1, -2, 3]],
  ["U16", [1, 0, 2, 0, 3, 0], [1, 2, 3]],
  ["U8", [1, 2, 255], [1, 2, 255]],
  ["BOOL", [1, 0, 1], [1, 0, 1]],
] as const)("reads %s from safetensors", async (dtype, bytes, values) => {
  const header = {
    __metadata__: { format: "pt" },
    t: { dtype, shape: [3], data_offsets: [0, bytes.length] },
  };
  const { data } = await readGood(temporaryFile("x.safetensors", safetensorsBytes(header, bytes)), VECTOR);
  expect([...data]).toEqual(values);
});

it("of several tensors the one with the name of the input is fed", async () => {
  const header = {
    first: { dtype: "U8", shape: [3], data_offsets: [0, 3] },
    images: { dtype: "U8", shape: [1, 3], data_offsets: [3, 6] },
  };
  const path = temporaryFile("x.safetensors", safetensorsBytes(header, [1, 2, 3, 4, 5, 6]));
  expect([...(await readGood(path, VECTOR, "images")).data]).toEqual([4, 5, 6]);
  expect(await readBad(path, VECTOR, "image")).toMatchObject({
    code: "DN0910",
    message: "`FILE` has 2 tensors, and none is called `image` like the input",
    notes: ["it has `first` and `images`"],
    help: ["call the tensor `image` instead of `images`, or save it alone"],
  });
  expect((await readBad(path, VECTOR, "x")).help).toEqual(["call the tensor `x`, or save it alone"]);
});

function oneTensor(entry: unknown, values: readonly number[] = [1, 2, 3]): Uint8Array {
  return safetensorsBytes({ t: entry }, values);
}

it.each([
  [Uint8Array.of(1, 2, 3), "it ends within its header"],
  [Uint8Array.from(text("hello, this is text")), "it is no `.safetensors` file"],
  [safetensorsBytes("{}", []).subarray(0, 9), "it ends within its header"],
  [safetensorsBytes("{]", []), "its header is no JSON object"],
  [safetensorsBytes("[1]", []), "its header is no JSON object"],
  [safetensorsBytes("{}", []), "it has no tensors"],
  [oneTensor(5), "what its header says of `t` makes no sense"],
  [oneTensor({}), "what its header says of `t` makes no sense"],
  [
    oneTensor({ dtype: "U8", shape: [-3], data_offsets: [0, 3] }),
    "what its header says of `t` makes no sense",
  ],
  [
    oneTensor({ dtype: "U8", shape: [3], data_offsets: [3, 0] }),
    "what its header says of `t` makes no sense",
  ],
  [
    oneTensor({ dtype: "U8", shape: [4], data_offsets: [0, 3] }),
    "what its header says of `t` makes no sense",
  ],
  [
    oneTensor({ dtype: "F32", shape: [1e6, 1e6], data_offsets: [0, 4e12] }),
    "`t` is not whole: the last 3,999,999,999,997 bytes are missing",
  ],
  [
    oneTensor({ dtype: "F8_E4M3", shape: [3], data_offsets: [0, 3] }),
    "`t` has the type `F8_E4M3`, which dnc does not read",
  ],
])("safetensors file %# is refused", async (bytes, reason) => {
  const { code, message } = await readBad(temporaryFile("x.safetensors", bytes), VECTOR);
  expect([code, message]).toEqual(["DN0905", `cannot decode \`FILE\`: ${reason}`]);
});

it("a file that cannot be read is refused, whatever it is", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "folder.npy"));
  symlinkSync("/dev/zero", join(folder, "endless.npy"));
  symlinkSync("loop.npy", join(folder, "loop.npy"));
  for (const [name, reason] of [
    ["missing.npy", "there is no such file"],
    ["folder.npy", "it is a folder"],
    ["endless.npy", "it is no ordinary file"],
    ["loop.npy", "its links lead in a circle"],
    ["missing.png", "there is no such file"],
  ] as const) {
    expect(
      await readBad(join(folder, name), name.endsWith("png") ? { channels: 3, sizes: [8, 8] } : VECTOR),
    ).toEqual({
      code: "DN0901",
      severity: "error",
      message: `cannot read \`FILE\`: ${reason}`,
      help: ["check the path, relative to the current folder"],
    });
  }
});

it.each([
  ["npy", 2 ** 40, "1024 GiB", "1.0 GiB"],
  ["safetensors", 2 ** 31, "2.0 GiB", "1.0 GiB"],
  ["json", 2 ** 28, "256 MiB", "128 MiB"],
])("a huge .%s file takes no memory", async (ending, size, found, limit) => {
  const path = join(temporaryFolder(), `huge.${ending}`);
  writeFileSync(path, "");
  truncateSync(path, size);
  const { code, message } = await readBad(path, VECTOR);
  expect([code, message]).toEqual([
    "DN0913",
    `\`FILE\` has ${found}, more than the ${limit} that can be fed at once`,
  ]);
});

it("damaged files are refused or read, but never break anything", async () => {
  const wholes: Readonly<Record<string, Uint8Array>> = {
    npy: npyBytes(npyHeader("<f4", "2, 2, 3", "True"), float32Bytes(COUNTING)),
    json: Uint8Array.from(text(JSON.stringify({ shape: [2, 2, 3], data: COUNTING }))),
    safetensors: safetensorsBytes({ x: { dtype: "U8", shape: [2, 2, 3], data_offsets: [0, 12] } }, COUNTING),
  };
  const folder = temporaryFolder();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(wholes)),
      fc.array(fc.tuple(fc.nat(150), fc.nat(255)), { maxLength: 3 }),
      fc.nat(200),
      async (ending, damages, length) => {
        const bytes = (wholes[ending] ?? new Uint8Array()).slice(0, length);
        for (const [at, value] of damages) if (at < bytes.length) bytes[at] = value;
        const path = join(folder, `x.${ending}`);
        writeFileSync(path, bytes);
        const reporter = collectDiagnostics();
        const input = await readInput(path, { shape: IMAGE, name: "x", seed: 0 }, reporter);
        expect(reporter.diagnostics).toHaveLength(input === undefined ? 1 : 0);
        if (input !== undefined) expect(input.data).toHaveLength(12);
      },
    ),
    { numRuns: 1000 },
  );
});
