/** Pictures as inputs: turned upright, resized, cropped and normalized, as classifiers are usually evaluated. */
import { basename } from "node:path";
import type { Metadata, Sharp, SharpConstructor } from "sharp";
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../../base/diagnostic.ts";
import { quoted } from "../../base/text.ts";
import { printShape, type Shape } from "../../ir/shape.ts";
import { float32s } from "../../weights/fill.ts";
import type { Input, Wanted } from "./input.ts";
import { malformedInput } from "./problems.ts";
import { readBytes } from "./read-bytes.ts";

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
/** A line of a picture that is resized to its full length must be held in memory. */
const MAX_RESIZED = 2 ** 16;

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
  const report = (reason: string): undefined => {
    const help = [
      "open it in a picture viewer: when it looks right there, save it as `.png` and feed that file",
    ];
    reporter.report(malformedInput.at({ help }, path, reason));
  };
  if (bytes.length === 0) return report("it is empty");
  try {
    const picture = sharp(bytes, { limitInputPixels: MAX_PIXELS });
    const metadata = await picture.metadata();
    if (!FORMATS.has(metadata.format)) return report("it is no picture made of pixels");
    const found = metadata.autoOrient;
    const resized = coveringSize(found, target);
    if (Math.max(resized.width, resized.height) > MAX_RESIZED) {
      return report(`${printSize(found)} is too narrow to cut ${printSize(target)} out of it`);
    }
    const pixels = await cropped(picture, resized, target);
    return {
      batch: 1,
      data: shape.channels === 1 ? luminance(pixels) : normalizedPlanes(pixels),
      description: describe(path, metadata, resized, target, shape.channels),
    };
  } catch (error) {
    return report(reasonOf(error));
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Undefined when the input is no picture. */
function imageSizeOf({ channels, sizes }: Shape): Size | undefined {
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

/** Interleaved bytes: red, green, blue. */
async function cropped(picture: Sharp, resized: Size, target: Size): Promise<Uint8Array> {
  return picture
    .autoOrient()
    .flatten({ background: "#ffffff" })
    .toColorspace("srgb")
    .resize({ ...resized, fit: "fill", kernel: "linear", fastShrinkOnLoad: false })
    .extract({
      left: Math.floor((resized.width - target.width) / 2),
      top: Math.floor((resized.height - target.height) / 2),
      ...target,
    })
    .raw()
    .toBuffer();
}

function normalizedPlanes(pixels: Uint8Array): Float32Array {
  const area = pixels.length / 3;
  return float32s(pixels.length, (element) => {
    const channel = Math.floor(element / area);
    const value = (pixels[(element % area) * 3 + channel] ?? 0) / 255;
    return (value - (IMAGENET.mean[channel] ?? 0)) / (IMAGENET.deviation[channel] ?? 1);
  });
}

/** The luma of Rec. 601, as picture libraries of Python compute it, in 0…1. */
function luminance(pixels: Uint8Array): Float32Array {
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
  return reason.replace(/^Input buffer has corrupt header: /, "").replace(/^Vips\w*: /, "");
}
