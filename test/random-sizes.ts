/**
 * Random pipelines over one free size, each with what it does to a number of rows: a second formulation, row by row, of
 * which inputs are valid and which rows are read.
 */
import fc from "fast-check";
import { written } from "./fuzz/random-spec.ts";

/** A value of so many rows, and which of them windows have read; `undefined`: no window reads it. */
export interface Rows {
  readonly count: number;
  /** Whether there are as many for every input: then it says nothing of inputs which are read. */
  readonly isFixed: boolean;
  read: Set<number> | undefined;
}

/** Every value that a pipeline makes. */
type Values = Rows[];

/** A piece of a pipeline. */
export interface Piece {
  readonly text: string;
  /** The rows that come out; `undefined`: it does not fit. */
  readonly apply: (input: Rows, values: Values) => Rows | undefined;
}

function made(count: number, { isFixed }: Pick<Rows, "isFixed">, values: Values): Rows | undefined {
  if (count < 1) return undefined;
  const rows: Rows = { count, isFixed, read: undefined };
  values.push(rows);
  return rows;
}

interface Window {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly windows: number;
}

function slide(input: Rows, window: Window, values: Values): Rows | undefined {
  const { size, stride, dilation, before, windows } = window;
  const output = made(windows, input, values);
  if (output === undefined) return undefined;
  input.read ??= new Set();
  for (let index = 0; index < windows; index += 1) {
    for (let tap = 0; tap < size; tap += 1) {
      const row = index * stride - before + tap * dilation;
      if (row >= 0 && row < input.count) input.read.add(row);
    }
  }
  return output;
}

const small = fc.integer({ min: 1, max: 3 });

const conv: fc.Arbitrary<Piece> = fc
  .record({
    size: fc.integer({ min: 1, max: 5 }),
    stride: small,
    dilation: fc.constantFrom(1, 1, 1, 2, 3),
    pad: fc.oneof(fc.constantFrom("default", "same", "valid"), fc.tuple(fc.nat(3), fc.nat(3))),
  })
  .map(({ size, stride, dilation, pad }): Piece => {
    const reach = dilation * (size - 1) + 1;
    const written = { default: "", same: ", pad=same", valid: ", pad=valid" };
    const padText = typeof pad === "string" ? written[pad as "same"] : `, pad=[[${pad[0]}, ${pad[1]}]]`;
    return {
      text: `conv ${size} (order=bare, dilation=${dilation}${padText}) /${stride} -> 2`,
      apply(input, values) {
        const half = Math.floor((dilation * (size - 1)) / 2);
        const outputs = Math.ceil(input.count / stride);
        const missing = Math.max(0, (outputs - 1) * stride + reach - input.count);
        const pads = {
          default: [half, half],
          valid: [0, 0],
          same: [Math.floor(missing / 2), Math.ceil(missing / 2)],
        };
        const [before = 0, after = 0] = typeof pad === "string" ? pads[pad as "same"] : pad;
        const room = input.count + before + after - reach;
        if (room < 0) return undefined;
        return slide(
          input,
          { size, stride, dilation, before, windows: Math.floor(room / stride) + 1 },
          values,
        );
      },
    };
  });

