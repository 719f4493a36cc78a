/**
 * Places the nodes of a directed graph on ranks, from the top down, after Sugiyama, Tagawa and Toda 1981: ranks by
 * longest paths, orders by barycenters, positions by least squares. For graphs of a few hundred nodes.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** `from` and `to`: positions in the list of nodes; edges lead to later ones. */
export interface Edge {
  readonly from: number;
  readonly to: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LayeredGraph extends Size {
  /** The middle of each node. */
  readonly centers: readonly Point[];
  /** Of each edge: from the lower side of a node, through the ranks, to the upper side of another. */
  readonly ways: readonly (readonly Point[])[];
}

const [COLUMN_GAP, RANK_GAP, WAY_WIDTH] = [18, 26, 10];
const ORDER_SWEEPS = 12;
const POSITION_SWEEPS = 12;
/** How much more an edge that passes a rank wants to be straight than a node wants to stand amid its neighbors. */
const STRAIGHTNESS = 6;

/** A node, or the place where an edge passes a rank. */
interface Cell {
  readonly rank: number;
  readonly width: number;
  readonly height: number;
  readonly isNode: boolean;
  readonly above: Cell[];
  readonly below: Cell[];
  x: number;
}

export function layered(sizes: readonly Size[], edges: readonly Edge[]): LayeredGraph {
  const ranks = ranksOf(sizes.length, edges);
  const nodes = sizes.map(
    ({ width, height }, at): Cell => ({
      rank: ranks[at] ?? 0,
      width,
      height,
      isNode: true,
      above: [],
      below: [],
      x: 0,
    }),
  );
  const passing: Cell[] = [];
  const chains = edges.map(({ from, to }): readonly Cell[] => {
    const [start, end] = [nodes[from], nodes[to]];
    if (start === undefined || end === undefined) return [];
    const between = Array.from(
      { length: Math.max(0, end.rank - start.rank - 1) },
      (_, step): Cell => ({
        rank: start.rank + 1 + step,
        width: WAY_WIDTH,
        height: 0,
        isNode: false,
        above: [],
        below: [],
        x: 0,
      }),
    );
    passing.push(...between);
    const chain = [start, ...between, end];
    for (const [at, cell] of chain.entries()) {
      const next = chain[at + 1];
      if (next === undefined) continue;
      cell.below.push(next);
      next.above.push(cell);
    }
    return chain;
  });
  const rows = orderedRows([...nodes, ...passing]);
  place(rows);
  const left = Math.min(0, ...rows.flat().map(({ x, width }) => x - width / 2));
  const width = Math.max(0, ...rows.flat().map((cell) => cell.x + cell.width / 2)) - left;
  const heights = rows.map((row) => Math.max(0, ...row.map(({ height }) => height)));
  const middles: number[] = [];
  let top = 0;
  for (const height of heights) {
    middles.push(top + height / 2);
    top += height + RANK_GAP;
  }
  const middleOf = ({ rank }: Cell): number => middles[rank] ?? 0;
  return {
    width,
    height: Math.max(0, top - RANK_GAP),
    centers: nodes.map((cell) => ({ x: cell.x - left, y: middleOf(cell) })),
    ways: chains.map((chain) =>
      chain.flatMap((cell, at): readonly Point[] => {
        const [x, y, half] = [cell.x - left, middleOf(cell), (heights[cell.rank] ?? 0) / 2];
        if (at === 0) return [{ x, y: y + cell.height / 2 }];
        if (at === chain.length - 1) return [{ x, y: y - cell.height / 2 }];
        return [
          { x, y: y - half },
          { x, y: y + half },
        ];
      }),
    ),
  };
}

/** A node stands below all that it reads; what nothing pushes down stands right above its reader. */
function ranksOf(count: number, edges: readonly Edge[]): readonly number[] {
  const ranks = Array.from({ length: count }, () => 0);
  const sorted = edges.toSorted((a, b) => a.from - b.from);
  for (const { from, to } of sorted) ranks[to] = Math.max(ranks[to] ?? 0, (ranks[from] ?? 0) + 1);
  const read = new Set(edges.map(({ to }) => to));
  for (let node = count - 1; node >= 0; node -= 1) {
    const readers = edges.filter(({ from }) => from === node).map(({ to }) => ranks[to] ?? 0);
    if (!read.has(node) && readers.length > 0) ranks[node] = Math.min(...readers) - 1;
  }
  return ranks;
}

function orderedRows(cells: readonly Cell[]): readonly Cell[][] {
  const rows: Cell[][] = Array.from({ length: Math.max(0, ...cells.map(({ rank }) => rank)) + 1 }, () => []);
  for (const cell of cells) rows[cell.rank]?.push(cell);
  let best = rows.map((row) => [...row]);
  let fewest = crossingsOf(rows);
  for (let sweep = 0; sweep < ORDER_SWEEPS && fewest > 0; sweep += 1) {
    const isDown = sweep % 2 === 0;
    for (const row of isDown ? rows : rows.toReversed()) {
      const position = new Map<Cell, number>();
      for (const each of rows) for (const [at, cell] of each.entries()) position.set(cell, at);
      const weight = new Map(
        row.map((cell, at) => [
          cell,
          mean((isDown ? cell.above : cell.below).map((each) => position.get(each) ?? 0)) ?? at,
        ]),
      );
      row.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0));
    }
    const crossings = crossingsOf(rows);
    if (crossings < fewest) [fewest, best] = [crossings, rows.map((row) => [...row])];
  }
  return best;
}

