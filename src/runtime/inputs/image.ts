/** Pictures as inputs: turned upright, resized, cropped and normalized, as classifiers are usually evaluated. */
import { basename } from "node:path";
import type { Metadata, SharpConstructor } from "sharp";
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../../base/diagnostic.ts";
import { quoted } from "../../base/text.ts";
import { type BoundShape, printShape } from "../../ir/shape.ts";
import { float32s } from "../../weights/fill.ts";
import type { Malformed } from "./array.ts";
import type { Input, Wanted } from "./input.ts";
import { malformedInput } from "./problems.ts";
import { readBytes } from "./read-bytes.ts";
import { type Cut, resample, type Size } from "./resample.ts";

export const noImageInput: DiagnosticKind<[path: string, input: string, shape: string]> = defineDiagnostic({
  code: "DN0907",
  message: (path, input, shape) =>
    `${quoted(path)} is a picture, but the input ${quoted(input)} takes ${shape}`,
  explain: {
    title: "no-image-input",
    text: "A picture has a height, a width and 3 channels, or 1 channel of luminance. Inputs with other shapes are fed from arrays: `.npy`, `.json` or `.safetensors`.",
  },
});

export const noImageLibrary: DiagnosticKind<[path: string]> = defineDiagnostic({
  code: "DN0906",
  message: (path) => `cannot decode ${quoted(path)}: the image library cannot be loaded`,
  explain: {
    title: "no-image-library",
    text: "Pictures are decoded by the npm package `sharp`, whose native part is an optional package of its own for each platform. An installation that was copied from another platform, or made with `--omit=optional`, lacks it. Everything but pictures works without it.",
  },
});

/** What the decoder may find in a file, whatever its name: no vector graphics, which could ask for other files. */
const FORMATS: ReadonlySet<string> = new Set(["avif", "gif", "heif", "jpeg", "png", "tiff", "webp"]);

const MAX_FILE_BYTES = 2 ** 28;
const MAX_PIXELS = 10_000 * 10_000;

/** Mean and standard deviation of the channels of ImageNet, in 0…1, as published with the models of torchvision. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;

export async function readImage(
  path: string,
  { name, shape }: Wanted,
  reporter: Reporter,
): Promise<Input | undefined> {
  const target = imageSizeOf(shape);
  if (target === undefined) {
    const help = ["feed an array: `.npy`, `.json` or `.safetensors`"];
    reporter.report(noImageInput.at({ help }, path, name, printShape(shape)));
    return undefined;
  }
  const bytes = readBytes(path, { limit: MAX_FILE_BYTES }, reporter);
  if (bytes === undefined) return undefined;
  const sharp = await loadSharp(path, reporter);
  if (sharp === undefined) return undefined;
  const picture = bytes.length === 0 ? { malformed: "it is empty" } : await decode(sharp, bytes);
  if ("malformed" in picture) {
    const help = ["look at it in a picture viewer: when it is right there, save it as `.png` and feed that"];
    reporter.report(malformedInput.at({ help }, path, picture.malformed));
    return undefined;
  }
  const { metadata, pixels } = picture;
  const resized = coveringSize(metadata.autoOrient, target);
  const cut = resample(pixels, metadata.autoOrient, resized, centerOf(resized, target));
  return {
    batch: 1,
    data: shape.channels === 1 ? luminance(cut) : normalizedPlanes(cut),
    description: describe(path, metadata, resized, target, shape.channels),
  };
}

interface Picture {
  /** Of the file; the size is that of the upright picture. */
  readonly metadata: Metadata;
  /** Bytes of red, green and blue, upright, on white. */
  readonly pixels: Uint8Array;
}

async function decode(sharp: SharpConstructor, bytes: Uint8Array): Promise<Picture | Malformed> {
  const picture = sharp(bytes, { limitInputPixels: MAX_PIXELS });
  try {
    const metadata = await picture.metadata();
    if (!FORMATS.has(metadata.format)) return { malformed: "it is no picture made of pixels" };
    const upright = picture.autoOrient().flatten({ background: "#ffffff" }).toColorspace("srgb");
    return { metadata, pixels: await upright.raw().toBuffer() };
  } catch (error) {
    return { malformed: reasonOf(error) };
  }
}

/** Undefined when the input is no picture. */
function imageSizeOf({ channels, sizes }: BoundShape): Size | undefined {
  const [height, width] = sizes;
  if (sizes.length !== 2 || height === undefined || width === undefined) return undefined;
  return channels === 1 || channels === 3 ? { width, height } : undefined;
}

/** The smallest size with the proportions of `found` that covers `target`; rounded down, as torchvision does. */
function coveringSize(found: Size, target: Size): Size {
  return found.width * target.height < found.height * target.width
    ? { width: target.width, height: Math.floor((found.height * target.width) / found.width) }
    : { width: Math.floor((found.width * target.height) / found.height), height: target.height };
}

function centerOf(whole: Size, part: Size): Cut {
  return {
    left: Math.floor((whole.width - part.width) / 2),
    top: Math.floor((whole.height - part.height) / 2),
    ...part,
  };
}

function normalizedPlanes(pixels: Float32Array): Float32Array {
  const area = pixels.length / 3;
  return float32s(pixels.length, (element) => {
    const channel = Math.floor(element / area);
    const value = (pixels[(element % area) * 3 + channel] ?? 0) / 255;
    return (value - (IMAGENET.mean[channel] ?? 0)) / (IMAGENET.deviation[channel] ?? 1);
  });
}

/** The luma of Rec. 601, as picture libraries of Python compute it, in 0…1. */
function luminance(pixels: Float32Array): Float32Array {
  return float32s(pixels.length / 3, (pixel) => {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(pixel * 3, pixel * 3 + 3);
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
  });
}

function describe(path: string, found: Metadata, resized: Size, target: Size, channels: number): string {
  const steps = [`${basename(path)} ${printSize(found.autoOrient)}`];
  if ((found.orientation ?? 1) !== 1) steps.push("turned upright");
  if (found.hasAlpha) steps.push("laid on white");
  if (!isSame(found.autoOrient, resized)) steps.push(`resized to ${printSize(resized)}`);
  if (!isSame(resized, target)) steps.push(`center crop ${printSize(target)}`);
  if (channels === 1) steps.push("luminance");
  steps.push("scaled to 0…1");
  if (channels === 3) steps.push("ImageNet mean and standard deviation");
  return steps.join(", ");
}

function isSame(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}

function printSize({ width, height }: Size): string {
  return `${width}x${height}`;
}

/** Loaded for pictures alone, so that nothing else depends on its native part. */
async function loadSharp(path: string, reporter: Reporter): Promise<SharpConstructor | undefined> {
  try {
    return (await import("sharp")).default;
  } catch (error) {
    const help = ["run `npm ci --include=optional` on this machine"];
    reporter.report(noImageLibrary.at({ notes: [firstLine(error)], help }, path));
    return undefined;
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split("\n")[0] ?? message;
}

/** The decoder repeats itself on further lines, and speaks of buffers. */
function reasonOf(error: unknown): string {
  const reason = firstLine(error);
  if (/unsupported image format/.test(reason)) return "it is no picture";
  if (/exceeds pixel limit/.test(reason)) return `it has more than ${MAX_PIXELS / 1e6} million pixels`;
  return reason.replace(/^Input buffer has corrupt header: /, "").replace(/^vips\w*: /i, "");
}
