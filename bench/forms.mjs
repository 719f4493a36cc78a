/**
 * How long artifacts take for a batch, side by side: `node bench/forms.mjs [--batch 1,8] [--rounds 20] ARTIFACT…`.
 *
 * An ARTIFACT is the folder that `dnc compile` wrote, perhaps with a form (`build/net:bands`) and with the threads of
 * an operation and operations at a time (`build/net:bands@1,2`). Each has a process of its own, because TensorFlow reads
 * its threads once. They take turns, so that whatever else the machine does slows all down alike; the least time of
 * many rounds says most, and ratios within one table more than times.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openSession } from "../dist/runtime.mjs";

/** Calls before the first round: TensorFlow optimizes the graph in the first one. */
const WARM_UP = 3;

if (process.send === undefined) await compare();
else await serve();

/** The child: loads one artifact, then answers each batch size with the milliseconds of one run. */
async function serve() {
  const [folder, form] = process.argv.slice(2);
  const reporter = {
    report: ({ message }) => {
      throw new Error(message);
    },
  };
  const session = await openSession(folder, { inferenceOnly: true }, reporter);
  const feeds = new Map();
  const feedsFor = (batch) => {
    if (!feeds.has(batch)) {
      const ports = Object.entries(session.description.inputs).map(([name, { shape }]) => {
        const length = shape.reduce((product, size) => product * size, batch);
        const data = Float32Array.from({ length }, (_, index) => Math.sin(index * 12.9898) * 0.5);
        return [name, { batch, data }];
      });
      feeds.set(batch, Object.fromEntries(ports));
    }
    return feeds.get(batch);
  };
  process.on("message", async (batch) => {
    const fed = feedsFor(batch);
    const cpuStart = process.cpuUsage();
    const start = performance.now();
    await session.run(fed, reporter, form);
    const elapsed = performance.now() - start;
    const { user, system } = process.cpuUsage(cpuStart);
    process.send({ elapsed, cpu: (user + system) / 1000 });
  });
  process.send("ready");
}

async function compare() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      batch: { type: "string", default: "1" },
      rounds: { type: "string", default: "20" },
    },
  });
  const rounds = Number(values.rounds);
  const batches = values.batch.split(",").map(Number);
  if (
    positionals.length === 0 ||
    ![rounds, ...batches].every((value) => Number.isInteger(value) && value > 0)
  )
    throw new RangeError("node bench/forms.mjs [--batch 1,8] [--rounds 20] ARTIFACT[:FORM][@INTRA,INTER]…");
  const contenders = await Promise.all(positionals.map(start));
  for (const batch of batches) {
    for (let round = 0; round < WARM_UP; round += 1) for (const { answer } of contenders) await answer(batch);
    const times = contenders.map(() => []);
    for (let round = 0; round < rounds; round += 1)
      for (const [index, { answer }] of contenders.entries()) times[index].push(await answer(batch));
    const least = times.map((all) => Math.min(...all.map(({ elapsed }) => elapsed)));
    console.log(`batch ${batch}, ${rounds} rounds`);
    for (const [index, { name }] of contenders.entries()) {
      const median = times[index].map(({ elapsed }) => elapsed).toSorted((a, b) => a - b)[rounds >> 1];
      const cpu = Math.min(...times[index].map((each) => each.cpu));
      const ratio = least[index] / least[0];
      console.log(
        `  ${name.padEnd(48)} least ${least[index].toFixed(1)} ms, median ${median.toFixed(1)} ms, least of all cores ${cpu.toFixed(1)} ms, ratio ${ratio.toFixed(2)}`,
      );
    }
  }
  for (const { child } of contenders) child.kill();
}

function start(name) {
  const [, folder, form = "whole", intra = "2", inter = "1"] =
    /^([^:@]*)(?::(\w+))?(?:@(\d+),(\d+))?$/.exec(name) ?? [];
  if (folder === undefined) throw new RangeError(`${name} is no ARTIFACT[:FORM][@INTRA,INTER]`);
  const threads = { TF_NUM_INTRAOP_THREADS: intra, TF_NUM_INTEROP_THREADS: inter };
  const child = fork(fileURLToPath(import.meta.url), [folder, form], { env: { ...process.env, ...threads } });
  const next = () =>
    new Promise((resolve, reject) => {
      const failed = (code) => reject(new Error(`${name} ended with ${code}`));
      child.once("exit", failed);
      child.once("message", (message) => {
        child.off("exit", failed);
        resolve(message);
      });
    });
  const answer = (batch) => {
    const answered = next();
    child.send(batch);
    return answered;
  };
  return next().then(() => ({ name, child, answer }));
}
