/** Networks that nobody drew by hand: every random spec that is right has a picture in every form. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { elaborate } from "../../src/compile.ts";
import type { CheckedGraph } from "../../src/ops/op.ts";
import { draw, FORMATS, type PictureOptions } from "../../src/viz/draw.ts";
import { flowOf, nodesOf, seriesOf } from "../../src/viz/series.ts";
import { randomSpec } from "../fuzz/random-spec.ts";
import { labelProblems, silentMarks } from "./labels.ts";
import { parseXml } from "./xml.ts";

/** `undefined` while a size is free. */
const graphs = randomSpec
  .map((text) => ({ text, graph: elaborate({ path: "random.dn", text }).graph }))
  .filter((each): each is { text: string; graph: CheckedGraph } => each.graph !== undefined);

const forms = fc.constantFrom<Partial<PictureOptions>>(
  {},
  { layout: "spine" },
  { layout: "u" },
  { style: "figure" },
);

it("draws them with words for every mark and room for every label", () => {
  fc.assert(
    fc.property(graphs, forms, ({ graph }, options) => {
      const picture = draw(graph, { format: "svg", ...options }, { report: () => {} });
      const root = parseXml(picture?.text ?? "");
      expect(silentMarks(root)).toEqual([]);
      expect(labelProblems(root)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

it("takes them apart without losing a node, and writes them in every format", () => {
  fc.assert(
    fc.property(graphs, fc.constantFrom(...FORMATS), ({ graph }, format) => {
      const flow = flowOf(graph);
      const ids = nodesOf(seriesOf(flow)).map(({ id }) => id);
      expect(ids.toSorted((a, b) => a - b)).toEqual(flow.nodes.map(({ id }) => id));
      expect(draw(graph, { format }, { report: () => {} })?.text.length).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
});
