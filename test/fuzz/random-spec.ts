/** Random specs that are right: every window fits, every join agrees, every name is used. */
import fc from "fast-check";

/** A pipeline that keeps the sizes, and what it does to the channels. */
interface Piece {
  readonly text: string;
  readonly channels: (before: number) => number;
}

const keeps = (text: string): Piece => ({ text, channels: (before) => before });
const gives = (text: string, after: number): Piece => ({ text, channels: () => after });
const width = fc.integer({ min: 1, max: 24 });

/** Odd windows with the default padding keep the sizes. */
const conv: fc.Arbitrary<Piece> = fc
  .record({
    window: fc.constantFrom(1, 3, 5, 7),
    order: fc.constantFrom("", " (order=pre)", " (order=bare)", " (order=bare, act=relu)", " (bias=true)"),
    dilation: fc.constantFrom("", " (dilation=2)"),
    width,
  })
  .map(({ window, order, dilation, width: channels }) =>
    gives(`conv ${window}${order === "" ? dilation : order} -> ${channels}`, channels),
  );

const plain: fc.Arbitrary<Piece> = fc
  .constantFrom(
    "bn",
    "relu",
    "dwconv 3",
    "upconv 3 (order=post) /1 -> it.c",
    "sigmoid",
    "id",
    "dropout(p=0.2)",
    "maxpool 3 /1",
    "avgpool 5 (pad=same) /1",
  )
  .map(keeps);

/** They change the sizes and take them back. */
const resized: fc.Arbitrary<Piece> = fc
  .constantFrom(
    "upsample 2; maxpool 2",
    "upsample 3 (mode=bilinear); avgpool 3",
    "avgpool 2; upsample(to=in)",
    "maxpool 3 /2; upsample(bilinear, in)",
    "pad(by=2); crop(to=in)",
    "pad(by=[[1, 3]], mode=edge); crop(in)",
    "pad(by=1, mode=reflect); maxpool 3 (pad=0) /1",
    "maxpool 3 (pad=0) /1 as small; from in; crop(to=small); upsample(to=in)",
    "avgpool(to=3); upsample(to=in)",
  )
  .map((text) => keeps(`repeat 1 < ${text} >`));

const rearranged: fc.Arbitrary<Piece> = fc.oneof(
  fc.constant(keeps("shuffle(groups=it.c)")),
  fc.record({ more: fc.nat(5), side: fc.constantFrom("", " (side=both)") }).map(
    ({ more, side }): Piece => ({
      text: `chpad${side} -> it.c + ${more}`,
      channels: (before) => before + more,
    }),
  ),
  width.map(
    (stop): Piece => ({
      text: `slice(0, min(it.c, ${stop}))`,
      channels: (before) => Math.min(before, stop),
    }),
  ),
);

const called: fc.Arbitrary<Piece> = fc.oneof(
  fc.record({ k: width, n: fc.integer({ min: 1, max: 3 }) }).map(
    ({ k, n }): Piece => ({
      text: `dense(k=${k}, n=${n})`,
      channels: (before) => before + k * n,
    }),
  ),
  fc.constant(keeps("residual")),
  width.map((k) => gives(`tail(${k})`, 2 * k)),
);

const combiner = fc.constantFrom("add", "mul", "sub", "max");

/** What a gate's body may end in: one number per channel, position or element. */
const factors = fc.constantFrom(
  "gap; linear -> in.c",
  "conv 1 (order=bare) -> 1",
  "conv 1 (order=bare) -> in.c",
);

