/** What blocks make of any input: as a paper says it, and as models that call them with numbers have it. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { check } from "../../src/compile.ts";
import { describeSignature, type PortFormDescription } from "../../src/describe.ts";
import { axisName } from "../../src/ir/shape.ts";
import { STANDARD_BLOCKS } from "../../src/semantics/module.ts";
import { computed } from "./computed.ts";

function signaturesIn(text: string) {
  const { signatures } = check({ path: "blocks.dn", text: `dn 1;\n${text}\n` }, { signatures: true });
  return signatures.map(describeSignature);
}

function printed(text: string): readonly string[] {
  return signaturesIn(text).flatMap(({ forms, undecided }) =>
    undecided === undefined ? forms.map((form) => form.printed) : [`undecided: ${undecided}`],
  );
}

it.each([
  ["block dense(k, n) < bottleneck 1x1; conv 3x3; concat >", "[C @ H, W] → [C + n·k @ H, W]"],
  ["block dense(k, n) < bottleneck 1; conv 3; concat >", "[C @ S…] → [C + n·k @ S…]"],
  ["block down(theta: float) < conv 1 -> floor(theta*in.c); avgpool 2 >", "[C @ S…] → [⌊theta·C⌋ @ ⌊S/2⌋…]"],
  ["block stem(c) < conv 7 /2 -> c; maxpool 3 /2 >", "[C @ S…] → [c @ ⌈S/4⌉…]"],
  ["block strided(c, s) < conv 3 /s -> c >", "[C @ S…] → [c @ ⌈S/s⌉…]"],
  ["block head(classes) < gap; linear -> classes >", "[C @ S…] → [classes]"],
  ["block grow(n) < repeat n as i < conv 1 -> 8*(i + 1); concat > >", "[C @ S…] → [C + 4·n + 4·n² @ S…]"],
  [
    "block last(n) < conv 1 -> 8; repeat n as i < conv 1 -> 8*(i + 1) > >",
    "[C @ S…] → [8·n @ S…] where n >= 1",
  ],
  [
    "block again(c, depth) < conv 3 -> c; when (depth > 0) < again(c=c, depth=depth-1) > >",
    "[C @ S…] → [c @ S…]",
  ],
  [
    "block level(c, depth) < conv 3 -> c; when (depth > 0) < concat < id | maxpool 2; level(c=2*c, depth=depth-1); upconv 2 -> c >; conv 3 -> c > >",
    "[C @ S…] → [c @ S…]",
  ],
  [
    "block up(c) in (x, skip) < from x; upconv 2 -> c; concat(it, skip); conv 3 -> c >",
    "x [x.c @ S…], skip [skip.c @ 2·S…] → [c @ 2·S…]",
  ],
  ["block branches(a, b) < concat < conv 1 -> a | maxpool 3 /1; conv 1 -> b > >", "[C @ S…] → [a + b @ S…]"],
  [
    "block squeeze(r) < gate < gap; linear -> in.c/r; relu; linear -> in.c; sigmoid > >",
    "[C @ S…] → [C @ S…] where C % r == 0",
  ],
  ["block residual(c) < add < conv 3 -> c | id > >", "[C @ S…] → [c @ S…] where c == C"],
  ["block strided2(c, s) < add < conv 3 /s -> c | id > >", "[C @ S…] → [c @ S…] where c == C, s == 1"],
  ["block declared(k) < conv 1 -> k : [2*in.c @ in.h, in.w] >", "[C @ H, W] → [k @ H, W] where 2*C == k"],
  ["block share(theta) < conv 1 -> floor(theta*in.c); avgpool 2 >", "[C @ S…] → [⌊theta·C⌋ @ ⌊S/2⌋…]"],
  ["block halved(k) < conv 1 -> floor(k/2); conv 3 -> k >", "[C @ S…] → [k @ S…]"],
  [
    "block turned(S: int, a: int) < conv 1 -> 9 + floor((1 - a)/S) >",
    "[C @ in.s…] → [8 - ⌊(a - 2)/S⌋ @ in.s…]",
  ],
  ["block b(W: int = 2) < maxpool (size=W) >", "[C @ S…] → [C @ ⌊S/W⌋…]"],
  ["block b(H = 2, W = 2) < pad (by=[H, W]) >", "[C @ in.h, in.w] → [C @ 2·H + in.h, 2·W + in.w]"],
  ["block b(S: int = 2) < conv 3 /S -> 8 >", "[C @ in.s…] → [8 @ ⌈in.s/S⌉…]"],
  [
    "block b(S) < concat < id | maxpool 2; upconv 2 -> S > >",
    "[C @ in.s…] → [C + S @ in.s…] where in.s mod 2 = 0",
  ],
  [
    "block b(C) in (H, W) < from H; conv 3 -> C; concat(it, W) >",
    "H [H.c @ S…], W [W.c @ S…] → [C + W.c @ S…]",
  ],
  ["block grouped(g) < conv 3 (groups=g) -> in.c >", "[C @ S…] → [C @ S…] where it fits"],
])("derives what %s gives", (block, signature) => {
  expect(printed(block)).toEqual([signature]);
});

it.each([
  ["block held(unit: block) < unit >", "it depends on what `unit` is"],
  ["block flat(c) < flatten; linear -> c >", "would depend on H"],
  ["block pick(n) < conv 1 -> [64, 128, 256][n] >", "which element of a list"],
  ["block list(widths: int[]) < for c in widths < conv 1 -> c > >", "follow no rule"],
])("says why it cannot tell what %s gives", (block, why) => {
  expect(printed(block)).toEqual([expect.stringContaining(why)]);
});

it("tells what blocks give that contain each other", () => {
  const text = `block ping(d) < conv 1 -> 8; when (d > 0) < pong(d=d-1) > >
    block pong(d) < conv 3 -> 8; when (d > 0) < ping(d=d-1) > >`;
  expect(printed(text)).toEqual(["[C @ S…] → [8 @ S…]", "[C @ S…] → [8 @ S…]"]);
});

it("asks of a block what the blocks within ask", () => {
  const text = 'import { dense } from "std";\nblock stage(k, n) < dense(k=k, n=n); conv 1 -> k >';
  expect(printed(text)[0]).toBe("[C @ S…] → [k @ S…] where n >= 1");
});

it("tells of the blocks that a file imports under the names that it gives them", () => {
  const text =
    'import { dense as layers, transition } from "std";\nblock both < layers(k=12, n=4); transition >';
  const told = signaturesIn(text).map(({ name, forms }) => [name, ...forms.map((form) => form.printed)]);
  expect(told).toEqual([
    ["both", "[C @ S…] → [⌊C/2⌋ + 24 @ ⌊S/2⌋…]"],
    ["layers", "[C @ S…] → [C + n·k @ S…]"],
    ["transition", "[C @ S…] → [⌊theta·C⌋ @ ⌊S/2⌋…]"],
  ]);
});

const RANDOM_PARAMETERS: Readonly<Record<string, fc.Arbitrary<number>>> = {
  n: fc.integer({ min: 1, max: 4 }),
  s: fc.integer({ min: 1, max: 3 }),
  b: fc.integer({ min: 1, max: 5 }),
  theta: fc.constantFrom(0.25, 0.5, 0.75, 1),
  drop: fc.constantFrom(0, 0.5),
  k: fc.integer({ min: 1, max: 30 }),
  c: fc.integer({ min: 1, max: 70 }),
};

it.each([...STANDARD_BLOCKS])("agrees with models that call %s of the standard library", (name) => {
  const head = `import { ${name} } from "std";\n`;
  const [signature] = signaturesIn(head);
  const names = (signature?.parameters ?? []).map((parameter) => parameter.split(/[ :]/)[0] ?? "");
  const chosen = fc.record(
    Object.fromEntries(
      names.flatMap((each) => {
        const values = RANDOM_PARAMETERS[each];
        return values === undefined ? [] : [[each, values]];
      }),
    ),
  );
  const sizes = fc.array(fc.integer({ min: 16, max: 40 }), { minLength: 1, maxLength: 3 });
  const run = fc.property(chosen, fc.integer({ min: 2, max: 70 }), sizes, (parameters, channels, input) => {
    const form = signature?.forms.find(({ ranks }) => ranks.includes(input.length));
    const given = Object.entries(parameters).map(([parameter, value]) => `${parameter}=${value}`);
    const text = `dn 1;\n${head}model m { set order = post; input x: f32[${channels} @ ${input.join(", ")}]; output y = x < ${name}(${given.join(", ")}) >; }`;
    const { models, diagnostics } = check({ path: "m.dn", text });
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    const shape = models[0]?.graph?.nodes.at(-1)?.shape;
    const expected = (port: PortFormDescription | undefined, axis: number): number => {
      const size = input[axis] ?? 0;
      const formula = port?.sizes[Math.min(axis, port.sizes.length - 1)] ?? "";
      return computed(formula, { ...parameters, S: size, [axisName(input.length, axis + 1)]: size });
    };
    expect(shape?.channels).toBe(computed(form?.output.channels ?? "", { ...parameters, C: channels }));
    expect(shape?.sizes).toEqual(input.map((_, axis) => expected(form?.output, axis)));
  });
  fc.assert(run, { numRuns: 40 });
});
