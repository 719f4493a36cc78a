/** Where sizes come from: which stage last changed an axis, and the chain of stages that led to a value. */
import type { Label } from "../base/diagnostic.ts";
import { spanText } from "../base/source.ts";

import { dimensions, isBoundShape, printAxis, printShape, rankOf, type Shape, sizeAt } from "../ir/shape.ts";
import { isSameSize, printSize, sizeWith } from "../ir/size.ts";
import { conv } from "../ops/conv.ts";
import { flatten } from "../ops/flatten.ts";
import { id } from "../ops/id.ts";
import type { Claim, OpNode, Value } from "../ops/op.ts";
import { reach, windowOf, windowRuleOf } from "../ops/window.ts";

/** How many steps a trail shows at each end. */
const SHOWN_STEPS = 4;

/** The node that gave an axis its size: the last one whose first operand had another. */
export function originOf(value: Value, axis: Claim["axis"], nodes: readonly OpNode[]): OpNode | undefined {
  const origins = originsIn(nodes, axis);
  const passed: number[] = [];
  let at = value.node;
  for (;;) {
    const node = nodes[at];
    const source = node === undefined ? undefined : nodes[node.inputs[0] ?? -1];
    if (node === undefined || source === undefined || differs(node, source, axis)) break;
    passed.push(at);
    const known = origins.get(at);
    at = known ?? source.id;
    if (known !== undefined) break;
  }
  for (const id of passed) origins.set(id, at);
  return nodes[at];
}

/** The origins found so far, by the axis and the id of the node. A graph only grows, so they stay what they are. */
const originsByGraph = new WeakMap<readonly OpNode[], Map<Claim["axis"], Map<number, number>>>();

/** In deep networks, mistakes may be as many as nodes: the way that led to one is not walked again for the next. */
function originsIn(nodes: readonly OpNode[], axis: Claim["axis"]): Map<number, number> {
  const byAxis = originsByGraph.get(nodes) ?? new Map<Claim["axis"], Map<number, number>>();
  originsByGraph.set(nodes, byAxis);
  const origins = byAxis.get(axis) ?? new Map<number, number>();
  byAxis.set(axis, origins);
  return origins;
}

function differs(node: OpNode, source: OpNode, axis: Claim["axis"]): boolean {
  if (rankOf(node.shape) !== rankOf(source.shape)) return true;
  return axis !== "rank" && !isSameSize(sizeAt(node.shape, axis), sizeAt(source.shape, axis));
}

/** `28 comes from this stride`, at the part of the stage that made it so. */
export function blame(value: Value, axis: Claim["axis"], nodes: readonly OpNode[]): Label | undefined {
  const node = originOf(value, axis, nodes);
  if (node === undefined) return undefined;
  const { parts, span } = node.origin;
  const isInput = node.inputs.length === 0;
  if (axis === "rank") {
    const text = `${isInput ? "this input is" : "this makes it"} ${printShape(node.shape)}`;
    return { span: parts.get("name") ?? span, text };
  }
  const size = printAxis(node.shape, axis);
  const part = isInput ? `${axis}` : axis === 0 ? "channels" : strides(node, axis) ? "stride" : "kernel";
  const place = parts.get(part);
  const noun = isInput ? "this input" : place === undefined || part !== "stride" ? "here" : "this stride";
  return { span: place ?? parts.get("name") ?? span, text: `${size} comes from ${noun}` };
}

function strides(node: OpNode, axis: number): boolean {
  return (windowRuleOf(node)?.stride[axis - 1] ?? 1) > 1;
}

/**
 * The stages that changed the shape on the way to a value: `conv 3 /2 [64 @ 112x112]`; with `symbol`, as they are when
 * the symbol has that value.
 */
export function sizeTrail(value: Value, nodes: readonly OpNode[], symbol?: number): readonly string[] {
  const { length, first, last } = changesBefore(value.node, nodes);
  const latest: OpNode[] = [];
  for (let at = last; at !== undefined && latest.length <= SHOWN_STEPS; at = at.previous)
    latest.unshift(at.node);
  const print = (shape: Shape): string =>
    printShape({
      ...shape,
      ...(symbol !== undefined && { sizes: shape.sizes.map((size) => sizeWith(size, symbol)) }),
    });
  const step = (node: OpNode): string => {
    // Only a type changes the shape of what it passes on.
    const what = node.inputs.length === 0 ? "input" : node.op === id ? "declared" : briefly(node);
    return `${what} ${print(node.shape)}`;
  };
  if (length <= 2 * SHOWN_STEPS + 1) {
    const rest = latest.slice(-(length - first.length));
    return (length <= first.length ? first : [...first, ...rest]).map(step);
  }
  return [
    ...first.map(step),
    `… ${length - 2 * SHOWN_STEPS} more …`,
    ...latest.slice(-SHOWN_STEPS).map(step),
  ];
}

/** The nodes that changed the shape on the way to a value. */
interface Changes {
  readonly length: number;
  /** At most so many as a trail shows. */
  readonly first: readonly OpNode[];
  readonly last: Change | undefined;
}

