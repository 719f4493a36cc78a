/** The values of a graph as its form of bands has them: whole, or cut; what is asked for in another way is joined. */
import { invariant } from "../base/invariant.ts";
import type { Ref } from "../ir/lowered.ts";
import type { Rows } from "./band-rule.ts";
import type { Rewriter } from "./rewrite.ts";
import { sliceRows } from "./slice-rows.ts";

export interface Band {
  readonly ref: Ref;
  readonly rows: Rows;
}

/** What stands for a value of the graph: itself in one piece, or bands that follow each other without a gap. */
export type BandedValue = { readonly whole: Ref } | { readonly bands: readonly Band[] };

/** Everything is asked for by its reference in the graph itself. */
export interface BandedValues {
  set(node: string, value: BandedValue): void;
  has(ref: Ref): boolean;
  bands(ref: Ref): readonly Band[] | undefined;
  /** In one piece. What was never set is in the form what it is in the graph. */
  whole(ref: Ref): Ref;
  /** These rows in one piece: of one band, or of neighbors. */
  rows(ref: Ref, rows: Rows): Ref;
  /** The nodes that compute it. */
  nodesOf(node: string): readonly string[];
}

/** Rows are positions along `axis`. Each joint is made once, however many ask for it. */
export function bandedValues(axis: number, rewriter: Rewriter): BandedValues {
  const values = new Map<string, BandedValue>();
  const joints = new Map<string, Ref>();
  const bandsOf = (ref: Ref): readonly Band[] => {
    const value = values.get(ref.node) ?? { whole: ref };
    if ("bands" in value) return value.bands;
    return [{ ref: value.whole, rows: { begin: 0, end: rewriter.typeOf(ref).shape[axis] ?? 1 } }];
  };
  const read = (ref: Ref, wanted: Rows): Ref => {
    const key = `${ref.node}:${wanted.begin}:${wanted.end}`;
    const known = joints.get(key);
    if (known !== undefined) return known;
    const pieces = bandsOf(ref)
      .filter(({ rows }) => rows.begin < wanted.end && wanted.begin < rows.end)
      .map(({ ref: band, rows }) => {
        const begin = Math.max(rows.begin, wanted.begin) - rows.begin;
        const end = Math.min(rows.end, wanted.end) - rows.begin;
        return sliceRows({ name: `${ref.node}/rows`, ref: band, rows: { begin, end }, axis }, rewriter);
      });
    const [first] = pieces;
    invariant(first !== undefined, `rows ${wanted.begin} to ${wanted.end} of ${ref.node} are nowhere`);
    const joint =
      pieces.length === 1 ? first : rewriter.addHelper(`${ref.node}/joint`, { kind: "concat", axis }, pieces);
    joints.set(key, joint);
    return joint;
  };
  return {
    set: (node, value) => void values.set(node, value),
    has: (ref) => values.has(ref.node),
    bands(ref) {
      const value = values.get(ref.node);
      return value !== undefined && "bands" in value ? value.bands : undefined;
    },
    whole(ref) {
      const bands = bandsOf(ref);
      const [first] = bands;
      if (bands.length === 1 && first !== undefined) return first.ref;
      return read(ref, { begin: 0, end: bands.at(-1)?.rows.end ?? 0 });
    },
    rows: read,
    nodesOf(node) {
      const value = values.get(node);
      if (value === undefined) return [node];
      return "bands" in value ? value.bands.map(({ ref }) => ref.node) : [value.whole.node];
    },
  };
}
