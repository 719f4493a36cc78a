/** Numbers as they are written, read exactly. */
import { multiply, type Rational, rational } from "../src/base/rational.ts";

const MAX_EXPONENT = 400;
const MAX_DIGITS = 10_000;

const UNITS: Readonly<Record<string, bigint>> = {
  K: 1000n,
  M: 1000n ** 2n,
  G: 1000n ** 3n,
  KiB: 1024n,
  MiB: 1024n ** 2n,
  GiB: 1024n ** 3n,
};

/** `undefined` for a number beyond what any network needs: an exponent over 400, or over 10,000 digits. */
export function parseNumber(text: string): Rational | undefined {
  if (/^\d{1,15}$/.test(text)) return rational(BigInt(text));
  const match = /^([\d_]+)(?:\.([\d_]+))?(?:[eE]([+-]?\d+))?([KMG](?:iB)?)?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = "", fraction = "", exponent = "0", unit] = match;
  const digits = (whole + fraction).replaceAll("_", "");
  const power = Number(exponent);
  if (digits.length > MAX_DIGITS || Math.abs(power) > MAX_EXPONENT) return undefined;
  const scale = 10n ** BigInt(fraction.replaceAll("_", "").length);
  const value = rational(
    BigInt(digits) * 10n ** BigInt(Math.max(power, 0)),
    scale * 10n ** BigInt(Math.max(-power, 0)),
  );
  return multiply(value, rational(unit === undefined ? 1n : (UNITS[unit] ?? 1n)));
}

/** `3x3`; `undefined` when a size is no number that a computer counts with. */
export function parseKernel(text: string): readonly number[] | undefined {
  const sizes = text.split("x").map(Number);
  return sizes.every(Number.isSafeInteger) ? sizes : undefined;
}
