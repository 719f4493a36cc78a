/** Lints in networks with mistakes: what a mistake hides is no reason to tell of what is around it. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Diagnostic, hasErrors } from "../../src/base/diagnostic.ts";
import { startOf } from "../../src/base/source.ts";
import { check } from "../../src/compile.ts";
import { STAGES } from "../../src/ops/index.ts";
import { loaderFrom, specNames } from "../golden-specs.ts";

const folder = new URL("../../specs/", import.meta.url);
const load = loaderFrom(folder);

/** Each makes one mistake, where the text matches. */
const MISTAKES: readonly { readonly what: string; readonly at: RegExp; readonly text: string }[] = [
  { what: "an unknown stage", at: stages("(?! *=)"), text: "unknown" },
  { what: "an argument that there is not", at: stages("(?= *[;>])"), text: "$& (unknown=1)" },
  { what: "an unknown width", at: /-> *\w[\w.]*(?=[;) ])/g, text: "-> unknown" },
  { what: "an order that there is not", at: /order *= *(?:pre|post|bare)/g, text: "order=unknown" },
  { what: "a token too many", at: stages(""), text: ") $&" },
  { what: "a condition without a value", at: /when \(/g, text: "when (unknown == " },
  { what: "a value that there is not", at: /(?<== )\w+(?= *<)/g, text: "unknown" },
];

function stages(behind: string): RegExp {
  return new RegExp(`(?<=[;<|] *)\\b(?:${STAGES.map(({ name }) => name).join("|")})\\b${behind}`, "g");
}

const specs = specNames(folder).map((name) => {
  const text = readFileSync(new URL(`${name}.dn`, folder), "utf8");
  return { name, text, told: new Set(lintsOf(text)) };
});

it.each(MISTAKES)("tells nothing new beside $what", { timeout: 30_000 }, ({ at, text: replacement }) => {
  const found: string[] = [];
  let broken = 0;
  for (const [position, { name, text, told }] of specs.entries()) {
    const code = text.replace(/\/\/.*/g, (comment) => " ".repeat(comment.length));
    const places = [...code.matchAll(at)];
    // Another place in each; all of all take two minutes.
    const place = places[(7 * position) % Math.max(1, places.length)];
    if (place === undefined) continue;
    const [old] = place;
    const now = replacement.replace("$&", old);
    const changed = `${text.slice(0, place.index)}${now}${text.slice(place.index + old.length)}`;
    const { diagnostics } = check({ path: `${name}.dn`, text: changed }, { load });
    if (!hasErrors(diagnostics)) continue;
    broken += 1;
    const line = text.slice(0, place.index).split("\n").length;
    for (const lint of lintsIn(diagnostics))
      if (!told.has(lint)) found.push(`${name}.dn:${line}: ${now}: ${lint}`);
  }
  expect(found).toEqual([]);
  expect(broken).toBeGreaterThan(5);
});

function lintsOf(text: string): readonly string[] {
  return lintsIn(check({ path: "spec.dn", text }, { load }).diagnostics);
}

/** Of the whole file, the line and code of each: only the line of a mistake changes, and no line moves. */
function lintsIn(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.flatMap(({ code, severity, span, message }) =>
    severity === "error" && !code.startsWith("DN06")
      ? []
      : [`${span && startOf(span).line} ${code} ${message.replace(/\d[\d,]*/g, "#")}`],
  );
}
