/** The conventions that `dnc` knows, each a file in `conventions/`: adding one, or a version of one, is data. */
import { nearest } from "../base/text.ts";
import { type Convention, type ConventionData, conventionOf } from "./convention.ts";
import { CONVENTIONS_TEXT } from "./conventions.generated.ts";

interface Known {
  /** In the order of `--convention all`; of several versions the current one first. */
  readonly data: readonly ConventionData[];
  readonly made: Map<ConventionData, Convention>;
}

let known: Known | undefined;

/** Read when the first is asked for: most checks ask for none. */
function knownConventions(): Known {
  known ??= { data: JSON.parse(CONVENTIONS_TEXT), made: new Map() };
  return known;
}

export function conventionData(): readonly ConventionData[] {
  return knownConventions().data;
}

/** Each once: a name without `@` means the current version. */
export function conventionIds(): readonly string[] {
  return [...new Set(conventionData().map(({ id }) => id))];
}

export interface UnknownConvention {
  /** What is wrong with the name. */
  readonly why: string;
  readonly help: string;
  /** The one that was meant, if any is near. */
  readonly near?: string;
}

/** `fvcore`, or pinned: `fvcore@3378afe`. */
export function conventionNamed(name: string): Convention | UnknownConvention {
  const [id = "", version] = name.split("@", 2);
  const { data: all, made } = knownConventions();
  const versions = all.filter((data) => data.id === id);
  if (versions.length === 0) {
    const near = nearest(id, conventionIds());
    const help = near === undefined ? `there are ${conventionIds().join(", ")}` : `did you mean \`${near}\`?`;
    return { why: `there is no convention \`${id}\``, help, ...(near !== undefined && { near }) };
  }
  const data = version === undefined ? versions[0] : versions.find((each) => namesOf(each).includes(version));
  if (data === undefined) {
    const known = versions.flatMap(namesOf).map((each) => `\`${id}@${each}\``);
    return { why: `\`${id}\` has no version \`${version}\``, help: `there are ${known.join(", ")}` };
  }
  const convention = made.get(data) ?? conventionOf(data);
  made.set(data, convention);
  return convention;
}

export function isConvention(found: Convention | UnknownConvention): found is Convention {
  return "data" in found;
}

function namesOf({ version, sameAs = [] }: ConventionData): readonly string[] {
  return [version, ...sameAs];
}