interface Change {
  readonly node: OpNode;
  readonly previous: Change | undefined;
}

const NO_CHANGES: Changes = { length: 0, first: [], last: undefined };

const changesByGraph = new WeakMap<readonly OpNode[], Map<number, Changes>>();

/** From what is known of the nodes before, as far as it is known. */
function changesBefore(start: number, nodes: readonly OpNode[]): Changes {
  const known = changesByGraph.get(nodes) ?? new Map<number, Changes>();
  changesByGraph.set(nodes, known);
  const passed: OpNode[] = [];
  let at = nodes[start];
  while (at !== undefined && !known.has(at.id)) {
    passed.push(at);
    at = nodes[at.inputs[0] ?? -1];
  }
  let changes = (at === undefined ? undefined : known.get(at.id)) ?? NO_CHANGES;
  for (const node of passed.reverse()) {
    const source = nodes[node.inputs[0] ?? -1];
    if (source === undefined || isChanged(source, node)) {
      const { length, first, last } = changes;
      changes = {
        length: length + 1,
        first: first.length < SHOWN_STEPS ? [...first, node] : first,
        last: { node, previous: last },
      };
    }
    known.set(node.id, changes);
  }
  return changes;
}

/** Only a type changes what it passes on; that has another formula in the next repetition, and the same numbers. */
function isChanged(before: OpNode, node: OpNode): boolean {
  const numbers = ({ channels, sizes }: Shape): string => printShape({ channels, sizes });
  const print = node.op === id ? numbers : printShape;
  return print(before.shape) !== print(node.shape);
}

/** The stage as written, when that is short; else its name and window. */
function briefly(node: OpNode): string {
  const text = spanText(node.origin.span).replace(/\s+/g, " ");
  if (text.length <= 40 && !text.includes("<")) return text;
  const name = node.origin.parts.get("name");
  return name === undefined ? node.op.name : spanText(name);
}

/** The sizes that a convolution would give with a stride of 1; pools pad by their stride, so theirs are not told. */
export function withoutStride(node: OpNode, nodes: readonly OpNode[]): readonly number[] | undefined {
  const source = nodes[node.inputs[0] ?? -1];
  const window = windowOf(node, source?.shape);
  if (node.op !== conv || window === undefined || source === undefined) return undefined;
  return source.shape.sizes.flatMap((size, axis) => {
    if (typeof size !== "number") return [];
    const [before, after] = window.padding[axis] ?? [0, 0];
    return [size + before + after - reach(window.size[axis] ?? 1, window.dilation[axis] ?? 1) + 1];
  });
}

/** `pad=1`, where that much on both sides makes the window give these sizes, which are by axis. */
export function paddingFor(
  node: OpNode,
  wanted: ReadonlyMap<number, number>,
  nodes: readonly OpNode[],
): string | undefined {
  const source = nodes[node.inputs[0] ?? -1];
  const window = windowOf(node, source?.shape);
  if (window === undefined || source === undefined || wanted.size === 0) return undefined;
  const paddings = [...wanted].map(([axis, size]) => {
    const before = sizeAt(source.shape, axis);
    const [extent, stride] = [
      reach(window.size[axis - 1] ?? 1, window.dilation[axis - 1] ?? 1),
      window.stride[axis - 1] ?? 1,
    ];
    if (typeof before !== "number") return undefined;
    // Pools may pad by half of their window, and convolutions hardly do more.
    return Array.from({ length: Math.floor(extent / 2) + 1 }, (_, pad) => pad).find(
      (pad) => Math.floor((before + 2 * pad - extent) / stride) + 1 === size,
    );
  });
  const [first] = paddings;
  return first !== undefined && paddings.every((pad) => pad === first) ? `pad=${first}` : undefined;
}

/** How a size came out of a window, as a formula: `55 = floor((112 - 3) / 2) + 1`; of a vector, `1024 = 64 * 4 * 4`. */
export function sizeFormula(node: OpNode, axis: number, nodes: readonly OpNode[]): string | undefined {
  const source = nodes[node.inputs[0] ?? -1];
  if (node.op === flatten && source !== undefined && isBoundShape(source.shape))
    return `${node.shape.channels} = ${dimensions(source.shape).join(" * ")}`;
  const window = windowOf(node, source?.shape);
  const before = source === undefined ? undefined : sizeAt(source.shape, axis);
  if (window === undefined || typeof before !== "number" || axis === 0) return undefined;
  const [first, last] = window.padding[axis - 1] ?? [0, 0];
  const span = (window.dilation[axis - 1] ?? 1) * ((window.size[axis - 1] ?? 1) - 1) + 1;
  const padded = first + last === 0 ? `${before}` : `${before} + ${first + last}`;
  return `${printSize(sizeAt(node.shape, axis) ?? 0)} = floor((${padded} - ${span}) / ${window.stride[axis - 1] ?? 1}) + 1`;
}
