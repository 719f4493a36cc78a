/** Who of those that are asked for takes part, with the artifact that suits each, and who does not. */
import { collectDiagnostics, type Diagnostic, type Reporter } from "../../base/diagnostic.ts";
import type { ArtifactDescription } from "../../targets/artifact.ts";
import { readDescription, runtimeUnfit } from "../session.ts";
import {
  type ArtifactAt,
  type Contestant,
  type FormRequest,
  ownContestants,
  type Rival,
} from "./contestant.ts";

/** What is raced: a spec, which is compiled for each library, or an artifact, which is what it is. */
export interface Subject {
  /** The only target that there is, if there is only one. */
  readonly target: string | undefined;
  /** The folder of an artifact; `undefined`: it was reported why there is none. */
  artifact(target: string, reporter: Reporter, optimize: boolean): Promise<string | undefined>;
}

export interface LineUpOptions {
  readonly subject: Subject;
  readonly threads: number;
  readonly form: FormRequest;
  /** How dnc's own artifacts are optimized: one contestant for each. */
  readonly optimize: readonly boolean[];
  readonly rivals: readonly Rival[];
  /** Whether the rivals were named: those that are not there are an error then. */
  readonly areNamed: boolean;
}

export interface Absent {
  readonly name: string;
  readonly problem: Diagnostic;
}

export interface LineUp {
  /** Of what the first contestant runs. */
  readonly description: ArtifactDescription;
  /** Ours first. */
  readonly contestants: readonly Contestant[];
  readonly absent: readonly Absent[];
}

/** `undefined`: it was reported why nothing can be raced. */
export async function lineUp(options: LineUpOptions, reporter: Reporter): Promise<LineUp | undefined> {
  const { subject, threads, form, areNamed } = options;
  const contestants: Contestant[] = [];
  let description: ArtifactDescription | undefined;
  if (subject.target === undefined || subject.target === OWN_TARGET) {
    for (const optimize of options.optimize) {
      const artifact = await artifactOf(subject, { target: OWN_TARGET, optimize }, reporter);
      if (artifact === undefined) return undefined;
      const name = optimize || subject.target !== undefined ? "dnc" : "dnc -O0";
      contestants.push(...ownContestants(artifact, { name, form, threads }));
      description ??= artifact.description;
    }
  }
  const absent: Absent[] = [];
  for (const rival of options.rivals) {
    const problems = collectDiagnostics();
    const entered = await enter(rival, options, problems);
    if (entered !== undefined) contestants.push(entered.contestant);
    description ??= entered?.artifact.description;
    for (const problem of problems.diagnostics) {
      if (areNamed) reporter.report(problem);
      else absent.push({ name: rival.name, problem });
    }
    if (entered === undefined && areNamed) return undefined;
  }
  if (description !== undefined) return { description, contestants, absent };
  // Nobody was named, and nobody is there.
  for (const { problem } of absent) reporter.report(problem);
  return undefined;
}

const OWN_TARGET = "savedmodel";

/** `undefined`: it was reported why it does not take part. */
async function enter(
  rival: Rival,
  { subject, threads }: LineUpOptions,
  reporter: Reporter,
): Promise<{ readonly contestant: Contestant; readonly artifact: ArtifactAt } | undefined> {
  if (subject.target !== undefined && subject.target !== rival.target) {
    const help = ["name the spec, of which each library gets what it runs"];
    reporter.report(runtimeUnfit.at({ help }, rival.title, subject.target));
    return undefined;
  }
  const artifact = await artifactOf(subject, rival, reporter);
  if (artifact === undefined) return undefined;
  if ((await rival.version()) !== undefined)
    return { contestant: rival.contestant(artifact, threads), artifact };
  await rival.reportMissing(artifact, reporter);
  return undefined;
}

async function artifactOf(
  subject: Subject,
  { target, optimize }: Pick<Rival, "target" | "optimize">,
  reporter: Reporter,
): Promise<ArtifactAt | undefined> {
  const folder = await subject.artifact(target, reporter, optimize);
  const description = folder === undefined ? undefined : readDescription(folder, reporter);
  return folder === undefined || description === undefined ? undefined : { folder, description };
}
