/** Signatures of random blocks hold for models that call them with random numbers. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { check } from "../../src/compile.ts";
import { describeSignature, type SignatureDescription } from "../../src/describe.ts";
import { computed } from "./computed.ts";

const width = fc.constantFrom(
  "k",
  "c",
  "2*k",
  "k + c",
  "in.c",
  "it.c",
  "it.c + k",
  "c*n",
  "16",
  "floor(it.c/2)",
);
const condition = fc.constantFrom("c > k", "s != 1", "n > 2", "in.c != c", "k == 16", "it.c > 2*c");

const plain: fc.Arbitrary<string> = fc.oneof(
  width.map((channels) => `conv 3 -> ${channels}`),
  width.map((channels) => `conv 1 /s -> ${channels}`),
  fc.constantFrom(
    "concat",
    "relu",
    "bn",
    "maxpool 2",
    "avgpool 3 /s",
    "upsample 2",
    "conv 5 (pad=valid) -> c",
  ),
  fc.constantFrom("add < conv 3 -> it.c | id >", "concat < conv 1 -> k | maxpool 3 /1 >"),
  width.map((channels) => `add < conv 3 -> ${channels} | id >`),
  width.map((channels) => `conv 3 -> ${channels} : [c @ in.h, in.w]`),
);

const stage = fc.oneof(
  { weight: 3, arbitrary: plain },
  plain.map((body) => `repeat n < ${body} >`),
  width.map((channels) => `repeat n as i < conv 3 -> ${channels} + 4*i >`),
  fc.constant("repeat n < conv 3 -> k; concat >"),
  fc.constant("repeat n as i < conv 3 -> k*(i + 1); concat >"),
  fc.tuple(condition, plain, plain).map(([test, yes, no]) => `when (${test}) < ${yes} > else < ${no} >`),
);

const block = fc
  .array(stage, { minLength: 1, maxLength: 3 })
  .map((stages) => `block b(k: int, c: int, n: int, s: int) < ${stages.join("; ")} >`);

function signatureOf(text: string): SignatureDescription | undefined {
  const { signatures } = check({ path: "b.dn", text: `dn 1;\n${text}\n` }, { signatures: true });
  return signatures.map(describeSignature)[0];
}

const parameters = fc.record({
  k: fc.integer({ min: 1, max: 40 }),
  c: fc.integer({ min: 1, max: 40 }),
  n: fc.integer({ min: 1, max: 4 }),
  s: fc.integer({ min: 1, max: 3 }),
});

it("holds for every call of a block", () => {
  let compared = 0;
  const run = fc.property(block, fc.array(parameters, { minLength: 12, maxLength: 12 }), (text, calls) => {
    const form = signatureOf(text)?.forms.find(({ ranks }) => ranks.includes(2));
    // What sizes must be is held against brute force elsewhere.
    if (form === undefined || form.where.some((each) => /\b[HWS]\b/.test(each))) return;
    for (const [index, { k, c, n, s }] of calls.entries()) {
      const [channels, height, width] = [[k, c, 48][index % 3] ?? 1, 96, 144];
      const values = { k, c, n, s, C: channels };
      if (!form.where.every((each) => computed(each, values))) continue;
      const model = `model m { set order = post; input x: f32[${channels} @ ${height}, ${width}]; output y = x < b(k=${k}, c=${c}, n=${n}, s=${s}) >; }`;
      const { models, diagnostics } = check({ path: "m.dn", text: `dn 1;\n${text}\n${model}\n` });
      const errors = diagnostics.filter(({ severity }) => severity === "error");
      // Lints tell of what is well-formed; and that there is a channel goes without saying.
      if (
        errors.some(({ code, message }) => code.startsWith("DN06") || message.endsWith("at least 1, got 0"))
      )
        continue;
      const output = computed(form.output.channels, values);
      if (form.partial && errors.length > 0) continue;
      if (output === 0) continue;
      expect(
        errors.map(({ message }) => message),
        `${text}\n${form.printed}\n${model}`,
      ).toEqual([]);
      const shape = models[0]?.graph?.nodes.at(-1)?.shape;
      const [rows, columns] = [form.output.sizes[0] ?? "", form.output.sizes.at(-1) ?? ""];
      expect(
        { channels: shape?.channels, sizes: shape?.sizes },
        `${text}\n${form.printed}\n${model}`,
      ).toEqual({
        channels: output,
        sizes: [
          computed(rows, { ...values, S: height, H: height }),
          computed(columns, { ...values, S: width, W: width }),
        ],
      });
      compared += 1;
    }
  });
  fc.assert(run, { numRuns: Number(process.env["RUNS"] ?? 60), seed: Number(process.env["SEED"] ?? 1) });
  expect(compared).toBeGreaterThan(50);
});
