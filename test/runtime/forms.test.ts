/** Which form computes a batch, with how many threads, and that all of them are held against the reference. */
import { expect, it } from "vitest";
import { collectDiagnostics } from "../../src/base/diagnostic.ts";
import { elaborate } from "../../src/compile.ts";
import { interpret } from "../../src/ops/interpret.ts";
import { chooseForm, type FormChoice, formsOf, threadsFor } from "../../src/runtime/forms.ts";
import type { BatchValues, Session } from "../../src/runtime/session.ts";
import { verifySession } from "../../src/runtime/verify.ts";
import type { ArtifactDescription, FormDescription } from "../../src/targets/artifact.ts";
import { hashFill, hashInput } from "../../src/weights/hash.ts";

type Forms = NonNullable<ArtifactDescription["forms"]>;

const inParts = (parts: number): FormDescription => ({ parts, outputs: {} });
const both: Forms = { bands: inParts(2), towers: inParts(2) };

function chosen(batches: readonly number[], forms: Forms, atOnce = 2, macs: number | string = 1e9) {
  return batches.map((batch) => chooseForm({ forms, macs }, { batch, atOnce }));
}

it("small odd batches are computed in bands, others in towers", () => {
  expect(chosen([1, 2, 3, 4, 5, 6, 7, 8, 9, 64], both)).toEqual(
    "bands towers bands towers bands towers towers towers towers towers".split(" "),
  );
});

it("a form is chosen only when its parts run at the same time", () => {
  expect(chosen([1, 2], both, 1)).toEqual(["whole", "whole"]);
  expect(chosen([1, 2], { bands: inParts(4), towers: inParts(2) })).toEqual(["whole", "towers"]);
  expect(chosen([1, 2], { bands: inParts(2), towers: inParts(4) })).toEqual(["bands", "bands"]);
});

it("an artifact with one form or none does with what it has", () => {
  expect(chosen([1, 3, 4], { bands: inParts(2) })).toEqual(["bands", "bands", "bands"]);
  expect(chosen([1, 3, 4], { towers: inParts(2) })).toEqual(["whole", "towers", "towers"]);
  expect(chosen([1, 3, 4], {})).toEqual(["whole", "whole", "whole"]);
  expect(formsOf({ forms: both })).toEqual(["whole", "bands", "towers"]);
  expect(formsOf({})).toEqual(["whole"]);
});

it("what is computed at once by one thread is not worth a second", () => {
  expect(chosen([1, 2, 1000], both, 2, 500_000)).toEqual(["whole", "whole", "towers"]);
  expect(chosen([1], both, 2, "9007199254740993000")).toEqual(["bands"]);
});

it("each part gets its share of the threads", () => {
  expect(threadsFor({ forms: both }, { intra: 2, inter: 1 })).toEqual({ intra: 1, inter: 2 });
  expect(threadsFor({ forms: both }, { intra: 9, inter: 1 })).toEqual({ intra: 4, inter: 2 });
  expect(threadsFor({ forms: both }, { intra: 1, inter: 1 })).toEqual({ intra: 1, inter: 1 });
  expect(threadsFor({}, { intra: 8, inter: 1 })).toEqual({ intra: 8, inter: 1 });
  // Who asks for several operations at a time has decided.
  expect(threadsFor({ forms: both }, { intra: 4, inter: 3 })).toEqual({ intra: 4, inter: 3 });
});

const text = "dn 1;\nmodel net { set order = bare; input x: f32[2 @ 4x4]; output y = x < conv 3 -> 3 >; }\n";

/** Gives what the reference gives, but `distort` may change it in a form. */
async function verified(distort: (form: FormChoice | undefined, data: Float32Array) => void) {
  const { graph } = elaborate({ path: "net.dn", text });
  if (graph === undefined) throw new Error("the spec is wrong");
  const weights = hashFill(graph);
  const input = hashInput({ channels: 2, sizes: [4, 4] });
  const reference = interpret(graph, weights, { x: input }).get("y")?.data ?? new Float64Array();
  const runs: (readonly [FormChoice | undefined, number])[] = [];
  const session: Pick<Session, "forms" | "run"> = {
    forms: ["whole", "bands", "towers"],
    async run(inputs, _, form) {
      const batch = inputs["x"]?.batch ?? 0;
      runs.push([form, batch]);
      const data = Float32Array.from({ length: batch * reference.length }, (_, index) => {
        return reference[index % reference.length] ?? Number.NaN;
      });
      distort(form, data);
      const y: BatchValues = { batch, data };
      return { y };
    },
  };
  const agreements = await verifySession(session as Session, graph, weights, collectDiagnostics());
  return { difference: agreements?.[0]?.difference ?? Number.NaN, runs };
}

it("verification runs each form, and towers with several samples", async () => {
  const { difference, runs } = await verified(() => undefined);
  expect(difference).toBeLessThan(1e-6);
  expect(runs).toEqual([
    ["whole", 1],
    ["bands", 1],
    ["towers", 3],
  ]);
});

it("verification sees one wrong number, in whichever form and sample it is", async () => {
  for (const wrong of ["whole", "bands", "towers"]) {
    const { difference } = await verified((form, data) => {
      if (form === wrong) data[data.length - 1] = 99;
    });
    expect(difference).toBeGreaterThan(1);
  }
});
