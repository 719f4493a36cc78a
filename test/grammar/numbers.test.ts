/** Numbers are read exactly. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { parseKernel, parseNumber } from "../../grammar/numbers.ts";
import { equals, rational } from "../../src/base/rational.ts";

it.each([
  ["0", 0n, 1n],
  ["1_000", 1000n, 1n],
  ["0.5", 1n, 2n],
  ["0.29", 29n, 100n],
  ["1e-5", 1n, 100_000n],
  ["1.5e2", 150n, 1n],
  ["2E+3", 2000n, 1n],
  ["2.9G", 2_900_000_000n, 1n],
  ["8M", 8_000_000n, 1n],
  ["3K", 3000n, 1n],
  ["8MiB", 8_388_608n, 1n],
  ["1KiB", 1024n, 1n],
  ["2GiB", 2_147_483_648n, 1n],
  ["0.5KiB", 512n, 1n],
  ["1e400", 10n ** 400n, 1n],
] as const)("%s is %d/%d", (text, numerator, denominator) => {
  expect(parseNumber(text)).toEqual(rational(numerator, denominator));
});

it("refuses an exponent over 400 and more than 10,000 digits", () => {
  for (const text of ["1e401", "1e-401", "1e99999999999999999999", "9".repeat(10_001)]) {
    expect(parseNumber(text)).toBeUndefined();
  }
  expect(parseNumber("9".repeat(10_000))).toBeDefined();
});

it("reads every decimal as its fraction", () => {
  const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.integer({ min: 0, max: 30 }));
  fc.assert(
    fc.property(decimal, ([digits, places]) => {
      const text = digits.toString().padStart(places + 1, "0");
      const written = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
      const read = parseNumber(written);
      return read !== undefined && equals(read, rational(digits, 10n ** BigInt(places)));
    }),
  );
});

it("reads the sizes of a kernel, and refuses one that no computer counts", () => {
  expect(parseKernel("3x3")).toEqual([3, 3]);
  expect(parseKernel("1x2x30")).toEqual([1, 2, 30]);
  expect(parseKernel("3x99999999999999999999")).toBeUndefined();
});
