/** What the parts of a network are called: the field's words where there is one, else the names of the source. */
import { stageNamed } from "../ops/index.ts";
import { commonPath, isSameShape } from "./layers.ts";
import type { Segment } from "./structure.ts";

/** A segment with the name that a picture shows. */
export interface Named {
  readonly segment: Segment;
  readonly title: string;
  /** In a page: `s3`, and `s1-2-3` for the third segment of the second lane of the first. */
  readonly id: string;
}

/** The lanes of a segment of lanes, each with its segments by name. */
export function lanesIn({ segment, id }: Named): readonly (readonly Named[])[] {
  if (segment.kind !== "lanes") return [];
  return segment.lanes.map((lane, at) => named(lane, `${id}-${at + 1}-`));
}

/** All segments that are no lanes, those inside lanes included. */
export function leavesOf(parts: readonly Named[]): readonly Named[] {
  return parts.flatMap((part) => (part.segment.kind === "lanes" ? lanesIn(part).flatMap(leavesOf) : [part]));
}

export function named(segments: readonly Segment[], prefix = "s"): readonly Named[] {
  const counters = new Map<string, number>();
  const inner = segments.filter(({ kind }) => kind !== "port");
  const titles = segments.map((segment) => {
    const own = namesOf(inner.filter(({ kind }) => kind === segment.kind)).get(segment);
    return titleOf(segment, inner, own);
  });
  const repeated = new Set(titles.filter((title, at) => titles.indexOf(title) !== at));
  return segments.map((segment, at) => {
    const title = titles[at] ?? "";
    const id = `${prefix}${at + 1}`;
    if (!repeated.has(title) || segment.kind === "port") return { segment, title, id };
    const number = (counters.get(title) ?? 0) + 1;
    counters.set(title, number);
    return { segment, title: `${title} ${number}`, id };
  });
}

/** Of an encoder and decoder: by depth, so that what a skip joins has one number. */
export function namedByDepth(segments: readonly Segment[], depths: readonly number[]): readonly Named[] {
  const inner = segments
    .map((segment, at) => ({ segment, at }))
    .filter(({ segment }) => segment.kind !== "port");
  const deepest = inner.reduce(
    (best, { at }) => ((depths[at] ?? 0) > (depths[best] ?? 0) ? at : best),
    inner[0]?.at ?? 0,
  );
  const last = inner.at(-1);
  const head =
    last !== undefined && last.at > deepest && depths[last.at] === depths[inner.at(-2)?.at ?? 0]
      ? last
      : undefined;
  const sides = inner
    .filter((each) => each !== head)
    .map(({ at }) => `${Math.sign(at - deepest)} ${depths[at]}`);
  // Where a level has several segments, or blocks, their own names say more.
  if (new Set(sides).size < sides.length || inner.some(({ segment }) => segment.kind !== "chain"))
    return named(segments);
  const titleAt = (segment: Segment, at: number): string => {
    if (segment.kind === "port") return segment.name;
    if (at === head?.at) return "Head";
    if (at === deepest) return "Bottleneck";
    return `${at < deepest ? "Encoder" : "Decoder"} ${(depths[at] ?? 0) + 1}`;
  };
  return segments.map((segment, at) => ({ segment, title: titleAt(segment, at), id: `s${at + 1}` }));
}

function titleOf(segment: Segment, all: readonly Segment[], own: string | undefined): string {
  const at = all.indexOf(segment);
  switch (segment.kind) {
    case "port":
      return segment.name;
    case "dense":
      return "Dense block";
    case "residual":
      return own ?? "Stage";
    case "branches":
      return own ?? "Module";
    case "lanes":
      return own ?? "Lanes";
    case "chain": {
      if (all[at - 1]?.kind === "dense" && all[at + 1]?.kind === "dense") return "Transition";
      const isPool =
        segment.layers.every(({ costs }) => costs.macs === 0n) && !isSameShape(segment.in, segment.out);
      if (isPool) return "Pooling";
      if (segment.out.sizes.length === 0) return "Head";
      if (all.every(({ kind }) => kind === "chain")) return "Stage";
      return at === 0 ? "Stem" : (own ?? "Layers");
    }
  }
}

/** The innermost name of the source around each segment, where all have one and it is not the same throughout. */
function namesOf(segments: readonly Segment[]): ReadonlyMap<Segment, string> {
  const names = segments.map(({ nodes }) => ownName(commonPath(nodes)));
  const found = new Map<Segment, string>();
  if (names.includes(undefined)) return found;
  for (const [at, segment] of segments.entries()) found.set(segment, names[at] ?? "");
  return found;
}

/** Names that say nothing: repetitions, conditions, and the stages themselves. */
function ownName(path: string): string | undefined {
  const [, , ...names] = path.split("/");
  const own = names.findLast((name) => {
    const [bare = ""] = name.split(".");
    return !/^(\d+|for|repeat|when)$/.test(bare) && stageNamed(bare) === undefined;
  });
  // `fire.2` is the second of that name; pictures number on their own.
  return own?.replace(/\.\d+$/, "");
}
