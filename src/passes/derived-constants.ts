/** Constants that are computed from constants: what is made of the same ones in the same way is the same constant. */
import type { PrimitiveOf } from "../ir/lowered.ts";

type Constant = PrimitiveOf<"constant">;

/** `how` names the computation; `from` are the constants, or other things, of which it is one. */
export type DeriveConstant = (
  how: string,
  from: readonly object[],
  shape: readonly number[],
  values: () => Float32Array,
) => Constant;

/** For one run of a pass. Weights that two nodes share are then still shared when both have folded something in. */
export function derivedConstants(): DeriveConstant {
  const numbers = new Map<object, number>();
  const known = new Map<string, Constant>();
  const numberOf = (thing: object): number => {
    const number = numbers.get(thing) ?? numbers.size;
    numbers.set(thing, number);
    return number;
  };
  return (how, from, shape, values) => {
    const key = `${how} ${from.map(numberOf).join(" ")}`;
    const constant = known.get(key) ?? { kind: "constant", shape, values };
    known.set(key, constant);
    return constant;
  };
}
