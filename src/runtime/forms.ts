/** Which form of a graph suits a batch, and how many threads each form wants. */
import type { ArtifactDescription } from "../targets/artifact.ts";
import type { Threads } from "./environment.ts";

/** How an artifact computes: in one of its forms, or by the graph itself. */
export type FormChoice = keyof NonNullable<ArtifactDescription["forms"]> | "whole";

type Forms = NonNullable<ArtifactDescription["forms"]>;

export function formsOf({ forms = {} }: Pick<ArtifactDescription, "forms">): readonly FormChoice[] {
  return ["whole", ...(Object.keys(forms) as readonly (keyof Forms)[])];
}

/** For so many threads in all: each part of a form gets its share of them, and all parts run at the same time. */
export function threadsFor(
  { forms = {} }: Pick<ArtifactDescription, "forms">,
  { intra, inter }: Threads,
): Threads {
  const parts = Math.max(1, ...Object.values(forms).map((form) => form.parts));
  if (intra < parts || inter > 1) return { intra, inter };
  return { intra: Math.floor(intra / parts), inter: parts };
}

/** Below so many multiply-adds in all, a second thread is awake when the first one is done. */
const LEAST_MACS = 5e7;

/** How much longer bands take than towers that are full, because of their joints: measured from 1.09 to 1.28. */
const JOINTS = 1.15;

/** `atOnce`: how many operations run at the same time. */
export function chooseForm(
  { forms = {}, macs }: Pick<ArtifactDescription, "forms" | "macs">,
  { batch, atOnce }: { readonly batch: number; readonly atOnce: number },
): FormChoice {
  const { bands, towers } = forms;
  const fits = (form: Forms[keyof Forms]): boolean => form !== undefined && form.parts <= atOnce;
  if (Number(macs) * batch < LEAST_MACS) return "whole";
  if (towers === undefined || !fits(towers)) return fits(bands) ? "bands" : "whole";
  // Towers take as long as if each had as many samples as the fullest.
  const inTowers = Math.ceil(batch / towers.parts) * towers.parts;
  if (fits(bands) && batch * JOINTS < inTowers) return "bands";
  return batch > 1 ? "towers" : "whole";
}
