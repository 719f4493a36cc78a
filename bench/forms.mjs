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
else serve();

/** The child: loads one artifact, then answers each batch size with the milliseconds of one native call. */
function serve() {
  const [folder, form, intra, inter] = process.argv.slice(2);
  const reporter = {
    report: ({ message }) => {
      throw new Error(message);
    },
  };
  const threads = { intra: Number(intra), inter: Number(inter) };
  const session = openSession(folder, { threads, inferenceOnly: true }, reporter);
  const { description, native } = session;
  const { binding } = native;
  const ports = form === "" ? description : description.forms?.[form];
  if (ports === undefined) throw new Error(`${folder} has no form ${form}`);
  const model = binding.loadSavedModel(folder, "serve");
  const tensors = new Map();
  const tensorsOf = (batch) => {
    if (!tensors.has(batch)) {
      const ids = Object.values(description.inputs).map(({ shape: [channels, ...sizes] }) => {
        const shape = [batch, ...sizes, channels];
        const length = shape.reduce((product, size) => product * size, 1);
        const data = Float32Array.from({ length }, (_, index) => Math.sin(index * 12.9898) * 0.5);
        return binding.createTensor(shape, binding.TF_FLOAT, data);
      });
      tensors.set(batch, ids);
    }
    return tensors.get(batch);
  };
  const names = (ends) => Object.values(ends).map(({ tensor }) => tensor);
  const [inputs, outputs] = [names(description.inputs).join(), names(ports.outputs).join()];
  process.on("message", (batch) => {
    const fed = tensorsOf(batch);
    const cpuStart = process.cpuUsage();
    const start = performance.now();
    const results = binding.runSavedModel(model, fed, inputs, outputs);
    const elapsed = performance.now() - start;
    const { user, system } = process.cpuUsage(cpuStart);
    for (const { id } of results) binding.deleteTensor(id);
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
  const [, folder, form = "", intra = "2", inter = "1"] =
    /^([^:@]*)(?::(\w+))?(?:@(\d+),(\d+))?$/.exec(name) ?? [];
  if (folder === undefined) throw new RangeError(`${name} is no ARTIFACT[:FORM][@INTRA,INTER]`);
  const child = fork(fileURLToPath(import.meta.url), [folder, form, intra, inter]);
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
