/** `dnc ops`: the list, the pages, and what is said of names that are no stages. */
import { expect, it } from "vitest";
import { STAGES } from "../../src/ops/index.ts";
import { LATER_STAGES } from "../../src/ops/unsupported.ts";
import { dnc } from "./run-dnc.ts";

it("lists every stage on a line of its own, by group", async () => {
  const { code, stdout, stderr } = await dnc("ops");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const { name } of STAGES) expect(stdout).toMatch(new RegExp(`^  ${name} +[A-Z0-9\`]`, "m"));
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
});

it("tells all about a stage", async () => {
  const { code, stdout } = await dnc("ops", "conv");
  expect(code).toBe(0);
  await expect(stdout).toMatchFileSnapshot("../golden/report/ops-conv.txt");
});

it.each(STAGES.map((stage) => [stage.name, stage] as const))(
  "names each argument and example of %s",
  async (name, stage) => {
    const { code, stdout } = await dnc("ops", name);
    expect(code).toBe(0);
    const [syntax = ""] = stdout.split("\n");
    expect(syntax.split(" ")[0]).toBe(name);
    expect(syntax.includes("K")).toBe(stage.slots.kernel !== undefined);
    expect(syntax.includes("/s")).toBe(stage.slots.stride !== undefined);
    expect(syntax.includes("-> c")).toBe(stage.slots.channels !== undefined);
    for (const argument of Object.keys(stage.arguments))
      expect(syntax).toMatch(new RegExp(`\\b${argument}\\b`));
    for (const [argument, { summary }] of Object.entries(stage.arguments)) {
      expect(stdout).toMatch(new RegExp(`^  ${argument}( =| \\(required\\)|$)`, "m"));
      expect(stdout.replace(/\s+/g, " ")).toContain(summary);
    }
    for (const { source } of stage.examples) expect(stdout).toContain(`  ${source}\n`);
  },
);

it("prints the reference as one JSON document", async () => {
  const all = JSON.parse((await dnc("ops", "--json")).stdout);
  expect(all.schema).toBe("dnc/ops-1");
  expect(all.stages.map(({ name }: { readonly name: string }) => name)).toEqual(
    STAGES.map(({ name }) => name),
  );
  const one = JSON.parse((await dnc("ops", "linear", "--json")).stdout);
  expect(one.stages[0].syntax).toBe("linear (bias=true, order, act, init) -> c");
  expect(one.stages[0].examples).toEqual([
    { source: "linear -> 1000", input: "[1024]", output: "[1000]", params: 1_025_000 },
  ]);
});

const REFUSED: readonly (readonly [name: string, message: string])[] = [
  ...[...LATER_STAGES].map(
    (name) => [name, `stage \`${name}\` is not supported yet: it belongs to a later edition`] as const,
  ),
  ["convv", "no stage `convv`\nhelp: did you mean `conv`?\n"],
  ["Dropout", "no stage `Dropout`\nhelp: did you mean `dropout`?\n"],
  ["zzzzzzzz", "no stage `zzzzzzzz`\nhelp: `dnc ops` lists all stages\n"],
];

it.each(REFUSED)("says why %s has no page", async (name, message) => {
  const { code, stdout, stderr } = await dnc("ops", name);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(`error: ${message}`);
});

it("takes one name", async () => {
  expect(await dnc("ops", "conv", "bn")).toMatchObject({ code: 2, stdout: "" });
});
