/** Draws specs/images/meadow.png, the picture of the examples: drawn by code, so that anybody may have it. */
import { fileURLToPath } from "node:url";
import sharp from "sharp";

export const PICTURE = "specs/images/meadow.png";
export const SIZE = { width: 320, height: 240 } as const;

type Color = readonly [red: number, green: number, blue: number];

/** Colors of light add up and fade in proportion, so all mixing is done with numbers in 0…1. */
const SKY_TOP: Color = [0.16, 0.38, 0.72];
const SKY_BOTTOM: Color = [0.98, 0.84, 0.68];
const SUN: Color = [1, 0.93, 0.72];
const CLOUD: Color = [1, 0.98, 0.96];
const FAR_HILLS: Color = [0.42, 0.52, 0.66];
const NEAR_HILLS: Color = [0.3, 0.48, 0.42];
const GRASS_BACK: Color = [0.5, 0.66, 0.28];
const GRASS_FRONT: Color = [0.2, 0.42, 0.14];
const WALL: Color = [0.93, 0.88, 0.8];
const ROOF: Color = [0.72, 0.25, 0.18];
const WINDOW: Color = [0.25, 0.34, 0.45];
const DOOR: Color = [0.42, 0.26, 0.16];
const TRUNK: Color = [0.36, 0.25, 0.16];
const LEAVES: Color = [0.16, 0.4, 0.18];
const LEAVES_LIT: Color = [0.46, 0.65, 0.24];

/** Bytes of red, green and blue; four samples a pixel make the edges smooth. */
export function drawPicture(): Uint8Array {
  const { width, height } = SIZE;
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const sum = [0, 0, 0];
      for (const [dx, dy] of [
        [0.25, 0.25],
        [0.75, 0.25],
        [0.25, 0.75],
        [0.75, 0.75],
      ] as const) {
        for (const [channel, value] of colorAt(x + dx, y + dy).entries()) {
          sum[channel] = (sum[channel] ?? 0) + value / 4;
        }
      }
      pixels.set(
        sum.map((value) => Math.round(255 * clamp(value))),
        (y * width + x) * 3,
      );
    }
  }
  return pixels;
}

/** The nearest thing that covers the point. */
function colorAt(x: number, y: number): Color {
  return tree(x, y) ?? house(x, y) ?? meadow(x, y) ?? hills(x, y) ?? sky(x, y);
}

function sky(x: number, y: number): Color {
  const plain = mix(SKY_TOP, SKY_BOTTOM, clamp(y / 150) ** 1.2);
  const distance = Math.hypot(x - 236, y - 62);
  if (distance < 21) return SUN;
  const glow = mix(plain, SUN, 0.75 * Math.exp(-(distance - 21) / 26));
  const cloud = smooth((fractal(x / 62 + 3, y / 21 + 9) - 0.52) * 5) * clamp((112 - y) / 60);
  return mix(glow, CLOUD, 0.85 * cloud);
}

function hills(x: number, y: number): Color | undefined {
  const near = 142 + 12 * Math.sin(x / 47 + 4.1) + 5 * Math.sin(x / 17);
  if (y > near) return mix(NEAR_HILLS, GRASS_BACK, 0.35 * fractal(x / 9, y / 6) + clamp((y - near) / 90));
  const far = 122 + 16 * Math.sin(x / 61 + 0.6) + 6 * Math.sin(x / 23 + 2) + 5 * fractal(x / 14, 7);
  return y > far ? mix(FAR_HILLS, SKY_BOTTOM, clamp((y - far) / 60)) : undefined;
}

function meadow(x: number, y: number): Color | undefined {
  const edge = 164 + 7 * Math.sin(x / 71 + 2.2);
  if (y < edge) return undefined;
  const depth = clamp((y - edge) / (SIZE.height - edge));
  const blades = fractal(x / (1.2 + 2 * depth), y / (3 + 9 * depth)) - 0.5;
  return flower(x, y, depth) ?? shade(mix(GRASS_BACK, GRASS_FRONT, depth), 1 + 0.7 * blades);
}

/** In each cell of a grid one flower may stand, somewhere. */
function flower(x: number, y: number, depth: number): Color | undefined {
  if (depth < 0.25) return undefined;
  const cell = 13;
  const [column, row] = [Math.floor(x / cell), Math.floor(y / cell)];
  if (noiseAt(column + 57, row + 91) < 0.55) return undefined;
  const [cx, cy] = [
    (column + 0.3 + 0.4 * noiseAt(column, row)) * cell,
    (row + 0.3 + 0.4 * noiseAt(row, column)) * cell,
  ];
  const [dx, dy] = [x - cx, y - cy];
  const distance = Math.hypot(dx, dy) / (1.4 + 1.8 * depth);
  if (distance < 0.45) return [0.98, 0.8, 0.2];
  const petal = 0.78 + 0.22 * Math.cos(5 * Math.atan2(dy, dx));
  if (distance > petal) return undefined;
  return noiseAt(column + 5, row + 3) < 0.5 ? [0.97, 0.95, 0.98] : [0.86, 0.34, 0.45];
}

