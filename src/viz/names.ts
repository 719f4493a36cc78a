/** What the parts of a network are called: the field's words where there is one, else the names of the source. */
import { stageNamed } from "../ops/index.ts";
import { commonPath } from "./layers.ts";
import type { Segment } from "./structure.ts";

/** A segment with the name that a picture shows. */
export interface Named {
  readonly segment: Segment;
  readonly title: string;
}

export function named(segments: readonly Segment[]): readonly Named[] {
  const counters = new Map<string, number>();
  const lasting = new Set(segments.filter(({ kind }) => kind !== "port"));
  const inner = [...lasting];
  const titles = segments.map((segment) => {
    const own = namesOf(inner.filter(({ kind }) => kind === segment.kind)).get(segment);
    return titleOf(segment, inner, own);
  });
  const repeated = new Set(titles.filter((title, at) => titles.indexOf(title) !== at));
  return segments.map((segment, at) => {
    const title = titles[at] ?? "";
    if (!repeated.has(title) || segment.kind === "port") return { segment, title };
    const number = (counters.get(title) ?? 0) + 1;
    counters.set(title, number);
    return { segment, title: `${title} ${number}` };
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
  return segments.map((segment, at) => {
    if (segment.kind === "port") return { segment, title: segment.name };
    if (at === head?.at) return { segment, title: "Head" };
    if (at === deepest) return { segment, title: "Bottleneck" };
    return { segment, title: `${at < deepest ? "Encoder" : "Decoder"} ${(depths[at] ?? 0) + 1}` };
  });
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
      const isPool = segment.layers.every(({ costs }) => costs.macs === 0n);
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
