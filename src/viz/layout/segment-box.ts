/** The box of each kind of segment. */
import { count, withSeparators } from "../../base/text.ts";
import { type Mark, textWidth } from "../scene.ts";
import type { Segment } from "../structure.ts";
import { type Body, type Drawing, shapeText } from "./body.ts";
import type { Box } from "./box.ts";
import { branchesBox } from "./branches-box.ts";
import { chainBox, foldedBox } from "./chain-box.ts";
import { denseBox } from "./dense-box.ts";
import { portBox } from "./port-box.ts";
import { residualBox } from "./residual-box.ts";

/** `id`: of the segment, for what opens it. */
export function segmentBox(
  segment: Exclude<Segment, { kind: "lanes" }>,
  title: string,
  id: string,
  drawing: Drawing,
): Box {
  if (segment.kind === "port") return portBox(segment);
  const { params } = drawing.costing(segment.nodes);
  const isShared =
    params === 0n && segment.nodes.some(({ weights }) => weights.some(({ trainable }) => trainable));
  const summary = summaryOf(segment, title, drawing);
  return headed(bodyOf(segment, title, drawing), { title, id, summary, isShared });
}

function bodyOf(
  segment: Exclude<Segment, { kind: "lanes" | "port" }>,
  title: string,
  drawing: Drawing,
): Body {
  switch (segment.kind) {
    case "chain":
      return chainBox(segment, title, drawing);
    case "dense":
      return drawing.hasMatrices ? denseBox(segment, title, drawing) : foldedBox(segment, title, drawing);
    case "residual":
      return residualBox(segment, title, drawing);
    case "branches":
      return branchesBox(segment, title);
  }
}

/** `Dense block 1: 6 layers, [64 @ 56×56] to [256 @ 56×56], 335,040 parameters, 1,040,449,536 multiply-adds`. */
export function summaryOf(segment: Segment, title: string, { costing }: Pick<Drawing, "costing">): string {
  const { params, macs } = costing(segment.nodes);
  const layers =
    "layers" in segment ? [count(segment.layers.length, segment.kind === "residual" ? "unit" : "layer")] : [];
  return `${title}: ${[
    ...layers,
    `${shapeText(segment.in)} to ${shapeText(segment.out)}`,
    `${withSeparators(params)} parameters`,
    `${withSeparators(macs)} multiply-adds`,
  ].join(", ")}`;
}

/** Between the lines of a heading, and from its last line to what it heads. */
const [LINE, SPACE] = [15, 8];

interface Heading {
  readonly title: string;
  readonly id: string;
  readonly summary: string;
  /** Whether all its weights are those of an earlier segment. */
  readonly isShared: boolean;
}

function headed(body: Body, { title, id, summary, isShared }: Heading): Box {
  const notes = isShared ? [...body.notes, "shared weights"] : body.notes;
  const top = body.above + SPACE;
  const lines: readonly Mark[] = [
    { kind: "text", style: "heading", x: 0, y: -top - notes.length * LINE, text: title },
    ...notes.map(
      (text, at): Mark => ({
        kind: "text",
        style: "note",
        x: 0,
        y: -top - (notes.length - 1 - at) * LINE,
        text,
      }),
    ),
  ];
  const width = Math.max(
    body.width,
    textWidth(title, "heading"),
    ...notes.map((note) => textWidth(note, "note")),
  );
  const target: Mark = {
    kind: "rect",
    classes: "target",
    x: -6,
    y: -top - notes.length * LINE - 16,
    width: width + 12,
    height: top + notes.length * LINE + 16 + body.below + 4,
    radius: 6,
  };
  return {
    ...body,
    width,
    above: top + (notes.length + 1) * LINE,
    marks: [
      {
        kind: "group",
        classes: "segment",
        title: summary,
        opens: { id, label: summary },
        marks: [target, ...lines, ...body.marks],
      },
    ],
  };
}
