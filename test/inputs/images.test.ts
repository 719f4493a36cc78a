/** Pictures as inputs, compared with pixels that are known and with a resampling written anew. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { expect, it } from "vitest";
import { drawPicture, PICTURE, SIZE } from "../../scripts/draw-picture.ts";
import { resample, type Size } from "../../src/runtime/inputs/resample.ts";
import { hashUniform } from "../../src/weights/hash.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { readBad, readGood, temporaryFile } from "./folder.ts";

const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

/** Red, green, blue in 0…255 of one pixel, from normalized planes. */
function pixelAt(data: Float32Array, area: number, position: number): readonly number[] {
  return [0, 1, 2].map((channel) => {
    const value = (data[channel * area + position] ?? 0) * (DEVIATION[channel] ?? 1) + (MEAN[channel] ?? 0);
    // Not -0.
    return Math.round(value * 255) + 0;
  });
}

async function encode(
  pixels: readonly number[],
  size: { readonly width: number; readonly height: number },
  channels: 1 | 3 | 4 = 3,
): Promise<Uint8Array> {
  return sharp(Uint8Array.from(pixels), { raw: { ...size, channels } })
    .png()
    .toBuffer();
}

function solid(color: string, width: number, height: number): ReturnType<typeof sharp> {
  return sharp({ create: { width, height, channels: 3, background: color } });
}

it("the pixels of a picture of the right size are only normalized, channels first", async () => {
  const pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 40, 50, 60, 70, 80, 90];
  const path = temporaryFile("six.png", await encode(pixels, { width: 3, height: 2 }));
  const { batch, data, description } = await readGood(path, { channels: 3, sizes: [2, 3] });
  expect(batch).toBe(1);
  expect(data).toHaveLength(18);
  for (let position = 0; position < 6; position += 1) {
    expect(pixelAt(data, 6, position)).toEqual(pixels.slice(position * 3, position * 3 + 3));
  }
  expect(data[0]).toBeCloseTo((1 - 0.485) / 0.229, 6);
  expect(description).toBe("six.png 3x2, scaled to 0…1, ImageNet mean and standard deviation");
});

it("a picture of another size is resized until it covers the input, and its center is cropped", async () => {
  const path = join(temporaryFolder(), "dog.jpg");
  await solid("#336699", 640, 480).jpeg({ quality: 100 }).toFile(path);
  const { data, description } = await readGood(path, { channels: 3, sizes: [224, 224] });
  expect(data).toHaveLength(3 * 224 * 224);
  expect(description).toBe(
    "dog.jpg 640x480, resized to 298x224, center crop 224x224, scaled to 0…1, ImageNet mean and standard deviation",
  );
});

it("a tall picture loses its top and bottom, a wide one its sides", async () => {
  // Three squares in a row: red, green, blue. Only the green one is in the center.
  const colors = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
  ];
  const wide = Array.from({ length: 8 * 24 }, (_, at) => colors[Math.floor((at % 24) / 8)] ?? []).flat();
  const tall = Array.from({ length: 24 * 8 }, (_, at) => colors[Math.floor(at / 64)] ?? []).flat();
  for (const [pixels, size] of [
    [wide, { width: 24, height: 8 }],
    [tall, { width: 8, height: 24 }],
  ] as const) {
    const path = temporaryFile("squares.png", await encode(pixels, size));
    const { data, description } = await readGood(path, { channels: 3, sizes: [8, 8] });
    expect(description).toContain("center crop 8x8");
    expect(description).not.toContain("resized");
    for (let position = 0; position < 64; position += 1) {
      expect(pixelAt(data, 64, position)).toEqual([0, 255, 0]);
    }
  }
});

it("a row of four becomes two as worked out by hand, and a row of two becomes four", async () => {
  const [a, b, c, d] = [0, 60, 200, 255];
  const gray = (values: readonly number[]): readonly number[] =>
    values.flatMap((value) => [value, value, value]);
  const four = temporaryFile(
    "four.png",
    await encode(gray([a, b, c, d, a, b, c, d]), { width: 4, height: 2 }),
  );
  const { data: halved } = await readGood(four, { channels: 1, sizes: [1, 2] });
  // The triangle around 1 is 2 wide on each side: 0.5 and 1.5 weigh 3/4, 2.5 weighs 1/4.
  expect(halved[0]).toBeCloseTo((3 * a + 3 * b + c) / 7 / 255, 6);
  expect(halved[1]).toBeCloseTo((b + 3 * c + 3 * d) / 7 / 255, 6);
  const two = temporaryFile("two.png", await encode(gray([b, c]), { width: 2, height: 1 }));
  const { data: doubled } = await readGood(two, { channels: 1, sizes: [2, 4] });
  const row = [b, 0.75 * b + 0.25 * c, 0.25 * b + 0.75 * c, c].map((value) => value / 255);
  for (const [at, value] of [...row, ...row].entries()) expect(doubled[at]).toBeCloseTo(value, 6);
});

