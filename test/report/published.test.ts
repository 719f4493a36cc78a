/** Models against published networks: all that is known of them, and what the commands say of a difference. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { NAMES } from "../../scripts/published.ts";
import { comparedWith, publishedNetworks } from "../../src/report/published.ts";
import { shippedModels } from "../../src/runtime/shipped-specs.ts";
import { MEASURED, measuredGraph } from "./measured-models.ts";
import { dnc } from "./run-dnc.ts";
import { graphOf } from "./spec-files.ts";

const byName = new Map(publishedNetworks().map((network) => [network.name, network]));

it("knows each network once, and with its counts", () => {
  expect(byName.size).toBe(publishedNetworks().length);
  for (const { name, figures, inputs } of publishedNetworks()) {
    expect([name, figures["params"]]).toEqual([name, expect.any(Number)]);
    expect(inputs.length).toBeGreaterThan(0);
  }
  expect(byName.get("densenet121")?.figures).toMatchObject({ folded: 7_971_368, fvcore: 2_865_546_752 });
});

it.each(Object.keys(MEASURED))("has all numbers of the measured %s", (id) => {
  const network = byName.get(NAMES[id] ?? id);
  if (network === undefined) throw new Error(`${id} is not known`);
  const { figures, hasOtherInputs } = comparedWith(measuredGraph(id), network);
  expect(hasOtherInputs).toBe(false);
  expect(figures.map(({ name }) => name)).toEqual(Object.keys(network.figures));
  for (const { name, published, found } of figures) expect([name, found]).toEqual([name, published]);
});

it("has the counts of every shipped network that others publish", () => {
  const shipped = shippedModels();
  const others = [...byName.values()].filter(
    ({ name, figures, inputs }) => figures["peak"] === undefined && inputs.length === 1 && shipped.has(name),
  );
  expect(others.length).toBeGreaterThan(15);
  for (const network of others) {
    const file = (shipped.get(network.name) ?? "").replace(/^specs\//, "");
    const [sizes = []] = network.inputs;
    const ports = [...readFileSync(`specs/${file}`, "utf8").matchAll(/^ *input (\w+):/gm)];
    // Models of other files' models have none of their own.
    const port = network.name === "unet3d" ? "volume" : (ports[0]?.[1] ?? "x");
    const input = `${port}=${sizes.join("x")}`;
    const graph = graphOf({ file, model: network.name, input });
    for (const { name, published, found } of comparedWith(graph, network).figures)
      expect([network.name, name, found]).toEqual([network.name, name, published]);
  }
});

it("compares what does not depend on sizes where the input is another", () => {
  const network = byName.get("densenet121");
  const graph = graphOf({ file: "densenet121.dn", input: "x=3x256x256" });
  const comparison = network && comparedWith(graph, network);
  expect(comparison?.hasOtherInputs).toBe(true);
  expect(comparison?.figures.map(({ name }) => name)).toEqual(["params", "buffers", "folded"]);
});

it("prints every figure, and returns 3 where one differs", async () => {
  const same = await dnc("report", "specs/densenet121.dn", "--check", "published");
  expect(same.code).toBe(0);
  expect(same.stdout).toContain("20 of 20 figures are as published");
  const other = await dnc("report", "specs/densenet121.dn", "--check", "densenet169", "--json");
  expect(other.code).toBe(3);
  expect(other.stderr).toContain("error[DN0614]: expected `the figures of densenet169`, and 18 of 20 differ");
  const { published } = JSON.parse(other.stdout);
  expect(published.figures).toContainEqual({
    name: "params",
    published: 14_149_480,
    found: 7_978_856,
    agrees: false,
  });
  expect(await dnc("report", "specs/densenet121.dn", "--check", "densnet121")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("did you mean `densenet121`?"),
  });
});

it("compares a model with the published network of a name", async () => {
  const same = await dnc("diff", "specs/densenet121.dn", "--published", "densenet121");
  expect(same).toMatchObject({ code: 0, stderr: "" });
  expect(same.stdout).toContain("the same stages, with the same shapes");
  const other = await dnc("diff", "specs/densenet121.dn", "--published", "resnet50");
  expect(other.stdout).toMatch(/^resnet50 → densenet121\n/);
  expect((await dnc("diff", "a.dn", "b.dn", "--published", "resnet50")).code).toBe(2);
  expect((await dnc("diff", "a.dn", "--published", "resnet51")).code).toBe(2);
});
