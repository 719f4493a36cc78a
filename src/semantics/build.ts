/** The graph under construction, and where in the spec the expansion stands. */
import type { DiagnosticDetails, DiagnosticKind, Frame } from "../base/diagnostic.ts";
import { defineDiagnostic } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import { withSeparators } from "../base/text.ts";
import type { OpNode, Value } from "../ops/op.ts";
import type { Settings } from "../ops/settings.ts";
import type { Environment } from "./evaluate.ts";
import type { Module } from "./module.ts";
import type { Problems } from "./problems.ts";
import type { Resolution } from "./resolve.ts";
import type { Scope } from "./scope.ts";

export const modelTooLarge: DiagnosticKind<[limit: number]> = defineDiagnostic({
  code: "DN0211",
  message: (limit: number) => `the model expands to more than ${withSeparators(limit)} stages`,
  explain: {
    title: "model-too-large",
    text: "Expansion stops here, before memory runs out. A `repeat` or `for` counts further than was meant, or loops are nested.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < repeat 1000000000000 < relu > >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < repeat 10 < relu > >; }\n",
  },
});

/** ResNet-1202 has 6,000 stages. */
const MOST_STEPS = 1_000_000;

export interface Build {
  readonly nodes: OpNode[];
  readonly problems: Problems;
  readonly resolution: Resolution;
  readonly settings: Settings;
  /** The `let`s of each file. */
  readonly fileScope: (module: Module) => Scope;
  /** Stages expanded so far. */
  steps: number;
}

/** Where the expansion stands: one per body. */
export interface Place {
  readonly build: Build;
  readonly module: Module;
  readonly frame: Frame;
  /** Of the nodes made here: `net/features/dense/3`. */
  readonly path: string;
  readonly scope: Scope;
}

export function report<Args extends readonly unknown[]>(
  place: Pick<Place, "build" | "frame">,
  kind: DiagnosticKind<Args>,
  args: Args,
  details: DiagnosticDetails & { readonly span: Span },
): undefined {
  place.build.problems.report(kind.at({ frame: place.frame, ...details }, ...args));
}

/** Expressions at a place; `in` and `it` where they have a value. */
export function environmentAt(
  place: Pick<Place, "build" | "frame" | "scope">,
  flow: { readonly in?: Value | undefined; readonly it?: Value | undefined } = {},
): Environment {
  return {
    scope: place.scope,
    ...flow,
    isBad: (expression) => place.build.resolution.bad.has(expression),
    report: (kind, args, span, help) =>
      report(place, kind, args, { span, ...(help === undefined ? {} : { help: [help] }) }),
  };
}

/** Whether there is room for another stage; reports DN0211 the first time that there is not. */
export function hasRoom(place: Place, span: Span): boolean {
  place.build.steps += 1;
  if (place.build.steps === MOST_STEPS) {
    report(place, modelTooLarge, [MOST_STEPS], { span, help: ["lower the counts of the loops around it"] });
  }
  return place.build.steps < MOST_STEPS;
}
