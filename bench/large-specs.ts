/** Specs of any number of operations, in the forms in which large networks are written. */

/** How a large network is written: `text(ops)` is a spec of about so many operations, never more. */
interface Form {
  readonly name: string;
  readonly text: (ops: number) => string;
}

const model = (body: string, input = "f32[8 @ 32x32]"): string =>
  `dn 1;\nmodel net {\n  set order = post;\n  input x: ${input};\n  output y = x < ${body} >;\n}\n`;

/** Nine operations. */
const RESIDUAL = "add < conv 3 -> 8; conv 3 -> 8 | id >; relu";

export const LARGE_SPECS: readonly Form[] = [
  {
    name: "chain of residual blocks",
    text: (ops) => model(`repeat ${Math.floor(ops / 9)} < ${RESIDUAL} >`),
  },
  {
    name: "the same, sizes free",
    text: (ops) => model(`repeat ${Math.floor(ops / 9)} < ${RESIDUAL} >`, "f32[8 @ H, W]"),
  },
  {
    name: "dense block",
    text: (ops) => model(`repeat ${Math.floor(ops / 4)} < conv 3 (order=pre) -> 4; concat >`),
  },
  {
    name: "dense block, sizes free",
    text: (ops) =>
      model(`repeat ${Math.floor(ops / 4)} < conv 3 (order=pre) -> 4; concat >`, "f32[8 @ H, W]"),
  },
  {
    name: "nested loops",
    text: (ops) =>
      model(`repeat 10 < for i, j in range(10) < repeat ${Math.floor(ops / 300)} < conv 1 -> 8 > > >`),
  },
  {
    name: "calls of blocks",
    text: (ops) =>
      `${model(
        `repeat ${Math.floor(ops / 12)} as i < when (i % 2 == 0) < tail(c=8) > else < tail(c=in.c, s=1) > >`,
      )}block tail(c, s=1) < conv 3 /s -> c; residual(c=c) >
block residual(c) < add < conv 3 -> c; conv 3 -> c | id >; relu >
`,
  },
  {
    name: "stages one by one",
    text: (ops) => model(Array.from({ length: ops / 4 }, () => "conv 3 -> 8; relu").join(";\n    ")),
  },
  {
    name: "values one by one",
    text: (ops) =>
      `dn 1;\nmodel net {\n  set order = post;\n  input v0: f32[8 @ 32x32];\n${Array.from(
        { length: ops / 4 },
        (_, index) => `  v${index + 1} = v${index} < conv 3 -> 8; relu >;\n`,
      ).join("")}  output y = v${ops / 4};\n}\n`,
  },
  {
    name: "branches of one join",
    text: (ops) => model(`concat < ${Array.from({ length: ops / 2 }, () => "relu; bn").join("\n    | ")} >`),
  },
];
