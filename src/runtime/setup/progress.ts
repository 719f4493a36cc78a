/** How long work tells where it stands. The command line shows it as a bar or as lines. */

export interface Progress {
  /** The next step begins: `downloading tensorflow-cpu 2.15.1`. */
  step(title: string): void;
  /** How far the step is. */
  advance(doneBytes: number, totalBytes: number): void;
}

export const noProgress: Progress = { step: () => {}, advance: () => {} };