const { pipe } = fc.letrec<{ pipe: readonly Piece[]; piece: Piece }>((tie) => ({
  pipe: fc.array(tie("piece"), { minLength: 1, maxLength: 4, depthIdentifier: "nested" }),
  piece: fc.oneof(
    { depthIdentifier: "nested", maxDepth: 3 },
    { weight: 4, arbitrary: conv },
    { weight: 3, arbitrary: plain },
    { weight: 2, arbitrary: called },
    { weight: 1, arbitrary: resized },
    { weight: 1, arbitrary: rearranged },
    { weight: 1, arbitrary: tie("pipe").map(concatenated) },
    { weight: 1, arbitrary: fc.array(tie("pipe"), { minLength: 2, maxLength: 3 }).map(branched) },
    { weight: 1, arbitrary: fc.tuple(combiner, tie("pipe")).map(([join, body]) => combined(join, body)) },
    { weight: 1, arbitrary: fc.tuple(factors, tie("pipe")).map(([end, body]) => gated(end, body)) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(3), tie("pipe")).map(([count, body]) => repeated(count, body)) },
    { weight: 1, arbitrary: fc.tuple(tie("pipe"), tie("pipe")).map(([body, other]) => chosen(body, other)) },
  ),
}));

function after(pieces: readonly Piece[], before: number): number {
  return pieces.reduce((channels, piece) => piece.channels(channels), before);
}

export function written(pieces: readonly { readonly text: string }[]): string {
  return pieces.map(({ text }) => text).join("; ");
}

/** A bare join at the end of a loop that runs once. */
function concatenated(body: readonly Piece[]): Piece {
  return {
    text: `repeat 1 < ${written(body)}; concat >`,
    channels: (before) => before + after(body, before),
  };
}

function branched(bodies: readonly (readonly Piece[])[]): Piece {
  return {
    text: `concat < ${bodies.map(written).join(" | ")} >`,
    channels: (before) => bodies.reduce((sum, body) => sum + after(body, before), 0),
  };
}

function combined(join: string, body: readonly Piece[]): Piece {
  return keeps(`${join} < ${written(body)}; conv 1 (order=bare) -> in.c | id >`);
}

function gated(end: string, body: readonly Piece[]): Piece {
  return keeps(`gate < ${written(body)}; ${end}; sigmoid >`);
}

function repeated(count: number, body: readonly Piece[]): Piece {
  return {
    text: `repeat ${count} < ${written(body)} >`,
    channels: (before) =>
      Array.from({ length: count }).reduce<number>((channels) => after(body, channels), before),
  };
}

/** Which body is taken depends on a condition that holds. */
function chosen(body: readonly Piece[], other: readonly Piece[]): Piece {
  return {
    text: `when (it.c >= 1 && !(it.c < 0)) < ${written(body)} > else < ${written(other)} >`,
    channels: (before) => after(body, before),
  };
}

/** Halves the sizes; the inputs are large enough for three of them. */
const down = fc.constantFrom(
  "maxpool 3 /2",
  "maxpool 2",
  "avgpool 2",
  "conv 3 /2 -> it.c",
  "conv 2 /2 -> it.c",
);

const model = fc
  .record({
    rank: fc.integer({ min: 1, max: 3 }),
    size: fc.constantFrom(16, 19, 24, 32),
    channels: fc.integer({ min: 1, max: 4 }),
    order: fc.constantFrom("pre", "post", "bare"),
    parts: fc.array(pipe, { minLength: 1, maxLength: 3 }),
    downs: fc.array(down, { minLength: 2, maxLength: 2 }),
    head: fc.constantFrom("gap; linear -> 3", "gap; flatten; linear -> 3; softmax", "flatten; linear -> 3"),
  })
  .map(({ rank, size, channels, order, parts, downs, head }) => {
    const sizes = Array.from({ length: rank }, () => size).join(", ");
    const counted = parts.reduce((before, part) => after(part, before), channels);
    const body = parts.flatMap((part, index) => [written(part), downs[index] ?? []]).flat();
    return `model net {
  set order = ${order};
  input x: f32[${channels} @ ${sizes}];
  features = x < ${body.join("; ")} >;
  output y = features < ${head} > : f32[3];
  expect features.c == ${counted};
}`;
  });

/** The whole file: a model, and the blocks that its pipelines may call. */
export const randomSpec: fc.Arbitrary<string> = model.map(
  (text) => `dn 1;
import { dense } from "std";
block residual(s=1) < add < conv 3 /s -> in.c; conv 3 (order=bare) -> in.c | when (s != 1) < conv 1 /s -> in.c > >; relu >
block tail(k) < conv 1 -> k; concat < conv 3 | conv 5 > >
${text}
`,
);
