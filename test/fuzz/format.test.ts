/**
 * Random specs through the formatter, with white space and comments anywhere: it keeps tree and comments, is done at
 * once, and does not care how the text was laid out. `DNC_FUZZ_RUNS=5000` tries more of them.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { format, isSameTree } from "../../grammar/format.ts";
import { parseText } from "../grammar/support.ts";

const numRuns = Number(process.env["DNC_FUZZ_RUNS"] ?? 150);

/** The text of a spec as its tokens. */
type Tokens = readonly string[];
type Spec = fc.Arbitrary<Tokens>;

const literal = (...tokens: Tokens): Spec => fc.constant(tokens);
const sequence = (...parts: readonly (Spec | string)[]): Spec =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? literal(part) : part)))
    .map((tokens) => tokens.flat());
const maybe = (...parts: readonly (Spec | string)[]): Spec => fc.oneof(literal(), sequence(...parts));
const separated = (item: Spec, separator: string, minLength: number, maxLength = 4): Spec =>
  fc
    .array(item, { minLength, maxLength })
    .map((items) => items.flatMap((tokens, index) => (index === 0 ? tokens : [separator, ...tokens])));

const name: Spec = fc
  .constantFrom("a", "k", "relu", "conv", "growth", "a_rather_long_name_of_something")
  .map((text) => [text]);
const number: Spec = fc.constantFrom("0", "32", "1_000", "0.5", "1e-5", "8MiB").map((text) => [text]);
const kernel: Spec = fc.constantFrom("3x3", "1x2x3").map((text) => [text]);
const qualified = separated(name, ".", 1, 2);

const depthIdentifier = fc.createDepthIdentifier();
const nested = (maxDepth: number, leaf: Spec, ...rest: readonly Spec[]): Spec =>
  fc.oneof(
    { maxDepth, depthIdentifier },
    { arbitrary: leaf, weight: 2 * rest.length },
    ...rest.map((arbitrary) => ({ arbitrary, weight: 1 })),
  );

const { expression, relation, args, body, stage } = fc.letrec<
  Record<"expression" | "primary" | "relation" | "args" | "body" | "stage", Tokens>
>((tie) => {
  const primary = nested(
    3,
    fc.oneof(name, number),
    kernel,
    literal('"text"'),
    literal("true"),
    sequence(
      fc.constantFrom("in", "it").map((word) => [word]),
      maybe(".", "c"),
    ),
    sequence("[", separated(tie("expression"), ",", 0), "]"),
    sequence(qualified, tie("args")),
    sequence("(", tie("relation"), ")"),
    sequence(tie("primary"), "[", tie("expression"), "]"),
  );
  const unary = sequence(maybe(fc.constantFrom("-", "!").map((sign) => [sign])), tie("primary"));
  const operator = fc.constantFrom("+", "-", "*", "/", "%").map((sign) => [sign]);
  const comparison = fc.constantFrom("<", ">", "<=", ">=", "==", "!=", "&&", "||").map((sign) => [sign]);
  const type = sequence(
    ":",
    maybe("f32"),
    "[",
    tie("expression"),
    maybe("@", separated(tie("expression"), ",", 1)),
    "]",
  );
  const operation = (branches: Spec): Spec =>
    sequence(
      qualified,
      fc.oneof(literal(), number, kernel),
      maybe(tie("args")),
      branches,
      maybe("/", fc.oneof(kernel, number, name, sequence("(", tie("expression"), ")"))),
      maybe("->", tie("expression")),
    );
  const branches = sequence("<", separated(separated(tie("stage"), ";", 1), "|", 1), maybe(";"), ">");
  const otherwise = fc.oneof(
    literal(),
    sequence("else", tie("body")),
    sequence("else", "when", "(", tie("relation"), ")", tie("body")),
  );
  const bare = nested(
    3,
    operation(literal()),
    name,
    operation(branches),
    sequence("from", fc.oneof(literal("in"), sequence(qualified, maybe(tie("args"))))),
    sequence("for", name, maybe(",", name), "in", tie("expression"), tie("body")),
    sequence("repeat", tie("expression"), maybe("as", name), tie("body")),
    sequence("when", "(", tie("relation"), ")", tie("body"), otherwise),
  );
  return {
    primary,
    expression: sequence(
      unary,
      fc.array(sequence(operator, unary), { maxLength: 2 }).map((all) => all.flat()),
    ),
    relation: sequence(
      tie("expression"),
      fc.array(sequence(comparison, tie("expression")), { maxLength: 2 }).map((all) => all.flat()),
    ),
    args: sequence("(", separated(sequence(maybe(name, "="), tie("relation")), ",", 0), ")"),
    body: sequence("<", separated(tie("stage"), ";", 1, 6), maybe(";"), ">"),
    stage: fc.oneof(
      { arbitrary: sequence(bare, maybe(type), maybe("as", name)), weight: 5 },
      { arbitrary: sequence("let", name, "=", tie("expression")), weight: 1 },
    ),
  };
});

