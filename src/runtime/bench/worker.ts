/**
 * The process of a contestant that runs in Node: opens an artifact, then answers one frame after another until there
 * are no more.
 */
import { createWriteStream, readFileSync } from "node:fs";
import { collectDiagnostics, type Reporter } from "../../base/diagnostic.ts";
import { invariant } from "../../base/invariant.ts";
import type { ArtifactDescription } from "../../targets/artifact.ts";
import { framesOf, sendFrame, type Tensors } from "../frames.ts";
import type { Engine, Values } from "../runtime.ts";
import { runtimes } from "../runtimes/index.ts";
import { inLayout, outOfLayout, portNamed, readDescription } from "../session.ts";
import { ANSWERS, type Answer, type NodeSetup, type Request } from "./protocol.ts";

interface Opened {
  readonly description: ArtifactDescription;
  readonly engine: Engine;
}

const output = createWriteStream("", { fd: ANSWERS });
await serve();

async function serve(): Promise<void> {
  const receive = framesOf(process.stdin);
  const setup = await receive<NodeSetup>();
  const problems = collectDiagnostics();
  const opened = setup && (await open(setup.header, problems));
  if (opened === undefined) return answer({ problems: problems.diagnostics });
  answer({ version: opened.engine.version });
  const feeds = new Map<number, Tensors>();
  for (;;) {
    const frame = await receive<Request>();
    if (frame === undefined) return opened.engine.dispose();
    if (frame.header.do === "feed") feeds.set(frame.header.batch, laidOut(frame.tensors, opened.description));
    const fed = feeds.get(frame.header.batch);
    invariant(fed !== undefined, `a batch of ${frame.header.batch} was not fed`);
    await take(frame.header, fed, opened);
  }
}

async function open(
  { runtime, folder, threads }: NodeSetup,
  reporter: Reporter,
): Promise<Opened | undefined> {
  const description = readDescription(folder, reporter);
  const library = runtimes.find(({ name }) => name === runtime);
  invariant(library !== undefined, `there is no runtime ${runtime}`);
  const settings = { inferenceOnly: true, ...(threads === undefined ? {} : { threads }) };
  const engine = description && (await library.open({ folder, description, settings }, reporter));
  return description && engine && { description, engine };
}

async function take(request: Request, fed: Tensors, { description, engine }: Opened): Promise<void> {
  const problems = collectDiagnostics();
  const run = (): ReturnType<Engine["run"]> => engine.run(fed, problems, request.form);
  const results = await run();
  if (results === undefined) return answer({ problems: problems.diagnostics });
  if (request.do === "feed") return answer({}, channelsFirst(results, description));
  const times: number[] = [];
  const end = performance.now() + request.ms;
  let now: number;
  do {
    const start = performance.now();
    if ((await run()) === undefined) return answer({ problems: problems.diagnostics });
    now = performance.now();
    times.push(now - start);
  } while (now < end);
  answer({ times, ...peakMemory() });
}

function laidOut(tensors: Tensors, { inputs }: ArtifactDescription): Tensors {
  const entries = Object.entries(tensors).map(([name, { shape, data }]): [string, Values] => [
    name,
    inLayout({ batch: shape[0] ?? 1, data }, portNamed(inputs, name)),
  ]);
  return Object.fromEntries(entries);
}

function channelsFirst(results: Tensors, { outputs }: ArtifactDescription): Tensors {
  const entries = Object.entries(results).map(([name, values]): [string, Values] => {
    const port = portNamed(outputs, name);
    const { batch, data } = outOfLayout(values, port);
    return [name, { shape: [batch, ...port.shape], data }];
  });
  return Object.fromEntries(entries);
}

function answer(header: Answer, tensors?: Tensors): void {
  sendFrame(output, header, tensors);
}

/** What Linux calls the high-water mark: `getrusage` would count what the parent had when this process was made. */
function peakMemory(): Pick<Answer, "peakBytes"> {
  if (process.platform !== "linux") return {};
  const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return kibibytes === undefined ? {} : { peakBytes: 1024 * Number(kibibytes) };
}
