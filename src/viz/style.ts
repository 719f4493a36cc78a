/** The colors and letters of pictures, for light and dark surroundings; text keeps a contrast of 4.5 and more. */
import { TEXT_STYLES } from "./scene.ts";

/** How many steps the scale has; each stands for twice the step before. */
export const STEPS = 9;

/** One hue from pale to deep, so that lightness alone orders it, whatever colors a person tells apart. */
const LIGHT: readonly string[] = [
  "#dfe9f5",
  "#c6d8ed",
  "#a8c5e4",
  "#86afd8",
  "#6398cb",
  "#4480ba",
  "#2b66a3",
  "#174e87",
  "#08366b",
];
/** Deep to bright: more stands out from the dark. */
const DARK: readonly string[] = [
  "#1c3048",
  "#22405f",
  "#2a527a",
  "#336596",
  "#437cb0",
  "#5b95c6",
  "#7fb0d9",
  "#aacbe9",
  "#dbe9f8",
];

interface Theme {
  readonly paper: string;
  readonly card: string;
  readonly edge: string;
  readonly ink: string;
  readonly muted: string;
  readonly flow: string;
  readonly skip: string;
  readonly steps: readonly string[];
}

export const THEMES: Readonly<Record<"light" | "dark", Theme>> = {
  light: {
    paper: "#ffffff",
    card: "#f6f8fb",
    edge: "#c5cfdb",
    ink: "#17202b",
    muted: "#546273",
    flow: "#7d8b9c",
    skip: "#b4520f",
    steps: LIGHT,
  },
  dark: {
    paper: "#0f141b",
    card: "#182029",
    edge: "#3a4757",
    ink: "#e9eef5",
    muted: "#a2afbf",
    flow: "#7d8b9c",
    skip: "#f0a05a",
    steps: DARK,
  },
};

function variables({ steps, ...colors }: Theme): string {
  const named = Object.entries(colors).map(([name, color]) => `--${name}:${color}`);
  return [...named, ...steps.map((color, at) => `--s${at}:${color}`)].join(";");
}

const texts = Object.entries(TEXT_STYLES).map(
  ([name, { size, weight }]) => `.net .${name}{font-size:${size}px;font-weight:${weight}}`,
);

/** For all of a document, in the colors that its reader prefers. */
export const THEME_VARIABLES: string = [
  `:root{${variables(THEMES.light)};color-scheme:light dark}`,
  `@media (prefers-color-scheme:dark){:root{${variables(THEMES.dark)}}}`,
].join("");

/** Of a page; uses the variables of a theme. */
export const BODY_STYLE =
  'body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.5 "Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif}';

/** Uses the variables of a theme. */
export const STYLE: string = [
  ".net{max-width:100%;height:auto}",
  '.net text{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif;fill:var(--ink);font-variant-numeric:tabular-nums}',
  ...texts,
  ".net .note,.net .tick{fill:var(--muted)}",
  ".net .paper{fill:var(--paper)}",
  ".net .card{fill:var(--card);stroke:var(--edge)}",
  ".net .port{fill:var(--paper);stroke:var(--flow)}",
  ".net .target{fill:none}",
  ".net .flow{fill:none;stroke:var(--flow);stroke-width:1.5}",
  ".net .tip{fill:var(--flow)}",
  ".net .skip{fill:none;stroke:var(--skip);stroke-width:1.5}",
  ".net .projected{stroke-dasharray:4 3}",
  ".net .skip-tip{fill:var(--skip)}",
  ".net .none{fill:none;stroke:var(--edge);stroke-width:.5}",
  ...Array.from({ length: STEPS }, (_, at) => `.net .s${at}{fill:var(--s${at})}`),
].join("");