it("what is resampled is the cut of the whole, and each pixel the average under a pyramid", () => {
  const size = (largest: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: largest });
  const picture = fc.record({ width: size(9), height: size(9), seed: fc.integer({ min: 0, max: 1e6 }) });
  const goal = fc.record({ width: size(14), height: size(14) });
  fc.assert(
    fc.property(picture, goal, fc.infiniteStream(fc.nat(13)), ({ seed, ...from }, to, offsets) => {
      const pixels = Uint8Array.from(
        { length: from.width * from.height * 3 },
        (_, at) => 255 * hashUniform(seed + at),
      );
      const left = Number(offsets.next().value) % to.width;
      const top = Number(offsets.next().value) % to.height;
      const cut = { left, top, width: to.width - left, height: to.height - top };
      const found = resample(pixels, from, to, cut);
      expect(found).toHaveLength(cut.width * cut.height * 3);
      for (const [at, value] of found.entries()) {
        const position = Math.floor(at / 3);
        const x = left + (position % cut.width);
        const y = top + Math.floor(position / cut.width);
        expect(Math.abs(value - averageAt(pixels, { from, to }, [x, y, at % 3]))).toBeLessThan(1e-3);
      }
    }),
    { numRuns: 200 },
  );
});

/** The definition, in one sum over the whole picture. */
function averageAt(
  pixels: Uint8Array,
  { from, to }: { readonly from: Size; readonly to: Size },
  [x, y, channel]: readonly [number, number, number],
): number {
  const triangle = (at: number, result: number, step: number): number =>
    Math.max(0, 1 - Math.abs(at + 0.5 - (result + 0.5) * step) / Math.max(1, step));
  let [sum, total] = [0, 0];
  for (let row = 0; row < from.height; row += 1) {
    for (let column = 0; column < from.width; column += 1) {
      const weight = triangle(column, x, from.width / to.width) * triangle(row, y, from.height / to.height);
      sum += weight * (pixels[(row * from.width + column) * 3 + channel] ?? 0);
      total += weight;
    }
  }
  return sum / total;
}