function house(x: number, y: number): Color | undefined {
  const [left, right, eaves, floor] = [52, 122, 134, 182];
  const ridge = 104;
  const roofEdge = (y - ridge) / (eaves - ridge);
  const middle = (left + right) / 2;
  if (y >= ridge && y < eaves && Math.abs(x - middle) < 6 + roofEdge * (middle - left + 2)) {
    const tile = (Math.floor(y / 4) % 2) * 3;
    const groove = y % 4 < 0.8 || (x + tile) % 6 < 0.8 ? 0.8 : 1;
    return shade(ROOF, groove * (0.9 + 0.25 * fractal(x / 5, y / 3)));
  }
  if (x >= 100 && x < 109 && y >= 96 && y < 116) return shade(ROOF, y % 3 < 0.7 ? 0.6 : 0.78);
  if (x < left || x >= right || y < eaves || y >= floor) return undefined;
  if (x >= 81 && x < 94 && y >= 156) return shade(DOOR, (x - 81) % 4.4 < 0.7 ? 0.75 : 1.05);
  for (const from of [58, 102]) {
    if (x < from || x >= from + 15 || y < 145 || y >= 160) continue;
    const onFrame = Math.min((x - from) % 6.9, (y - 145) % 6.9) < 1.2;
    return onFrame ? [0.98, 0.97, 0.94] : mix(WINDOW, SKY_BOTTOM, clamp((x - from + 160 - y) / 60));
  }
  const shadow = y < eaves + 4 ? 0.75 : 1;
  return shade(WALL, shadow * (0.93 + 0.1 * fractal(x / 3, y / 3)) * (1 - 0.1 * clamp((middle - x) / 40)));
}

function tree(x: number, y: number): Color | undefined {
  for (const [cx, cy, radius] of [
    [262, 128, 27],
    [238, 142, 20],
    [285, 144, 21],
    [262, 150, 26],
  ] as const) {
    const [dx, dy] = [x - cx, y - cy];
    const ragged = radius * (0.84 + 0.3 * fractal(x / 6, y / 6));
    if (Math.hypot(dx, dy) > ragged) continue;
    const light = clamp(0.5 - (dx * 0.35 + dy) / (2.2 * radius));
    return shade(mix(LEAVES, LEAVES_LIT, light), 0.72 + 0.55 * fractal(x / 3, y / 3));
  }
  const half = 5 + 4 * clamp((y - 196) / 14) ** 2;
  if (Math.abs(x - 262) > half || y < 150 || y > 208) return undefined;
  return shade(TRUNK, 0.75 + 0.3 * fractal(x / 1.5, y / 9) + 0.025 * (x - 262));
}

function mix(one: Color, other: Color, share: number): Color {
  const part = clamp(share);
  return [
    one[0] + (other[0] - one[0]) * part,
    one[1] + (other[1] - one[1]) * part,
    one[2] + (other[2] - one[2]) * part,
  ];
}

function shade([red, green, blue]: Color, light: number): Color {
  return [red * light, green * light, blue * light];
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** From 0 to 1 without corners. */
function smooth(value: number): number {
  const t = clamp(value);
  return t * t * (3 - 2 * t);
}

/** Three octaves of value noise, in 0…1. */
function fractal(x: number, y: number): number {
  return (
    (4 * valueNoise(x, y) + 2 * valueNoise(2 * x + 17, 2 * y + 31) + valueNoise(4 * x + 71, 4 * y + 5)) / 7
  );
}

function valueNoise(x: number, y: number): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [smooth(x - column), smooth(y - row)];
  const top = noiseAt(column, row) * (1 - u) + noiseAt(column + 1, row) * u;
  const bottom = noiseAt(column, row + 1) * (1 - u) + noiseAt(column + 1, row + 1) * u;
  return top * (1 - v) + bottom * v;
}

/** A fixed random number in 0…1 for each point of a grid. */
function noiseAt(column: number, row: number): number {
  let bits = Math.imul(column, 0x27d4eb2d) ^ Math.imul(row, 0x165667b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = fileURLToPath(new URL(`../${PICTURE}`, import.meta.url));
  await sharp(drawPicture(), { raw: { ...SIZE, channels: 3 } })
    .png({ compressionLevel: 9, adaptiveFiltering: true })
    .toFile(file);
}
