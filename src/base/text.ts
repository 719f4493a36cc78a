/** Words for people: plurals, lists, numbers, did-you-mean. */

/** `1 error`, `2 errors`. */
export function count(amount: number | bigint, singular: string, plural: string = `${singular}s`): string {
  return `${withSeparators(amount)} ${amount === 1 || amount === 1n ? singular : plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(items: readonly string[], conjunction: "and" | "or" = "and"): string {
  if (items.length <= 1) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} ${conjunction} ${items[items.length - 1]}`;
}

/** In backquotes, as names stand in messages. */
export function quoted(name: string): string {
  return `\`${brief(name)}\``;
}

/** As long as a path may be at most; nothing that a person wrote or can find is longer. */
const LONGEST_SHOWN = 4096;
const START_SHOWN = 50;

export function brief(text: string): string {
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, START_SHOWN)}…`;
}

/** An exact integer for JSON: a string past 2^53, where readers lose digits. */
export function jsonInteger(value: bigint): number | string {
  const isSafe = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
  return isSafe ? Number(value) : value.toString();
}

/** `7,978,856`. */
export function withSeparators(value: number | bigint | string): string {
  return value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** `2.83 G`, `7.98 M`, `512`; powers of 1000. */
export function withUnit(value: number | bigint): string {
  const amount = Number(value);
  for (const [unit, size] of [
    ["T", 1e12],
    ["G", 1e9],
    ["M", 1e6],
    ["K", 1e3],
  ] as const) {
    if (amount >= size) return `${(amount / size).toPrecision(3)} ${unit}`;
  }
  return amount.toString();
}

/** `31.9 MiB`; powers of 1024. */
export function withByteUnit(bytes: number): string {
  for (const [unit, size] of [
    ["GiB", 2 ** 30],
    ["MiB", 2 ** 20],
    ["KiB", 2 ** 10],
  ] as const) {
    if (bytes >= size) return `${(bytes / size).toFixed(bytes / size >= 100 ? 0 : 1)} ${unit}`;
  }
  return `${bytes} B`;
}

/** Cut in the middle: both ends of a name tell more than what is between. The indentation stays. */
export function shortened(name: string, width: number): string {
  if (name.length <= width) return name;
  const indent = name.length - name.trimStart().length;
  const kept = Math.max(1, width - indent - 1);
  const start = Math.ceil(kept / 2);
  const end = kept - start;
  return `${name.slice(0, indent + start)}…${end === 0 ? "" : name.slice(-end)}`;
}

/** Nobody misspells longer names, and among more of them there is always a near one. */
const LONGEST_NAME = 64;
const MOST_CANDIDATES = 1000;

/** The candidate that a person most likely meant by `name`, if any is near. */
export function nearest(name: string, all: Iterable<string>): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const candidates = firstOf(all, MOST_CANDIDATES);
  const wanted = name.toLowerCase();
  // Of names of one or two letters every other one is a neighbour.
  const limit = wanted.length < 3 ? 0 : Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (candidate === name) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best ?? longestWithin(wanted, candidates);
}

function firstOf<T>(items: Iterable<T>, most: number): readonly T[] {
  const first: T[] = [];
  for (const item of items) {
    if (first.length === most) break;
    first.push(item);
  }
  return first;
}

/** `pad` in `padding`, `stride` in `convStride`. */
function longestWithin(wanted: string, candidates: readonly string[]): string | undefined {
  const parts = candidates.filter(
    (candidate) => candidate.length >= 3 && wanted.includes(candidate.toLowerCase()),
  );
  return parts.sort((a, b) => b.length - a.length)[0];
}

/** Optimal string alignment distance (a swap of neighbours counts one), or `limit` when it is at least that. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, (beforePrevious[j - 2] ?? 0) + 1);
      }
      current.push(distance);
    }
    if (Math.min(...current) >= limit && Math.min(...previous) >= limit) return limit;
    [beforePrevious, previous] = [previous, current];
  }
  return Math.min(limit, previous[b.length] ?? limit);
}
