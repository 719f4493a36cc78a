/** Pictures as files: well-formed, small, within a screen, every mark with its words, no label upon another. */
import { posix } from "node:path";
import { expect, it } from "vitest";
import { draw, type PictureOptions } from "../../src/viz/draw.ts";
import { THEMES } from "../../src/viz/style.ts";
import { graphOf, SPECS } from "../report/spec-files.ts";
import { pathsBelow } from "../tree.ts";
import { labelProblems, silentMarks } from "./labels.ts";
import { MODELS, network } from "./networks.ts";
import { elementsIn, parseXml } from "./xml.ts";

/** Sizes that specs leave free. */
const SIZES: Readonly<Record<string, string>> = {
  "unet.dn": "H=64,W=64,D=64",
  "fc-densenet.dn": "H=224,W=224",
  "densenet-siamese.dn": "T=512",
};
const FILES = pathsBelow("specs")
  .map((path) => posix.basename(path))
  .filter((name) => name.endsWith(".dn") && name !== "densenet-blocks.dn")
  .map((name) => (SIZES[name] === undefined ? name : `${name} ${SIZES[name]}`));
const ALL = [...MODELS, ...FILES];

function pictureOf(name: string, options: Partial<PictureOptions> = {}): string {
  const problems: string[] = [];
  const reporter = { report: ({ message }: { readonly message: string }) => problems.push(message) };
  const picture = draw(network(name), { format: "svg", ...options }, reporter);
  expect(problems).toEqual([]);
  return picture?.text ?? "";
}

/** Small enough for a graph of all layers. */
const SMALL = ["one", "squeeze", "unet", "googlenet", "siamese", "excitedNet", "densenet-tiny.dn"];

/** In all layouts and styles that a network has. */
const FORMS = ALL.flatMap((name): readonly (readonly [string, Partial<PictureOptions>])[] => [
  [name, {}],
  [name, { layout: "spine" }],
  [name, { layout: "u" }],
  [name, { style: "figure" }],
  ...(SMALL.includes(name) ? ([[name, { layout: "graph" }]] as const) : []),
]);

it.each(FORMS)("%s %o is well-formed, each mark has words, and no label is upon another", (name, options) => {
  const root = parseXml(pictureOf(name, options));
  expect(silentMarks(root)).toEqual([]);
  expect(labelProblems(root)).toEqual([]);
});

it("sees marks without words, and labels that collide or leave the picture", () => {
  const root = parseXml(
    '<svg viewBox="0 0 99 99"><title>t</title><path d="M0 0"/><g><title>u</title><path d="M0 0"/></g>' +
      '<text class="body" x="9" y="20">one</text><text class="body" x="12" y="24">two</text>' +
      '<text class="body" x="90" y="60">three</text></svg>',
  );
  expect(silentMarks(root)).toHaveLength(1);
  expect(labelProblems(root)).toEqual(["three leaves the picture", "one / two"]);
});

it.each(ALL)("%s fits a screen", (name) => {
  const { attributes } = parseXml(pictureOf(name));
  expect(Number(attributes["width"])).toBeLessThanOrEqual(1440);
  expect(Number(attributes["height"])).toBeLessThanOrEqual(1000);
});

it.each(ALL)("%s takes less than a megabyte, as a picture and as a page", (name) => {
  const svg = pictureOf(name);
  expect(Buffer.byteLength(svg)).toBeLessThan(1_000_000);
  expect(Buffer.byteLength(pictureOf(name, { format: "html" }))).toBeLessThan(1_000_000);
  expect(elementsIn(parseXml(svg)).length).toBeLessThan(9_000);
});

it("DenseNet-264 is drawn in half a second of computing", () => {
  const graph = network("densenet264.dn");
  const start = process.cpuUsage();
  draw(graph, { format: "svg" }, { report: () => {} });
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1e6).toBeLessThan(0.5);
});

it("colors order amounts by lightness, and text can be read on what it stands on", () => {
  for (const { steps, paper, card, ink, muted, skip, flow } of Object.values(THEMES)) {
    const lightness = steps.map(luminance);
    const sorted = lightness.toSorted((a, b) => a - b);
    expect([sorted, sorted.toReversed()]).toContainEqual(lightness);
    for (const text of [ink, muted]) {
      for (const ground of [paper, card]) expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
    }
    // Lines and the strongest colors need less.
    for (const line of [skip, flow, steps.at(-1) ?? ""])
      expect(contrast(line, paper)).toBeGreaterThanOrEqual(3);
  }
});

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(first: string, second: string): number {
  const [low = 0, high = 0] = [luminance(first), luminance(second)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

it.each([
  ["svg", "densenet-tiny.svg"],
  ["dot", "densenet-tiny.dot"],
  ["mermaid", "densenet-tiny.mmd"],
  ["model-explorer", "densenet-tiny.json"],
  ["model-explorer-data", "densenet-tiny-costs.json"],
] as const)("a small network as %s", async (format, golden) => {
  // Wherever the project lies.
  const text = pictureOf("densenet-tiny.dn", { format }).replaceAll(SPECS, "specs");
  await expect(text).toMatchFileSnapshot(`../golden/pictures/${golden}`);
});

it("a part's path cannot end the script of a page", () => {
  const graph = graphOf({ text: "dn 1; model m { input x: f32[3]; output y = x < relu >; }" });
  const hostile = graph.nodes.map((node) => ({
    ...node,
    origin: {
      ...node.origin,
      span: { ...node.origin.span, file: { ...node.origin.span.file, path: "</script><b>&\"'.dn" } },
    },
  }));
  const page = draw({ ...graph, nodes: hostile }, { format: "html" }, { report: () => {} })?.text ?? "";
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  const [, data = ""] = /id="data">(.*)<\/script>/.exec(page) ?? [];
  expect(JSON.stringify(JSON.parse(data))).toContain("</script><b>");
});
