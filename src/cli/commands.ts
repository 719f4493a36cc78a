/** The commands of `dnc`, in the order of its help; each is loaded only when it is asked for. */
import type { Command } from "./command.ts";

export interface CommandEntry {
  /** The command's own `summary`, here so that `dnc --help` loads no command; a test holds the two together. */
  readonly summary: string;
  load(): Promise<{ readonly command: Command }>;
}

export type Commands = Readonly<Record<string, CommandEntry>>;

export const COMMANDS: Commands = {
  check: {
    summary: "check specs: names, shapes, promises; runs nothing",
    load: () => import("./commands/check.ts"),
  },
  fmt: {
    summary: "rewrite specs in canonical form",
    load: () => import("./commands/fmt.ts"),
  },
  report: {
    summary: "parameters, operations under named conventions, memory, traffic, receptive field",
    load: () => import("./commands/report.ts"),
  },
  diff: {
    summary: "compare two specs or saved reports: stages, shapes, counts",
    load: () => import("./commands/diff.ts"),
  },
  viz: {
    summary: "draw a model: SVG, a page, or a graph for other tools",
    load: () => import("./commands/viz.ts"),
  },
  compile: {
    summary: "write a model as a TensorFlow SavedModel, as ONNX, or for browsers",
    load: () => import("./commands/compile.ts"),
  },
  run: {
    summary: "run a spec or an artifact natively on an image or array",
    load: () => import("./commands/run.ts"),
  },
  bench: {
    summary: "time a model, side by side with other libraries that run it",
    load: () => import("./commands/bench.ts"),
  },
  ops: {
    summary: "list the stages of the language, or tell all about one",
    load: () => import("./commands/ops.ts"),
  },
  explain: {
    summary: "say what a diagnostic means and how to mend it",
    load: () => import("./commands/explain.ts"),
  },
  setup: {
    summary: "provide or mend the native library",
    load: () => import("./commands/setup.ts"),
  },
  doctor: {
    summary: "examine the native library and all that it needs",
    load: () => import("./commands/doctor.ts"),
  },
};

export async function loadCommand(name: string, commands: Commands = COMMANDS): Promise<Command | undefined> {
  // A plain look-up would find what every object inherits, such as `constructor`.
  if (!Object.hasOwn(commands, name)) return undefined;
  const loaded = await commands[name]?.load();
  return loaded?.command;
}
