/** What others have published or measured of well-known networks, and whether a model has the same numbers. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { jsonInteger, withSeparators } from "../base/text.ts";
import { dimensions } from "../ir/shape.ts";
import type { Spelling } from "../measure/convention.ts";
import { conventionNamed, isConvention } from "../measure/conventions.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";
import { budgetExceeded } from "../semantics/expect.ts";
import { startOfModel } from "./budget.ts";
import { PUBLISHED_TEXT } from "./published.generated.ts";
import { type Report, reportOf } from "./report.ts";

export interface PublishedNetwork {
  readonly name: string;
  /** Whose network it is, or which program makes it. */
  readonly source: string;
  /** Channels, then sizes, for which the figures are. */
  readonly inputs: readonly (readonly number[])[];
  /** By `params`, `buffers`, `macs` and the others of `FIGURES`, or by the id of a convention. */
  readonly figures: Readonly<Record<string, number>>;
  /** Of how many operations of a name the source calls a function, where tools count that otherwise: the last ones. */
  readonly functions: Readonly<Record<string, number>>;
}

export interface Comparison {
  readonly network: PublishedNetwork;
  readonly figures: readonly Figure[];
  /** Whether figures that depend on the sizes of inputs were left out, because these are others. */
  readonly hasOtherInputs: boolean;
}

export interface Figure {
  readonly name: string;
  readonly title: string;
  readonly published: bigint;
  readonly found: bigint;
}

interface FigureKind {
  readonly title: string;
  readonly needsInputs: boolean;
  found(report: Report): bigint | number | undefined;
}

const FIGURES: Readonly<Record<string, FigureKind>> = {
  params: { title: "parameters", needsInputs: false, found: ({ totals }) => totals.params },
  buffers: { title: "running statistics", needsInputs: false, found: ({ totals }) => totals.buffers },
  folded: { title: "parameters, norms folded", needsInputs: false, found: ({ norms }) => norms.foldedParams },
  macs: { title: "multiply-adds", needsInputs: true, found: ({ totals }) => totals.macs },
  peak: {
    title: "peak bytes, concats of all parts",
    needsInputs: true,
    found: ({ memory }) => memory.flatPeak,
  },
  kept: { title: "bytes kept for training", needsInputs: true, found: ({ memory }) => memory.kept.naive },
  recomputed: {
    title: "bytes kept, layers computed again",
    needsInputs: true,
    found: ({ memory }) => memory.kept.recomputed,
  },
  "rf-min": {
    title: "receptive field, shortest path",
    needsInputs: true,
    found: ({ field: [axis] }) => axis?.min,
  },
  "rf-max": {
    title: "receptive field, longest path",
    needsInputs: true,
    found: ({ field: [axis] }) => axis?.max,
  },
};

let networks: readonly PublishedNetwork[] | undefined;

/** All that are known; read when the first is asked for. */
export function publishedNetworks(): readonly PublishedNetwork[] {
  networks ??= JSON.parse(PUBLISHED_TEXT) as readonly PublishedNetwork[];
  return networks;
}

/** Every figure that is known for the inputs of the model. */
export function comparedWith(graph: CheckedGraph, network: PublishedNetwork): Comparison {
  const conventions = Object.keys(network.figures)
    .filter((name) => FIGURES[name] === undefined)
    .map(conventionNamed)
    .filter(isConvention);
  const report = reportOf(graph, { conventions, spellingOf: publishedSpelling(graph, network) });
  const inputs = report.inputs.map(({ shape }) => dimensions(shape));
  const hasOtherInputs = JSON.stringify(inputs) !== JSON.stringify(network.inputs);
  const figures = Object.entries(network.figures).flatMap(([name, value]): readonly Figure[] => {
    const kind = FIGURES[name];
    const counted = report.conventions.find(({ convention }) => convention.data.id === name);
    if (hasOtherInputs && kind?.needsInputs !== false) return [];
    const found = kind === undefined ? counted?.total : kind.found(report);
    if (found === undefined) return [];
    return [{ name, title: kind?.title ?? name, published: BigInt(value), found: BigInt(found) }];
  });
  return { network, figures, hasOtherInputs };
}

/** PyTorch's own networks call functions at their ends. */
export function publishedSpelling(
  { nodes }: CheckedGraph,
  { functions }: PublishedNetwork,
): (node: OpNode) => Spelling | undefined {
  const called = new Map<number, Spelling>();
  for (const [name, count] of Object.entries(functions)) {
    const alike = nodes.filter(({ op }) => op.name === name);
    for (const [at, { id }] of alike.entries())
      called.set(id, at < alike.length - count ? "module" : "function");
  }
  return ({ id }) => called.get(id);
}

/** A diagnostic that tells which figures are others; none where all agree. */
export function differentFigures(
  graph: CheckedGraph,
  { network, figures }: Comparison,
): readonly Diagnostic[] {
  const different = figures.filter(({ published, found }) => published !== found);
  if (different.length === 0) return [];
  const notes = [
    `published: ${network.source}`,
    ...different.map(
      ({ title, published, found }) =>
        `${title}: ${withSeparators(published)} there, ${withSeparators(found)} here`,
    ),
  ];
  return [
    budgetExceeded.at(
      { ...startOfModel(graph), notes },
      `the figures of ${network.name}`,
      `${different.length} of ${figures.length} differ`,
    ),
  ];
}

export interface PublishedJson {
  readonly name: string;
  readonly source: string;
  readonly figures: readonly {
    readonly name: string;
    readonly published: number | string;
    readonly found: number | string;
    readonly agrees: boolean;
  }[];
}

export function comparisonToJson({ network: { name, source }, figures }: Comparison): PublishedJson {
  return {
    name,
    source,
    figures: figures.map(({ name: figure, published, found }) => ({
      name: figure,
      published: jsonInteger(published),
      found: jsonInteger(found),
      agrees: published === found,
    })),
  };
}

/** As a table for people. */
export function comparisonLines({ network, figures, hasOtherInputs }: Comparison): readonly string[] {
  const rows = [
    ["figure", "published", "here", ""],
    ...figures.map(({ title, published, found }) => [
      title,
      withSeparators(published),
      withSeparators(found),
      published === found ? "" : "differs",
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const agreeing = figures.filter(({ published, found }) => published === found).length;
  return [
    `${network.name}: ${network.source}`,
    ...rows.map(([name = "", published = "", here = "", verdict = ""]) =>
      `${name.padEnd(widths[0] ?? 0)}  ${published.padStart(widths[1] ?? 0)}  ${here.padStart(widths[2] ?? 0)}  ${verdict}`.trimEnd(),
    ),
    `${agreeing} of ${figures.length} figures are as published`,
    ...(hasOtherInputs
      ? [`the others are for inputs of ${network.inputs.map((sizes) => sizes.join("x")).join(", ")}`]
      : []),
  ];
}
