/** `dnc explain`, and what every page must be. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Severity } from "../../src/base/diagnostic.ts";
import { colorsWhere } from "../../src/cli/colors.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { dispatch } from "../../src/cli/dispatch.ts";
import { renderMarkdown } from "../../src/cli/render/markdown.ts";
import { diagnosticKinds } from "../../src/diagnostics.ts";
import { check } from "../../src/index.ts";

const codes = diagnosticKinds.map(({ code }) => code);

async function explain(
  ...args: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const texts = { stdout: "", stderr: "" };
  const code = await dispatch(
    ["explain", ...args],
    {
      stdout: { write: (text) => (texts.stdout += text) },
      stderr: { write: (text) => (texts.stderr += text) },
      environment: {},
    },
    COMMANDS,
  );
  return { code, ...texts };
}

it("lists every diagnostic that the sources define", () => {
  const defined = ["src", "grammar"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .flatMap((path) => [...readFileSync(`${folder}/${path}`, "utf8").matchAll(/^ +code: "(DN\d+)",?$/gm)])
      .map(([, code]) => code),
  );
  expect(codes).toEqual(defined.sort());
});

it("gives every diagnostic its own code and title", () => {
  expect(new Set(codes).size).toBe(codes.length);
  expect(new Set(diagnosticKinds.map(({ explanation }) => explanation.title)).size).toBe(codes.length);
});

it.each(diagnosticKinds.map((kind) => [kind.code, kind] as const))(
  "has a whole page for %s",
  (code, kind) => {
    const { title, text, wrong, right } = kind.explanation;
    expect(code).toMatch(/^DN\d{4}$/);
    expect(title).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(text).toMatch(/^[A-Z`].{40,}[.)`]$/s);
    expect(right === undefined || wrong !== undefined, "what is right is shown beside what is wrong").toBe(
      true,
    );
    for (const example of [wrong, right]) if (example !== undefined) expect(example.trim()).not.toBe("");
  },
);

const examples = diagnosticKinds.filter(({ explanation }) => explanation.wrong !== undefined);

it.each(examples.map((kind) => [kind.code, kind] as const))(
  "shows specs for %s that are wrong in this way alone, and right",
  (code, kind) => {
    const { wrong = "", right } = kind.explanation;
    expect(codesOf(wrong, kind.severity)).toEqual([code]);
    if (right !== undefined) expect(codesOf(right, kind.severity)).toEqual([]);
  },
);

/** What the checker tells of a spec, each code once; hints only where hints are looked for. */
function codesOf(text: string, severity: Severity): readonly string[] {
  const { diagnostics } = check({ path: "example.dn", text }, { load: () => undefined });
  const told = diagnostics.filter((each) => each.severity !== "hint" || severity === "hint");
  return [...new Set(told.map((each) => each.code))];
}

it("prints a page, however its code is written", async () => {
  const page = await explain("DN0406");
  expect(page).toMatchObject({ code: 0, stderr: "" });
  await expect(page.stdout).toMatchFileSnapshot("../golden/render/explain.txt");
  for (const name of ["dn0406", "406", "0406", "window-too-large", "Window-Too-Large"]) {
    expect(await explain(name)).toEqual(page);
  }
});

it("prints several pages one after the other", async () => {
  const { stdout } = await explain("999", "406");
  expect(stdout.indexOf("error[DN0999]")).toBe(0);
  expect(stdout).toContain("\n\nerror[DN0406]: window-too-large\n");
});

it("lists all codes with their titles", async () => {
  const { stdout, code } = await explain();
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(diagnosticKinds.length);
  expect(lines).toContain("DN0406  error    window-too-large");
});

it("prints pages as one JSON document", async () => {
  const { stdout, stderr } = await explain("406", "--json");
  expect(stderr).toBe("");
  const kind = diagnosticKinds.find(({ code }) => code === "DN0406");
  expect(JSON.parse(stdout)).toEqual({
    schema: "dnc/explain-1",
    diagnostics: [{ code: "DN0406", severity: "error", ...kind?.explanation }],
  });
  const all = JSON.parse((await explain("--json")).stdout) as { diagnostics: { code: string }[] };
  expect(all.diagnostics.map(({ code }) => code)).toEqual(codes);
});

it("suggests a code or title for what it does not know", async () => {
  expect(await explain("window-to-large")).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "error: no diagnostic `window-to-large`\nhelp: did you mean `window-too-large`?\n" +
      "help: `dnc explain` lists all diagnostics\nsee: dnc explain --help\n",
  });
  expect(await explain("12345")).toMatchObject({ code: 2, stdout: "" });
  expect((await explain("DN9999")).stderr).toContain("no diagnostic `DN9999`");
});

it("renders paragraphs, lists, headings and code", async () => {
  const text = [
    "A paragraph that is much too long for one line of `forty columns`, and is broken.",
    "It goes on.",
    "",
    "# A heading",
    "- an item that is too long for one line as well",
    "- **another**",
    "```dn",
    "block a <",
    "",
    "  conv 3 >",
    "```",
    "The end.",
  ].join("\n");
  const plain = renderMarkdown(text, { colors: colorsWhere(false), width: 40 });
  await expect(`${plain}\n`).toMatchFileSnapshot("../golden/render/markdown.txt");
  const colored = renderMarkdown("Use `gap`, **not** that.", { colors: colorsWhere(true), width: 40 });
  expect(colored).toBe("Use \u001b[36m`gap`\u001b[39m, \u001b[1mnot\u001b[22m that.");
});