const pool: fc.Arbitrary<Piece> = fc
  .record({
    name: fc.constantFrom("maxpool", "avgpool"),
    size: fc.integer({ min: 1, max: 4 }),
    stride: small,
    pad: fc.nat(2),
    ceil: fc.boolean(),
  })
  .filter(({ size, pad }) => 2 * pad <= size)
  .map(({ name, size, stride, pad, ceil }) => ({
    text: `${name} ${size} (pad=${pad}, ceil=${ceil}) /${stride}`,
    apply(input, values) {
      const room = input.count + 2 * pad - size;
      // A window that hangs over the end is enough in ceil mode.
      if (room < 0 && !ceil) return undefined;
      let windows = (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
      // The last window starts inside of the input or its leading padding.
      if (ceil && (windows - 1) * stride >= input.count + pad) windows -= 1;
      return slide(input, { size, stride, dilation: 1, before: pad, windows }, values);
    },
  }));

const upconv: fc.Arbitrary<Piece> = fc
  .record({ size: fc.integer({ min: 1, max: 4 }), stride: small, pad: fc.option(fc.nat(2)) })
  .map(({ size, stride, pad }) => ({
    text: `upconv ${size}${pad === null ? "" : ` (pad=${pad})`} /${stride} -> 2`,
    apply(input, values) {
      const rows = pad === null ? stride * input.count : (input.count - 1) * stride - 2 * pad + size;
      return made(rows, input, values);
    },
  }));

const upsample: fc.Arbitrary<Piece> = small.map((factor) => ({
  text: `upsample ${factor}`,
  apply: (input, values) => made(factor * input.count, input, values),
}));

const pad: fc.Arbitrary<Piece> = fc
  .record({ before: fc.nat(6), after: fc.nat(6), mode: fc.constantFrom("zero", "reflect", "edge") })
  .map(({ before, after, mode }) => ({
    text: `pad(by=[[${before}, ${after}]], mode=${mode})`,
    apply(input, values) {
      // The outermost row is the mirror.
      if (mode === "reflect" && Math.max(before, after) > input.count - 1) return undefined;
      return made(before + input.count + after, input, values);
    },
  }));

const adaptive: fc.Arbitrary<Piece> = fc.integer({ min: 1, max: 12 }).map((size) => ({
  text: `avgpool(to=${size})`,
  apply: (_input, values) => made(size, { isFixed: true }, values),
}));

const plain: fc.Arbitrary<Piece> = fc.constantFrom("relu", "bn", "id").map((text) => ({
  text,
  apply: (input: Rows, values: Values) => made(input.count, input, values),
}));

function run(pieces: readonly Piece[], input: Rows, values: Values): Rows | undefined {
  return pieces.reduce<Rows | undefined>((rows, piece) => rows && piece.apply(rows, values), input);
}

/** `id` in a branch makes no value of its own. */
function joined(name: string, branches: readonly (readonly Piece[])[]): Piece {
  return {
    text: `${name} < ${branches.map(written).join(" | ")} >`,
    apply(input, values) {
      const results = branches.map((branch) => run(branch, input, values));
      const [first] = results;
      if (first === undefined || results.some((result) => result?.count !== first.count)) return undefined;
      return made(first.count, first, values);
    },
  };
}

/** What comes out of a body, as large as what goes in. */
function refitted(stage: string, body: readonly Piece[]): Piece {
  return {
    text: `repeat 1 < ${written(body)}; ${stage}(to=in) >`,
    apply(input, values) {
      const result = run(body, input, values);
      if (result === undefined || (stage === "crop" && result.count < input.count)) return undefined;
      return made(input.count, input, values);
    },
  };
}

/** What goes into a body, cropped to what comes out of it. */
function croppedToResult(body: readonly Piece[]): Piece {
  return {
    text: `repeat 1 < repeat 1 < ${written(body)} > as result; from in; crop(to=result) >`,
    apply(input, values) {
      const result = run(body, input, values);
      return result === undefined || result.count > input.count
        ? undefined
        : made(result.count, result, values);
    },
  };
}

const { pipe } = fc.letrec<{ pipe: readonly Piece[]; piece: Piece }>((tie) => ({
  pipe: fc.array(tie("piece"), { minLength: 1, maxLength: 3, depthIdentifier: "nested" }),
  piece: fc.oneof(
    { depthIdentifier: "nested", maxDepth: 2 },
    { weight: 4, arbitrary: conv },
    { weight: 4, arbitrary: pool },
    { weight: 1, arbitrary: upconv },
    { weight: 1, arbitrary: upsample },
    { weight: 1, arbitrary: pad },
    { weight: 1, arbitrary: adaptive },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom("crop", "upsample"), tie("pipe"))
        .map(([stage, body]) => refitted(stage, body)),
    },
    { weight: 1, arbitrary: tie("pipe").map(croppedToResult) },
    { weight: 1, arbitrary: plain },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom("add", "max"), fc.array(tie("pipe"), { minLength: 2, maxLength: 3 }))
        .map(([name, branches]) => joined(name, branches)),
    },
  ),
}));

export interface RandomSizes {
  readonly text: string;
  /** Whether an input of so many rows fits, and whether each row that windows look at is read. */
  readonly at: (count: number) => { readonly valid: boolean; readonly lossless: boolean };
}

/** Models over a signal of length `T`. */
export const randomSizes: fc.Arbitrary<RandomSizes> = pipe.map((pieces) => ({
  text: `dn 1;\nmodel net {\n  input x: f32[2 @ T];\n  output y = x < ${written(pieces)} >;\n}\n`,
  at(count) {
    const input: Rows = { count, isFixed: false, read: undefined };
    const values: Values = [input];
    const valid = run(pieces, input, values) !== undefined;
    const lossless =
      valid &&
      values.every(({ isFixed, read, count: rows }) => isFixed || read === undefined || read.size === rows);
    return { valid, lossless };
  },
}));
