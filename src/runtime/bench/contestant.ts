/** Who takes part in a benchmark: which library runs which artifact, in which process, with how many threads. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Reporter } from "../../base/diagnostic.ts";
import type { ArtifactDescription } from "../../targets/artifact.ts";
import type { Threads } from "../environment.ts";
import { chooseForm, type FormChoice, formsOf, threadsFor } from "../forms.ts";
import type { Runtime } from "../runtime.ts";
import { runtimes } from "../runtimes/index.ts";
import { tensorflow } from "../runtimes/tensorflow.ts";
import type { EntrantOptions } from "./entrant.ts";

export interface ArtifactAt {
  readonly folder: string;
  readonly description: ArtifactDescription;
}

export interface Contestant extends EntrantOptions {
  /** In the table. */
  readonly name: string;
  readonly threads: number;
  /** How it computes a batch; `undefined`: not at all. */
  formFor(batch: number): Way | undefined;
}

/** A way to compute. */
export interface Way {
  /** For the table. */
  readonly name: string;
  /** The form of the artifact, where it has several. */
  readonly form?: FormChoice;
}

/** What others run the network with. */
export interface Rival {
  /** What `--against` takes. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** The artifact that suits it, and whether our passes help it: libraries with passes of their own get the plain graph. */
  readonly target: string;
  readonly optimize: boolean;
  /** Whether it takes part when nobody asks for it, if it is installed. */
  readonly isUsual: boolean;
  /** `undefined`: it is not installed. Loads nothing. */
  version(): Promise<string | undefined>;
  /** Says why it cannot take part, when it is not installed. */
  reportMissing(artifact: ArtifactAt, reporter: Reporter): Promise<void>;
  contestant(artifact: ArtifactAt, threads: number): Contestant;
}

export const rivals: readonly Rival[] = [
  ...runtimes.filter((runtime) => runtime !== tensorflow).map(rivalInNode),
];

function rivalInNode(runtime: Runtime): Rival {
  const { name, title, target, isNative } = runtime;
  return {
    name,
    title,
    target,
    optimize: true,
    isUsual: isNative,
    version: () => runtime.version(),
    async reportMissing({ folder, description }, reporter) {
      await runtime.open({ folder, description, settings: {} }, reporter);
    },
    contestant: ({ folder }, threads) => ({
      name,
      title,
      threads,
      command: workerCommand(),
      setup: { runtime: name, folder, threads: { intra: threads, inter: 1 } },
      environment: {},
      formFor: () => ({ name: "whole" }),
    }),
  };
}

/** `chosen`: what `dnc run` takes for a batch. */
export type FormRequest = FormChoice | "chosen" | "all";

/** What `dnc` makes of a network, on TensorFlow: one contestant for each way that is asked for. */
export function ownContestants(
  artifact: ArtifactAt,
  { name, form, threads }: { readonly name: string; readonly form: FormRequest; readonly threads: number },
): readonly Contestant[] {
  const { description } = artifact;
  if (form === "chosen") {
    const chosen = threadsFor(description, { intra: threads, inter: 1 });
    return [
      ownContestant(artifact, name, chosen, (batch) => {
        const best = chooseForm(description, { batch, atOnce: chosen.inter });
        return { name: best, form: best };
      }),
    ];
  }
  const asked = form === "all" ? formsOf(description) : formsOf(description).filter((each) => each === form);
  return asked.flatMap((each) => {
    const settings = threadsForForm(description, each, threads);
    // A tower without an image would compute another one twice.
    const fits = (batch: number): boolean => each !== "towers" || batch > 1;
    const way = { name: each, form: each };
    return settings === undefined
      ? []
      : [ownContestant(artifact, name, settings, (batch) => (fits(batch) ? way : undefined))];
  });
}

/** `undefined`: it wants more threads. */
export function threadsForForm(
  { forms = {} }: Pick<ArtifactDescription, "forms">,
  form: FormChoice,
  threads: number,
): Threads | undefined {
  const parts = form === "whole" ? 1 : (forms[form]?.parts ?? 1);
  return parts > threads ? undefined : { intra: Math.floor(threads / parts), inter: parts };
}

function ownContestant(
  { folder }: ArtifactAt,
  name: string,
  { intra, inter }: Threads,
  formFor: Contestant["formFor"],
): Contestant {
  return {
    name,
    title: tensorflow.title,
    threads: intra * inter,
    command: workerCommand(),
    setup: { runtime: tensorflow.name, folder },
    environment: { TF_NUM_INTRAOP_THREADS: `${intra}`, TF_NUM_INTEROP_THREADS: `${inter}` },
    formFor,
  };
}

/** The program of {@link file://./worker.ts}: the bundled one, or, where nothing is bundled, the source. */
function workerCommand(): readonly string[] {
  const bundled = fileURLToPath(new URL("bench-worker.mjs", import.meta.url));
  if (existsSync(bundled)) return [process.execPath, bundled];
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  return [process.execPath, "--import", loader, fileURLToPath(new URL("worker.ts", import.meta.url))];
}