function crossingsOf(rows: readonly (readonly Cell[])[]): number {
  let crossings = 0;
  for (const [at, row] of rows.entries()) {
    const position = new Map((rows[at + 1] ?? []).map((cell, index) => [cell, index]));
    const seen: number[] = [];
    for (const cell of row) {
      const ends = cell.below.map((each) => position.get(each) ?? 0);
      for (const end of ends) crossings += seen.filter((other) => other > end).length;
      seen.push(...ends);
    }
  }
  return crossings;
}

/** Moves each row to where its neighbors want it, by turns from above and from below. */
function place(rows: readonly (readonly Cell[])[]): void {
  for (const row of rows) settle(row, () => 0);
  for (let sweep = 0; sweep < POSITION_SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    for (const row of isDown ? rows : rows.toReversed()) {
      // What stands alone on its rank stays in the middle, so that such nodes are in line.
      if (row.length === 1) continue;
      settle(row, (cell) => {
        const near = isDown ? cell.above : cell.below;
        const all = sweep < POSITION_SWEEPS / 2 ? near : [...cell.above, ...cell.below];
        return mean(all.map(({ x }) => x)) ?? cell.x;
      });
    }
  }
}

/** The positions nearest to what is wanted, in the order of the row and without overlaps: isotonic regression. */
function settle(row: readonly Cell[], wanted: (cell: Cell) => number): void {
  const offsets: number[] = [];
  let offset = 0;
  for (const [at, cell] of row.entries()) {
    const before = row[at - 1];
    if (before !== undefined) offset += (before.width + cell.width) / 2 + COLUMN_GAP;
    offsets.push(offset);
  }
  const pools: { sum: number; weight: number; count: number }[] = [];
  for (const [at, cell] of row.entries()) {
    const weight = cell.isNode ? 1 : STRAIGHTNESS;
    let pool = { sum: (wanted(cell) - (offsets[at] ?? 0)) * weight, weight, count: 1 };
    for (
      let last = pools.at(-1);
      last !== undefined && last.sum / last.weight > pool.sum / pool.weight;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = { sum: pool.sum + last.sum, weight: pool.weight + last.weight, count: pool.count + last.count };
    }
    pools.push(pool);
  }
  let at = 0;
  for (const { sum, weight, count } of pools) {
    for (let member = 0; member < count; member += 1, at += 1) {
      const cell = row[at];
      if (cell !== undefined) cell.x = sum / weight + (offsets[at] ?? 0);
    }
  }
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