const type = sequence("[", expression, maybe("@", separated(expression, ",", 1)), "]");
const where = maybe("where", "(", separated(relation, ",", 1), ")");
const parameter = sequence(
  name,
  maybe(
    ":",
    fc.constantFrom("int", "block").map((word) => [word]),
    maybe("[", "]"),
  ),
  maybe("=", expression),
);
const parameters = maybe("(", separated(parameter, ",", 0, 8), ")");
const flow = sequence(qualified, maybe(args), maybe(body));
const item = fc.oneof(
  sequence("input", name, ":", type, ";"),
  sequence("output", name, maybe("=", flow), maybe(":", type), ";"),
  sequence(name, "=", flow, maybe(":", type), ";"),
  sequence("let", name, "=", expression, ";"),
  sequence("set", name, "=", expression, ";"),
  sequence("shared", name, "=", stage, ";"),
  sequence("expect", separated(relation, ",", 1), ";"),
);
const definition = fc.oneof(
  sequence(
    ...["block", name, parameters, maybe("in", "(", separated(name, ",", 1), ")")],
    ...[maybe("repeat", expression, maybe("as", name)), where, body, maybe(";")],
  ),
  sequence(
    "model",
    name,
    parameters,
    where,
    "{",
    fc.array(item, { maxLength: 5 }).map((all) => all.flat()),
    "}",
  ),
  sequence("model", name, parameters, where, "=", qualified, maybe(args), ";"),
  sequence("let", name, "=", expression, ";"),
);
const importing = fc.oneof(
  sequence("import", "{", separated(sequence(name, maybe("as", name)), ",", 1), "}", "from", '"std"', ";"),
  sequence("import", "*", "as", name, "from", '"./lib.dn"', ";"),
);
/** What the grammar takes and the language refuses, such as `-> f(a=1)`, is left out. */
const specs = sequence(
  maybe("dn", "1", ";"),
  fc.array(importing, { maxLength: 2 }).map((all) => all.flat()),
  fc.array(definition, { maxLength: 4 }).map((all) => all.flat()),
).filter((tokens) => parseText(tokens.join(" ")).diagnostics.length === 0);

const BLANKS = [" ", "  ", "\n", "\r\n", "\t", "\n    "];
const GAPS = [
  ...BLANKS,
  "\n\n",
  "\n\n\n",
  " // end\n",
  "\n// own\n",
  "\n\n  // apart\n\n",
  " // end  \n// own\n",
];

/** The tokens with something between each two, chosen by `seeds` in turn. */
function spread(tokens: Tokens, seeds: readonly number[], gaps: readonly string[]): string {
  return tokens
    .map((token, index) => token + (gaps[(seeds[index % seeds.length] ?? 0) % gaps.length] ?? ""))
    .join("");
}

const seeds = fc.array(fc.nat(), { minLength: 1, maxLength: 50 });

function formatted(text: string): string {
  const result = format({ path: "random.dn", text });
  expect(result.diagnostics).toEqual([]);
  return result.text ?? "";
}

it("makes specs that are worth formatting", () => {
  const sizes = fc.sample(specs, { numRuns: 50, seed: 1 }).map((tokens) => tokens.length);
  expect(Math.max(...sizes)).toBeGreaterThan(200);
  expect(sizes.filter((size) => size > 40).length).toBeGreaterThan(10);
});

it("keeps the tree and the comments, and changes nothing the second time", () => {
  fc.assert(
    fc.property(specs, seeds, (tokens, gaps) => {
      const text = spread(tokens, gaps, GAPS);
      const result = formatted(text);
      const [before, after] = [parseText(text).file, parseText(result).file];
      expect(after.comments.map((comment) => comment.text)).toEqual(
        before.comments.map((comment) => comment.text.trimEnd()),
      );
      expect(
        isSameTree({ ...before, edition: 1, comments: [] }, { ...after, edition: 1, comments: [] }),
      ).toBe(true);
      expect(formatted(result)).toBe(result);
      expect(result).not.toMatch(/[ \t\r]\n|\n\n\n|^\n|\n\n$|\t/);
    }),
    { numRuns },
  );
});

it("makes one text of all layouts of a spec", () => {
  fc.assert(
    fc.property(specs, seeds, (tokens, gaps) => {
      const result = formatted(tokens.join(" "));
      expect(formatted(spread(tokens, gaps, BLANKS))).toBe(result);
    }),
    { numRuns },
  );
});

it("leaves room for what must stand together only", () => {
  fc.assert(
    fc.property(specs, (tokens) => {
      for (const line of formatted(tokens.join(" ")).split("\n")) {
        // What is longer holds no place where it could be broken but inside short lists and expressions.
        if (line.length > 100) expect(line.trim().split(/; (?!>)/).length).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns },
  );
});