it("a picture that a camera laid on its side is turned upright", async () => {
  // Left half black, right half white; turned by 90° clockwise the top is black.
  const pixels = Array.from({ length: 16 * 32 }, (_, at) =>
    at % 32 < 16 ? [0, 0, 0] : [255, 255, 255],
  ).flat();
  const path = join(temporaryFolder(), "camera.jpg");
  await sharp(Uint8Array.from(pixels), { raw: { width: 32, height: 16, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 100 })
    .toFile(path);
  const { data, description } = await readGood(path, { channels: 1, sizes: [32, 16] });
  expect(description).toBe("camera.jpg 16x32, turned upright, luminance, scaled to 0…1");
  expect(data[2 * 16 + 8]).toBeLessThan(0.05);
  expect(data[29 * 16 + 8]).toBeGreaterThan(0.95);
});

it("what is transparent shows white", async () => {
  const pixels = [255, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 51, 255, 0, 0, 255];
  const path = temporaryFile("holes.png", await encode(pixels, { width: 2, height: 2 }, 4));
  const { data, description } = await readGood(path, { channels: 3, sizes: [2, 2] });
  expect(description).toMatch(/^holes.png 2x2, laid on white, scaled/);
  expect([0, 1, 3].map((position) => pixelAt(data, 4, position))).toEqual([
    [255, 255, 255],
    [0, 0, 0],
    [255, 0, 0],
  ]);
  expect(pixelAt(data, 4, 2)[0]).toBeCloseTo(204, -0.5);
});

it("one channel is the luminance of Rec. 601, neither mean nor deviation taken off", async () => {
  const path = temporaryFile(
    "rgb.png",
    await encode([255, 0, 0, 0, 255, 0, 0, 0, 255], { width: 3, height: 1 }),
  );
  const { data, description } = await readGood(path, { channels: 1, sizes: [1, 3] });
  expect([...data].map((value) => value.toFixed(3))).toEqual(["0.299", "0.587", "0.114"]);
  expect(description).toBe("rgb.png 3x1, luminance, scaled to 0…1");
});

it("a picture of grays feeds three channels as well as one", async () => {
  const path = join(temporaryFolder(), "gray.png");
  await sharp(Uint8Array.of(0, 100, 200, 255), { raw: { width: 2, height: 2, channels: 1 } })
    .toColorspace("b-w")
    .png()
    .toFile(path);
  expect((await sharp(path).metadata()).channels).toBe(1);
  const gray = await readGood(path, { channels: 1, sizes: [2, 2] });
  expect([...gray.data].map((value) => Math.round(value * 255))).toEqual([0, 100, 200, 255]);
  const color = await readGood(path, { channels: 3, sizes: [2, 2] });
  expect(pixelAt(color.data, 4, 1)).toEqual([100, 100, 100]);
});

it("sixteen bits a channel, gray with transparency and palettes are understood", async () => {
  const folder = temporaryFolder();
  const shape = { channels: 3, sizes: [4, 4] };
  await solid("#804020", 4, 4).toColorspace("rgb16").png().toFile(join(folder, "deep.png"));
  await solid("#804020", 4, 4).png({ palette: true }).toFile(join(folder, "palette.png"));
  for (const name of ["deep.png", "palette.png"]) {
    const { data } = await readGood(join(folder, name), shape);
    expect(pixelAt(data, 16, 5)).toEqual([0x80, 0x40, 0x20]);
  }
  await solid("#404040", 4, 4).ensureAlpha(0).toColorspace("b-w").png().toFile(join(folder, "clear.png"));
  const { data } = await readGood(join(folder, "clear.png"), shape);
  expect(pixelAt(data, 16, 5)).toEqual([255, 255, 255]);
});

it.each([
  ["jpg", "jpeg"],
  ["jpeg", "jpeg"],
  ["webp", "webp"],
  ["gif", "gif"],
  ["avif", "avif"],
  ["tif", "tiff"],
  ["tiff", "tiff"],
  ["PNG", "png"],
] as const)("reads .%s", async (ending, format) => {
  const bytes = await solid("#c86432", 16, 16).toFormat(format, { quality: 100 }).toBuffer();
  const { data } = await readGood(temporaryFile(`picture.${ending}`, bytes), {
    channels: 3,
    sizes: [16, 16],
  });
  const [red = 0, green = 0, blue = 0] = pixelAt(data, 256, 100);
  expect(Math.abs(red - 200) + Math.abs(green - 100) + Math.abs(blue - 50)).toBeLessThan(15);
});

it.each([
  [{ channels: 2, sizes: [8, 8] }, "[2 @ 8x8]"],
  [{ channels: 4, sizes: [8, 8] }, "[4 @ 8x8]"],
  [{ channels: 64, sizes: [] }, "[64]"],
  [{ channels: 3, sizes: [8] }, "[3 @ 8]"],
  [{ channels: 3, sizes: [8, 8, 8] }, "[3 @ 8x8x8]"],
])("no picture is fed to an input of another kind: %j", async (shape, printed) => {
  const path = temporaryFile("x.png", await solid("#fff", 8, 8).png().toBuffer());
  expect(await readBad(path, shape)).toMatchObject({
    code: "DN0907",
    message: `\`FILE\` is a picture, but the input \`x\` takes ${printed}`,
    help: ["feed an array: `.npy`, `.json` or `.safetensors`"],
  });
});

const RGB = { channels: 3, sizes: [8, 8] };

it("files that are no pictures are refused", async () => {
  for (const [name, content, reason] of [
    ["empty.png", "", "it is empty"],
    ["text.jpg", "hello", "it is no picture"],
    ["zeros.webp", new Uint8Array(1000), "it is no picture"],
    [
      "vector.png",
      '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="9" height="9"/></svg>',
      "it is no picture made of pixels",
    ],
  ] as const) {
    expect(await readBad(temporaryFile(name, content), RGB)).toMatchObject({
      code: "DN0905",
      message: `cannot decode \`FILE\`: ${reason}`,
    });
  }
});

it.each(["png", "jpeg", "webp"] as const)("a %s that is cut off anywhere is refused", async (format) => {
  const whole = await sharp(PICTURE).resize(64, 48).toFormat(format).toBuffer();
  for (const share of [0.01, 0.1, 0.5, 0.9]) {
    const path = temporaryFile(`cut.${format}`, whole.subarray(0, Math.floor(whole.length * share)));
    const { code, message } = await readBad(path, RGB);
    expect(code).toBe("DN0905");
    expect(message).not.toMatch(/buffer|\n|Vips/i);
  }
});

it("a header that claims a huge picture takes no memory", async () => {
  const small = await solid("#fff", 8, 8).png().toBuffer();
  const bytes = Uint8Array.from(small);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, 1_000_000);
  view.setUint32(20, 1_000_000);
  view.setUint32(29, crc(bytes.subarray(12, 29)));
  const before = process.memoryUsage().rss;
  const { code, message } = await readBad(temporaryFile("bomb.png", bytes), RGB);
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  expect([code, message]).toEqual(["DN0905", "cannot decode `FILE`: it has more than 100 million pixels"]);
});

