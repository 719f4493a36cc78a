/** The engine of symbolic sizes, compared with looking at every value. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { equalityOf } from "../src/ir/fraction.ts";
import { conditionOn, mapSize, printSize, type Size, sizeWith, symbolSize } from "../src/ir/size.ts";
import { contains, printSet, type SizeSet, smallestOutside, solve } from "../src/ir/size-set.ts";

interface Change {
  readonly kind: "window" | "upsample" | "shift";
  readonly a: number;
  readonly b: number;
}

const changes = fc.array(
  fc.record({
    kind: fc.constantFrom("window", "upsample", "shift" as const),
    a: fc.integer({ min: 1, max: 4 }),
    b: fc.integer({ min: -6, max: 4 }),
  }),
  { maxLength: 5 },
);

function apply(size: Size, { kind, a, b }: Change): Size {
  if (kind === "window") return mapSize(size, (n) => Math.floor((n + b) / a) + 1, { every: a, by: 1 });
  if (kind === "upsample") return mapSize(size, (n) => n * a, { every: 1, by: a });
  return mapSize(size, (n) => n + b, { every: 1, by: 1 });
}

function chain(list: readonly Change[]): Size {
  return list.reduce(apply, symbolSize("H") as Size);
}

/** Evaluates what a size prints as, as the language would. */
function evaluateText(text: string, H: number): number {
  const body = text.replaceAll("floor", "Math.floor").replaceAll("ceil", "Math.ceil");
  return new Function("H", `return ${body}`)(H) as number;
}

it("decides where two chains of stages agree as brute force does", () => {
  fc.assert(
    fc.property(changes, changes, (first, second) => {
      const [a, b] = [chain(first), chain(second)];
      if (typeof a === "number" || typeof b === "number") return;
      const set = solve([equalityOf(a, b)]);
      expect(set).toBeDefined();
      for (let H = 1; H <= 600; H += 1) {
        expect(contains(set as SizeSet, H), `H=${H}`).toBe(sizeWith(a, H) === sizeWith(b, H));
      }
    }),
    { numRuns: Number(process.env["DNC_FUZZ_RUNS"] ?? 2000) },
  );
});

it("decides where a chain stays positive as brute force does", () => {
  fc.assert(
    fc.property(changes, fc.integer({ min: 0, max: 9 }), (list, bound) => {
      const size = chain(list);
      if (typeof size === "number") return;
      const condition = conditionOn(size, (n) => n >= bound, { every: 1, from: bound });
      const set = solve([condition]);
      expect(set).toBeDefined();
      for (let H = 1; H <= 600; H += 1) expect(contains(set as SizeSet, H)).toBe(sizeWith(size, H) >= bound);
    }),
    { numRuns: 1000 },
  );
});

it("prints a size so that the text has its value", () => {
  fc.assert(
    fc.property(changes, (list) => {
      const size = chain(list);
      const text = printSize(size);
      if (text.startsWith("f(")) return;
      for (let H = 20; H <= 120; H += 1) expect(evaluateText(text, H), text).toBe(sizeWith(size, H));
    }),
    { numRuns: 500 },
  );
});

it("describes sets by the smallest modulus and their smallest member", () => {
  const H = symbolSize("H");
  const halves = [0, 1, 2, 3].reduce<Size>(
    (size) => mapSize(size, (n) => Math.floor(n / 2), { every: 2, by: 1 }),
    H,
  );
  const back = mapSize(halves, (n) => 16 * n, { every: 1, by: 16 });
  expect(solve([equalityOf(H, back)])).toEqual({ modulus: 16, residues: [0], min: 16, also: [] });
});

it("says that a value and its half agree at one size only", () => {
  const H = symbolSize("H");
  const half = mapSize(H, (n) => Math.ceil(n / 2), { every: 2, by: 1 });
  expect(solve([equalityOf(H, half)])).toEqual({ modulus: 1, residues: [], min: null, also: [1] });
});

it("finds the smallest counter-example", () => {
  const outer = { modulus: 16, residues: [0], min: 16, also: [] };
  expect(smallestOutside({ modulus: 4, residues: [0], min: 4, also: [] }, outer)).toBe(4);
  expect(smallestOutside({ modulus: 32, residues: [0], min: 32, also: [] }, outer)).toBeUndefined();
});

it("prints sets as people write them", () => {
  expect(printSet("H", { modulus: 1, residues: [0], min: 29, also: [] })).toBe("H >= 29");
  expect(printSet("H", { modulus: 16, residues: [0], min: 16, also: [] })).toBe("H mod 16 = 0");
  expect(printSet("H", { modulus: 16, residues: [12], min: 188, also: [] })).toBe("H mod 16 = 12, H >= 188");
  expect(printSet("H", { modulus: 1, residues: [], min: null, also: [1] })).toBe("H = 1");
  expect(printSet("H", { modulus: 1, residues: [], min: null, also: [1, 2, 4, 5, 6, 9] })).toBe(
    "H = 1 or H = 2 or 4 <= H <= 6 or H = 9",
  );
  expect(printSet("H", { modulus: 2, residues: [0], min: 8, also: [1, 2, 3] })).toBe(
    "H mod 2 = 0, H >= 8 or H <= 3",
  );
});
