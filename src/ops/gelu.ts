/** The Gaussian error linear unit (Hendrycks and Gimpel 2016), exact: with erf, not its approximation by tanh. */
import type { OpStage } from "./op.ts";
import { definePointwise } from "./pointwise.ts";

export const gelu: OpStage<object> = definePointwise({
  name: "gelu",
  summary: "`x * (1 + erf(x / sqrt(2))) / 2`, element by element.",
  of: (value) => (value * (1 + erf(value * Math.SQRT1_2))) / 2,
  lower(lowering, [x]) {
    const half = lowering.add({ kind: "multiply" }, [x, lowering.number(0.5, "one-half")], "half");
    const scaled = lowering.add(
      { kind: "multiply" },
      [x, lowering.number(Math.SQRT1_2, "root-of-one-half")],
      "scaled",
    );
    const error = lowering.add({ kind: "pointwise", function: "erf" }, [scaled], "erf");
    const weight = lowering.add({ kind: "add" }, [error, lowering.number(1, "one")], "weight");
    return lowering.add({ kind: "multiply" }, [half, weight]);
  },
});

/** Abramowitz and Stegun 1964, 7.1.6: all terms have one sign, so nothing cancels. */
function erf(x: number): number {
  // From here on it is 1 in every digit.
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > Number.EPSILON * Math.abs(sum); n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
