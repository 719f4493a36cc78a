/**
 * Lets contestants take turns: how long each takes for a batch and to start, how much memory it needs, and whether all
 * compute the same.
 */
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../../base/diagnostic.ts";
import { hashInput } from "../../weights/hash.ts";
import type { Frame, Tensors } from "../frames.ts";
import type { PortShape } from "../session.ts";
import type { Contestant, Way } from "./contestant.ts";
import { type Entrant, startEntrant } from "./entrant.ts";
import type { Answer, Request } from "./protocol.ts";
import { median, type Rounds, ratioOf, timingOf } from "./timing.ts";

export const resultsDiffer: DiagnosticKind<[contestant: string, difference: number]> = defineDiagnostic({
  code: "DN0820",
  message: (contestant, difference) =>
    `${contestant} computes something else: its results differ by ${(100 * difference).toPrecision(2)} % of the largest`,
  explain: {
    title: "results-differ",
    text: "`dnc bench` compares what libraries compute before it times them, because a time is worth nothing when the results are others. float32 on two libraries differs in the last digits only, by less than 0.01 % of the largest result. More comes from a library that computes in another precision, from weights that were not passed on, or from a mistake in dnc or in the library.",
  },
});

export interface RaceOptions {
  /** The first one is what the others are compared with. */
  readonly contestants: readonly Contestant[];
  readonly inputs: readonly PortShape[];
  readonly batches: readonly number[];
  /** For how long each is timed for each batch, on average: all of them have as many rounds. */
  readonly seconds: number;
  /** How often each is started. */
  readonly starts: number;
  /** How far results may differ, as a share of the largest. */
  readonly tolerance: number;
  /** Who is told of the problems of a contestant, which then drops out. */
  reporterFor(contestant: Contestant): Reporter;
  /** What comes next. */
  onStep(title: string): void;
  /** How much of it is done, from 0 to 1. */
  onAdvance(share: number): void;
}

export interface RaceRow {
  readonly contestant: Contestant;
  readonly batch: number;
  /** How it computed. */
  readonly form: string;
  readonly minMs: number;
  readonly medianMs: number;
  readonly imagesPerSecond: number;
  /** How many times as long as the first contestant; absent where that one does not compute the batch. */
  readonly ratio?: number;
}

export interface RaceEntry {
  readonly contestant: Contestant;
  /** Of its library. */
  readonly version: string;
  /** From the start of the process to the first results, the median of all starts. */
  readonly startMs: number;
  /** The most memory that its process had, where the system tells. */
  readonly peakBytes?: number;
  /** The largest difference from the first contestant's results, as a share of the largest of them. */
  readonly difference: number;
}

export interface RaceResult {
  readonly rows: readonly RaceRow[];
  readonly entries: readonly RaceEntry[];
  /** Those that compute something else, which were not timed any further. */
  readonly disagreeing: readonly RaceEntry[];
}

/** A turn, behind a run that does not count: so long that pauses matter little, so short that all have the same weather. */
const TURN_MS = 100;
/** However slow they are. */
const LEAST_ROUNDS = 5;

interface Runner {
  readonly contestant: Contestant;
  readonly reporter: Reporter;
  /** The last one of those that were started. */
  entrant?: Entrant;
  version: string;
  readonly starts: number[];
  readonly differences: number[];
  peakBytes?: number;
  state: "in" | "failed" | "disagrees";
}

/** `undefined`: the first contestant has failed, and there is nothing to compare with (reported). */
export async function race(options: RaceOptions): Promise<RaceResult | undefined> {
  const runners = options.contestants.map(
    (contestant): Runner => ({
      contestant,
      reporter: options.reporterFor(contestant),
      version: "",
      starts: [],
      differences: [],
      state: "in",
    }),
  );
  try {
    return await raceOf(runners, options);
  } finally {
    await Promise.all(runners.map(({ entrant }) => entrant?.end()));
  }
}

async function raceOf(runners: readonly Runner[], options: RaceOptions): Promise<RaceResult | undefined> {
  const [base] = runners;
  if (base === undefined) return undefined;
  await start(runners, options);
  const rows: RaceRow[] = [];
  for (const batch of options.batches) {
    await compare(runners, batch, options);
    const times = await takeTurns(runners, batch, options);
    if (base.state !== "in") return undefined;
    const baseTimes = times.get(base);
    for (const [runner, rounds] of times) {
      const way = runner.contestant.formFor(batch);
      if (way !== undefined && runner.state === "in")
        rows.push(rowOf(runner, { batch, way, rounds, baseTimes }));
    }
  }
  const entriesOf = (state: Runner["state"]): readonly RaceEntry[] =>
    runners.filter((runner) => runner.state === state).map(entryOf);
  return { rows, entries: entriesOf("in"), disagreeing: entriesOf("disagrees") };
}

