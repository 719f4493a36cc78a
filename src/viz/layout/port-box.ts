/** Where a value enters or leaves the model: its name and its shape on a card. */
import { type Mark, textWidth } from "../scene.ts";
import type { Port } from "../structure.ts";
import { shapeText } from "./body.ts";
import { type Box, FOOT } from "./box.ts";

const [PAD, HEIGHT] = [8, 38];

export function portBox({ name, role, in: shape }: Port): Box {
  const text = shapeText(shape).slice(1, -1);
  const width = Math.max(HEIGHT, textWidth(name, "strong"), textWidth(text, "note")) + 2 * PAD;
  const top = FOOT - HEIGHT;
  const marks: readonly Mark[] = [
    {
      kind: "group",
      title: `${role} ${name}: ${shapeText(shape)}`,
      marks: [
        { kind: "rect", classes: "port", x: 0, y: top, width, height: HEIGHT, radius: 19 - 1 },
        { kind: "text", style: "strong", anchor: "middle", x: width / 2, y: top + 16, text: name },
        { kind: "text", style: "note", anchor: "middle", x: width / 2, y: top + 30, text },
      ],
    },
  ];
  return { width, above: HEIGHT - FOOT, below: FOOT, entry: 0, exit: width, middle: 0, marks, columns: [] };
}