/** CRC-32 as in PNG. */
function crc(bytes: Uint8Array): number {
  let result = 0xffffffff;
  for (const byte of bytes) {
    result ^= byte;
    for (let bit = 0; bit < 8; bit += 1) result = result & 1 ? (result >>> 1) ^ 0xedb88320 : result >>> 1;
  }
  return (result ^ 0xffffffff) >>> 0;
}

it("a picture that is next to nothing but length gives its middle", async () => {
  const path = temporaryFile("thread.png", await solid("#6080a0", 10_000, 1).png().toBuffer());
  const { data, description } = await readGood(path, RGB);
  expect(description).toContain("resized to 80000x8, center crop 8x8");
  expect(pixelAt(data, 64, 63)).toEqual([0x60, 0x80, 0xa0]);
});

it.each(["picture-first", "library-first"])(
  "pictures are decoded in the process that runs TensorFlow, %s",
  async (order) => {
    const folder = temporaryFolder();
    const formats = ["png", "jpeg", "webp", "gif"] as const;
    for (const format of formats) {
      await solid("#808080", 9, 9)
        .toFormat(format, { quality: 100 })
        .toFile(join(folder, `gray.${format}`));
    }
    const paths = formats.map((format) => join(folder, `gray.${format}`));
    const program = "test/inputs/fixtures/beside-tensorflow.ts";
    const ended = spawnSync(process.execPath, ["--import", "tsx", program, order, ...paths], {
      encoding: "utf8",
    });
    expect(ended).toMatchObject({ status: 0, signal: null });
    const lines = ended.stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    const decoded = formats.map(() => ({ decoded: "0.50" }));
    const product = { product: [7, 10, 15, 22] };
    const round = order === "picture-first" ? [...decoded, product] : [product, ...decoded];
    const expected = [1, 2].flatMap((step) => [...round, { step, diagnostics: [] }]);
    expect(lines).toEqual(expected);
  },
);

it("without the image library pictures are refused with one next step, and all else works", () => {
  const hook = `export async function resolve(name, ctx, next) {
    if (name === "sharp") throw new Error("Could not load the \\"sharp\\" module using the linux-x64 runtime\\nmore");
    return next(name, ctx);
  }`;
  const register = `import { register } from "node:module";
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});`;
  const program = `import { readInputs } from "./src/runtime/inputs/index.ts";
    const shape = { channels: 1, sizes: [2] };
    const told = [];
    const reporter = { report: (diagnostic) => told.push(diagnostic) };
    const picture = { source: ${JSON.stringify(PICTURE)}, name: "x", shape: { channels: 3, sizes: [8, 8] } };
    const pictures = await readInputs([picture], { seed: 0 }, reporter);
    const others = await readInputs([{ source: "hash", name: "x", shape }], { seed: 0 }, reporter);
    console.log(JSON.stringify({ told, pictures: pictures ?? null, batch: others[0].batch }));`;
  const url = `data:text/javascript,${encodeURIComponent(register)}`;
  const ended = spawnSync(
    process.execPath,
    ["--import", "tsx", "--import", url, "--input-type=module", "--eval", program],
    { encoding: "utf8" },
  );
  expect(ended.stderr).toBe("");
  expect(JSON.parse(ended.stdout)).toEqual({
    told: [
      {
        code: "DN0906",
        severity: "error",
        message: `cannot decode \`${PICTURE}\`: the image library cannot be loaded`,
        notes: ['Could not load the "sharp" module using the linux-x64 runtime'],
        help: ["run `npm ci --include=optional` on this machine"],
      },
    ],
    pictures: null,
    batch: 1,
  });
});

it("the picture of the examples is the one that its script draws", async () => {
  const { data, info } = await sharp(PICTURE).raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ ...SIZE, channels: 3 });
  expect(Buffer.compare(data, drawPicture())).toBe(0);
});
