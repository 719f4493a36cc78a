/** The sigmoid-weighted linear unit, also called Swish (Elfwing et al. 2017; Ramachandran et al. 2017). */
import type { OpStage } from "./op.ts";
import { definePointwise } from "./pointwise.ts";
import { logistic } from "./sigmoid.ts";

export const silu: OpStage<object> = definePointwise({
  name: "silu",
  summary: "`x * sigmoid(x)`, element by element (Swish).",
  of: (value) => value * logistic(value),
  lower(lowering, [x]) {
    const weight = lowering.add({ kind: "pointwise", function: "sigmoid" }, [x], "sigmoid");
    return lowering.add({ kind: "multiply" }, [x, weight]);
  },
});
