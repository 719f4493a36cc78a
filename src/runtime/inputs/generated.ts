/** Inputs that need no file. */
import { dimensions } from "../../ir/shape.ts";
import { elementsOf } from "../../ops/reference-tensor.ts";
import { float32s } from "../../weights/fill.ts";
import { hashInput } from "../../weights/hash.ts";
import { normal, randomFor } from "../../weights/random.ts";
import type { Input, Wanted } from "./input.ts";

/** Standard normal values; each input of a model has a stream of its own. */
export function randomInput({ name, shape }: Wanted, seed: number): Input {
  const random = randomFor(seed, `input ${name}`);
  const data = float32s(elementsOf(dimensions(shape)), () => normal(random));
  return { batch: 1, data, description: `standard normal values, seed ${seed}` };
}

/** One index runs over the elements of all inputs of a model, of which `elementsBefore` are not in this one. */
export function hashedInput({ shape }: Wanted, elementsBefore: number): Input {
  const all = hashInput({ channels: elementsBefore + elementsOf(dimensions(shape)), sizes: [] });
  const data = Float32Array.from(all.data.subarray(elementsBefore));
  return { batch: 1, data, description: "hash values in [-1, 1)" };
}
