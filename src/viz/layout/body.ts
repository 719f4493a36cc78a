/** What boxes are drawn with, and what a kind of segment draws. */
import { printShape, type Shape } from "../../ir/shape.ts";
import type { Costing } from "../costs.ts";
import type { Box, Palette } from "./box.ts";

export type PictureStyle = "costs" | "figure";
export const STYLES: readonly PictureStyle[] = ["costs", "figure"];

export interface Drawing {
  readonly palette: Palette;
  readonly costing: Costing;
  /** Of a cell of a matrix, in pixels; with the next one what gives way where a network is wide. */
  readonly cell: number;
  /** Longer labels of layers are broken. */
  readonly labelWidth: number;
  /** Whether dense blocks are drawn as matrices, or as cards. */
  readonly hasMatrices: boolean;
  /** `figure`: layers as slabs, as papers draw them, and nothing of what they cost. */
  readonly style: PictureStyle;
}

/** A segment without its heading. */
export interface Body extends Box {
  /** Lines below the title. */
  readonly notes: readonly string[];
}

/** `[64 @ 56×56]`. */
export function shapeText(shape: Shape): string {
  return printShape(shape).replaceAll("x", "×");
}
