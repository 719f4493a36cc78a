/** Amounts as people write them on a command line: `8M`, `2.9G`, `8MiB`, `1_000`, `1%`. */

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  "%": 1 / 100,
};

export interface Amount {
  readonly text: string;
  /** `1%` is 0.01. */
  readonly value: number;
  readonly isShare: boolean;
}

/** `undefined`: it is none. */
export function parseAmount(text: string): Amount | undefined {
  const [, digits, unit = ""] = /^(\d[\d_]*(?:\.\d+)?(?:e\d+)?)([KMGT]|[KMG]iB|%)?$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (digits === undefined || factor === undefined) return undefined;
  // 2.8 * 1e9 is off by a rounding error, and amounts of whole things are whole.
  const product = Number(digits.replaceAll("_", "")) * factor;
  const value = unit === "%" ? product : Number(product.toPrecision(15));
  return { text, value, isShare: unit === "%" };
}