/** One after another, so that they do not slow each other down; the processes of the last round stay. */
async function start(
  runners: readonly Runner[],
  { inputs, batches, starts, onStep, onAdvance }: RaceOptions,
) {
  const [batch = 1] = batches;
  const fed = feedsOf(inputs, batch);
  onStep(`starting ${runners.map(({ contestant }) => contestant.title).join(", ")}`);
  for (let round = 0; round < starts; round += 1) {
    for (const [index, runner] of runners.entries()) {
      if (runner.state !== "in") continue;
      await runner.entrant?.end();
      const begin = performance.now();
      runner.entrant = startEntrant(runner.contestant);
      const form = runner.contestant.formFor(batch)?.form;
      await ask(runner, { do: "feed", batch, ...(form && { form }) }, fed);
      runner.starts.push(performance.now() - begin);
      onAdvance((round * runners.length + index + 1) / (starts * runners.length));
    }
  }
}

/** Feeds the batch to all, and holds their results against the first one's. */
async function compare(
  runners: readonly Runner[],
  batch: number,
  { inputs, tolerance, onStep }: RaceOptions,
) {
  onStep(`batch ${batch}: comparing what they compute`);
  const fed = feedsOf(inputs, batch);
  let expected: Tensors | undefined;
  for (const runner of runners) {
    const way = runner.contestant.formFor(batch);
    if (way === undefined || runner.state !== "in") continue;
    const answer = await ask(runner, { do: "feed", batch, ...way }, fed);
    if (answer === undefined) continue;
    expected ??= answer.tensors;
    const difference = differenceBetween(answer.tensors, expected);
    runner.differences.push(difference);
    if (!(difference <= tolerance)) runner.state = "disagrees";
  }
}

async function takeTurns(
  runners: readonly Runner[],
  batch: number,
  { seconds, onStep, onAdvance }: RaceOptions,
): Promise<ReadonlyMap<Runner, Rounds>> {
  onStep(`batch ${batch}: taking turns`);
  const times = new Map<Runner, (readonly number[])[]>();
  for (const runner of runners)
    if (runner.state === "in" && runner.contestant.formFor(batch) !== undefined) times.set(runner, []);
  const [begin, duration] = [performance.now(), 1000 * seconds * times.size];
  const elapsed = (): number => performance.now() - begin;
  for (let round = 0; round < LEAST_ROUNDS || elapsed() < duration; round += 1) {
    // Forth and back, so that nobody always follows the same one.
    const order = round % 2 === 0 ? [...times] : [...times].reverse();
    for (const [runner, rounds] of order) {
      const form = runner.contestant.formFor(batch)?.form;
      const answer = await ask(runner, { do: "turn", batch, ms: TURN_MS, ...(form && { form }) });
      if (answer === undefined) times.delete(runner);
      rounds.push(answer?.header.times ?? []);
      if (answer?.header.peakBytes !== undefined) runner.peakBytes = answer.header.peakBytes;
    }
    if (times.size === 0) break;
    onAdvance(Math.min(1, Math.min(elapsed() / duration, (round + 1) / LEAST_ROUNDS)));
  }
  return times;
}

async function ask(runner: Runner, request: Request, tensors?: Tensors): Promise<Frame<Answer> | undefined> {
  const answer = await runner.entrant?.ask(request, runner.reporter, tensors);
  if (answer === undefined) runner.state = "failed";
  runner.version = runner.entrant?.version() ?? runner.version;
  return answer;
}

/** Every sample differs from the others, so that none can stand for another one. */
function feedsOf(inputs: readonly PortShape[], batch: number): Tensors {
  const entries = inputs.map(({ name, shape }, index) => {
    const tensor = hashInput(shape, batch, index * batch);
    return [name, { shape: tensor.shape, data: Float32Array.from(tensor.data) }] as const;
  });
  return Object.fromEntries(entries);
}

/** The worst of all outputs. What is no number, or not there, differs without bound. */
function differenceBetween(tensors: Tensors, expected: Tensors): number {
  const differences = Object.entries(expected).map(([name, { data }]) => {
    const other = tensors[name]?.data;
    if (other?.length !== data.length) return Number.POSITIVE_INFINITY;
    let [largest, worst] = [0, 0];
    for (const [index, value] of data.entries()) {
      const difference = Math.abs(value - (other[index] ?? Number.NaN));
      largest = Math.max(largest, Math.abs(value));
      worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
    }
    return largest === 0 ? worst : worst / largest;
  });
  return Math.max(0, ...differences);
}

interface Raced {
  readonly batch: number;
  readonly way: Way;
  readonly rounds: Rounds;
  readonly baseTimes: Rounds | undefined;
}

function rowOf({ contestant }: Runner, { batch, way, rounds, baseTimes }: Raced): RaceRow {
  const timing = timingOf(rounds);
  return {
    contestant,
    batch,
    form: way.name,
    ...timing,
    imagesPerSecond: (1000 * batch) / timing.medianMs,
    ...(baseTimes === undefined ? {} : { ratio: ratioOf(rounds, baseTimes) }),
  };
}

function entryOf({ contestant, version, starts, peakBytes, differences }: Runner): RaceEntry {
  return {
    contestant,
    version,
    startMs: median(starts),
    ...(peakBytes === undefined ? {} : { peakBytes }),
    difference: Math.max(0, ...differences),
  };
}
