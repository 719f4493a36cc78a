/** Graphs on ranks: whatever the graph, nodes keep apart and edges lead down. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Edge, layered } from "../../src/viz/layered.ts";

const graphs = fc.integer({ min: 1, max: 24 }).chain((count) =>
  fc.record({
    sizes: fc.array(fc.record({ width: fc.integer({ min: 20, max: 120 }), height: fc.constant(30) }), {
      minLength: count,
      maxLength: count,
    }),
    edges: fc
      .uniqueArray(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { selector: ([a, b]) => `${a} ${b}` })
      .map((pairs) => pairs.filter(([a, b]) => a < b).map(([from, to]): Edge => ({ from, to }))),
  }),
);

it("keeps nodes apart and inside, and leads every edge down", () => {
  fc.assert(
    fc.property(graphs, ({ sizes, edges }) => {
      const { width, height, centers, ways } = layered(sizes, edges);
      const boxes = sizes.map((size, at) => {
        const { x, y } = centers[at] ?? { x: Number.NaN, y: Number.NaN };
        return {
          left: x - size.width / 2,
          right: x + size.width / 2,
          top: y - size.height / 2,
          bottom: y + size.height / 2,
        };
      });
      for (const [at, box] of boxes.entries()) {
        expect(box.left).toBeGreaterThanOrEqual(-0.001);
        expect(box.right).toBeLessThanOrEqual(width + 0.001);
        expect(box.bottom).toBeLessThanOrEqual(height + 0.001);
        for (const other of boxes.slice(at + 1)) {
          const apart =
            box.right <= other.left ||
            other.right <= box.left ||
            box.bottom <= other.top ||
            other.bottom <= box.top;
          expect(apart).toBe(true);
        }
      }
      for (const [at, { from, to }] of edges.entries()) {
        const way = ways[at] ?? [];
        expect(way[0]?.y).toBe(boxes[from]?.bottom);
        expect(way.at(-1)?.y).toBe(boxes[to]?.top);
        const heights = way.map(({ y }) => y);
        expect(heights).toEqual(heights.toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 200 },
  );
});

it("puts a chain in one line, and a diamond around it", () => {
  const sizes = Array.from({ length: 4 }, () => ({ width: 40, height: 30 }));
  const chain = layered(
    sizes,
    [0, 1, 2].map((from) => ({ from, to: from + 1 })),
  );
  expect(new Set(chain.centers.map(({ x }) => x)).size).toBe(1);
  const { centers } = layered(sizes, [
    { from: 0, to: 1 },
    { from: 0, to: 2 },
    { from: 1, to: 3 },
    { from: 2, to: 3 },
  ]);
  expect(centers[0]?.x).toBe(centers[3]?.x);
  expect((centers[1]?.x ?? 0) + (centers[2]?.x ?? 0)).toBeCloseTo(2 * (centers[0]?.x ?? 0));
});
