/** Broken specs, each with the mistakes that it must be told of at their places, and specs that are fine. */
import { expect, it } from "vitest";
import { placeOf } from "../src/base/source.ts";
import { colorsWhere } from "../src/cli/colors.ts";
import { renderAll } from "../src/cli/render/all.ts";
import { checkSpec, fulfils, specNames } from "./golden-specs.ts";

const errors = new URL("./golden/errors/", import.meta.url);
const ok = new URL("./golden/ok/", import.meta.url);
const rendering = { colors: colorsWhere(false), width: 100, format: "pretty" } as const;

it.each(specNames(errors))("tells every mistake of %s once, and nothing else", async (name) => {
  const { diagnostics, expectations } = checkSpec(errors, `${name}.dn`);
  const wanted = new Set(expectations.map(({ code }) => code));
  const left = diagnostics.filter(({ severity, code }) => severity !== "hint" || wanted.has(code));
  const missing = expectations.filter((expectation) => {
    const found = left.findIndex((diagnostic) => fulfils(diagnostic, expectation));
    if (found >= 0) left.splice(found, 1);
    return found < 0;
  });
  expect({
    missing: missing.map(({ path, line, code, words }) => [`${path}:${line}`, code, ...words].join(" ")),
    unexpected: left.map(({ span, code, message }) => `${span && placeOf(span)} ${code} ${message}`),
  }).toEqual({ missing: [], unexpected: [] });
  expect(expectations.length).toBeGreaterThan(0);
  await expect(renderAll(diagnostics, rendering)).toMatchFileSnapshot(`./golden/errors/${name}.txt`);
});

it.each(specNames(ok))("has nothing against %s", (name) => {
  const { diagnostics, models } = checkSpec(ok, `${name}.dn`);
  const told = diagnostics.filter(({ severity }) => severity !== "hint");
  expect(renderAll(told, rendering)).toBe("");
  expect(models.every(({ graph }) => graph !== undefined)).toBe(true);
});
