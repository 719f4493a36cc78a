/**
 * How long `dnc check` takes as a whole process, beside Node doing nothing: `node bench/check-start.mjs [RUNS]`.
 * The two take turns, so that whatever else the machine does slows both down alike; the ratio says more than the times.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const PROGRAMS = {
  "node -e 0": ["-e", "0"],
  "dnc check specs/densenet121.dn": ["bin/dnc.js", "check", "specs/densenet121.dn"],
};
/** The first ones fill the caches of the system. */
const WARM_UP = 3;

const runs = Number(process.argv[2] ?? 25);
if (!Number.isInteger(runs) || runs < 1) throw new RangeError("RUNS is a number of runs, 1 or more");

function millisecondsOf(args) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  const elapsed = performance.now() - start;
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return elapsed;
}

const times = Object.fromEntries(Object.keys(PROGRAMS).map((name) => [name, []]));
for (let run = -WARM_UP; run < runs; run += 1) {
  for (const [name, args] of Object.entries(PROGRAMS)) {
    const elapsed = millisecondsOf(args);
    if (run >= 0) times[name].push(elapsed);
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const [nothing, check] = Object.values(times);
for (const [name, values] of Object.entries(times)) {
  console.log(
    `${name.padEnd(32)} median ${median(values).toFixed(0)} ms, best ${Math.min(...values).toFixed(0)} ms`,
  );
}
const ratios = check.map((each, run) => each / nothing[run]);
console.log(`ratio of neighbors: median ${median(ratios).toFixed(2)}, ${runs} runs`);
