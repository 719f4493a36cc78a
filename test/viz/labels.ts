/** Where the labels of a picture stand, by the widths that letters have at most. */
import { expect } from "vitest";
import { TEXT_STYLES, type TextStyle, textBox } from "../../src/viz/scene.ts";
import { type Element, elementsIn, textOf, titleOf } from "./xml.ts";

interface LabelBox {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is wrong with the labels of a picture: those outside of it, and those upon others. */
export function labelProblems(root: Element): readonly string[] {
  const [, , width = 0, height = 0] = (root.attributes["viewBox"] ?? "").split(" ").map(Number);
  const boxes = labelsOf(root);
  const outside = boxes.flatMap((box) =>
    box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height
      ? [`${box.text} leaves the picture`]
      : [],
  );
  const collisions = boxes.flatMap((box, at) =>
    boxes.slice(at + 1).flatMap((other) => (overlap(box, other) ? [`${box.text} / ${other.text}`] : [])),
  );
  return [...outside, ...collisions];
}

function labelsOf(root: Element): readonly LabelBox[] {
  return elementsIn(root).flatMap(({ element }): readonly LabelBox[] => {
    const { name, attributes } = element;
    const style = attributes["class"] as TextStyle;
    if (name !== "text") return [];
    expect(Object.keys(TEXT_STYLES)).toContain(style);
    const anchor = (attributes["text-anchor"] ?? "start") as "start" | "middle" | "end";
    const [x, y, text] = [Number(attributes["x"]), Number(attributes["y"]), textOf(element)];
    return [{ text, ...textBox({ kind: "text", style, anchor, x, y, text }) }];
  });
}

function overlap(first: LabelBox, second: LabelBox): boolean {
  return (
    first.x < second.x + second.width &&
    second.x < first.x + first.width &&
    first.y < second.y + second.height &&
    second.y < first.y + first.height
  );
}

/** The marks that neither they nor a group around them give words; the title of the whole picture says nothing of one. */
export function silentMarks(root: Element): readonly Element[] {
  return elementsIn(root)
    .filter(({ element }) => ["rect", "path"].includes(element.name))
    .filter(
      ({ element, ancestors }) =>
        titleOf(element) === undefined && ancestors.slice(0, -1).every((each) => titleOf(each) === undefined),
    )
    .map(({ element }) => element);
}
