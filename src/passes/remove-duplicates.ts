/** What is computed twice from the same values is computed once. What leaves the graph keeps its name. */
import type { Primitive, Ref } from "../ir/lowered.ts";
import { allOutputs, printRef } from "../ir/lowered.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const removeDuplicates: Pass = {
  name: "remove-duplicates",
  kind: "optimization",
  why: "A value that is there already costs nothing, and weights that nodes share stand in the file once.",
  run(graph) {
    const fetched = new Set(allOutputs(graph).map(({ ref }) => ref.node));
    const constants = new Map<Primitive, number>();
    const first = new Map<string, Ref>();
    return rewrite(graph, ({ name, primitive, inputs, control }) => {
      if (primitive.kind === "input") return undefined;
      const key = [keyOf(primitive, constants), ...inputs.map(printRef), "after", ...control].join(" ");
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, { node: name, output: 0 });
      return fetched.has(name) ? undefined : earlier;
    });
  },
};

/** Constants are the same when they are one object: their values may be large and are not made to be compared. */
function keyOf(primitive: Primitive, constants: Map<Primitive, number>): string {
  if (primitive.kind !== "constant") return JSON.stringify(primitive, printable);
  const number = constants.get(primitive) ?? constants.size;
  constants.set(primitive, number);
  return `constant ${number}`;
}

/** JSON has no infinities. */
function printable(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? `${value}` : value;
}
