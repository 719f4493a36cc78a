/**
 * Gives the compiler many texts that nobody wrote, and says what it does not take as it should: `npx tsx scripts/fuzz.ts
 * [--runs 1000000] [--seed 1] [--from 0] [--jobs 1]`. A text that fails is kept in `build/fuzz/`, and looked at again
 * with `--from NUMBER --runs 1`. Each job is a process of its own, so that one that hangs can be ended.
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { inputOf } from "../test/fuzz/inputs.ts";
import type { Batch, Report } from "./fuzz-worker.ts";

const BATCH = 250;
/** By the clock, on a machine that may have much else to do. */
const SECONDS_TO_HANG = 300;
const SECONDS_BETWEEN_LINES = 60;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    jobs: { type: "string", default: "1" },
  },
});
const [seed, first] = [Number(values.seed), Number(values.from)];
const end = first + Number(values.runs);

const folder = fileURLToPath(new URL("../build/fuzz/", import.meta.url));
// Two levels below the root, as its sources are: it reads the specs of the project.
const worker = join(folder, "worker.mjs");
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: [fileURLToPath(new URL("fuzz-worker.ts", import.meta.url))],
  outfile: worker,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
});

const start = performance.now();
let [next, nDone, nFailed] = [first, 0, 0];

function tellProgress(): void {
  const seconds = (performance.now() - start) / 1000;
  console.log(`${nDone} texts in ${seconds.toFixed(0)} s, ${nFailed} with complaints`);
}

function complain(number: number, complaint: string): void {
  nFailed += 1;
  const { path, text } = inputOf(seed, number);
  const file = join(folder, `${seed}-${number}.dn`);
  writeFileSync(file, text);
  console.log(`${file} (from ${path}): ${complaint}`);
}

/** Ends when there are no more texts to look at. */
function job(): Promise<void> {
  return new Promise((done) => {
    let child: ChildProcess;
    let batch: Batch = { seed, from: end, to: end };
    /** Of the text that is looked at. */
    let number = end;
    let timer: NodeJS.Timeout | undefined;

    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill("SIGKILL"), SECONDS_TO_HANG * 1000);
    };
    const give = (from: number, to: number): void => {
      batch = { seed, from, to };
      number = from;
      child.send(batch);
      watch();
    };
    const goOn = (): void => {
      if (next >= end) {
        clearTimeout(timer);
        child.removeAllListeners("exit").kill();
        done();
        return;
      }
      const from = next;
      next = Math.min(end, next + BATCH);
      give(from, next);
    };
    const startChild = (): void => {
      child = fork(worker, { execArgv: [] });
      child.on("message", (report: Report) => {
        nDone += 1;
        number = report.number + 1;
        if (report.complaint !== undefined) complain(report.number, report.complaint);
        if (report.isLast) goOn();
        else watch();
      });
      child.on("exit", (code, signal) => {
        nDone += 1;
        complain(number, signal === "SIGKILL" ? "it hangs" : `the process ended with ${code ?? signal}`);
        startChild();
        if (number + 1 < batch.to) give(number + 1, batch.to);
        else goOn();
      });
    };
    startChild();
    goOn();
  });
}

const lines = setInterval(tellProgress, SECONDS_BETWEEN_LINES * 1000);
await Promise.all(Array.from({ length: Number(values.jobs) }, job));
clearInterval(lines);
tellProgress();
process.exitCode = nFailed === 0 ? 0 : 1;
