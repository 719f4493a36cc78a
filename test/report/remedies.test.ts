/** Changes that would pass: each is tried, and the next smaller one is not enough. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withSeparators } from "../../src/base/text.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { dnc } from "./run-dnc.ts";

function netWith(promise: string): string {
  const path = join(temporaryFolder(), "net.dn");
  writeFileSync(
    path,
    `dn 1;
import { dense, transition } from "std";
model net(k: int = 12, classes: int = 10) {
  set order = pre;
  input x: f32[3 @ 32x32];
  features = x < conv 3 (order=bare, bias=false) -> 2*k; dense(k=k, n=6); transition; dense(k=k, n=6); bn; relu >;
  output logits = features < gap; linear -> classes >;
  ${promise}
}
`,
  );
  return path;
}

async function helpOf(...args: readonly string[]): Promise<readonly string[]> {
  const { code, stderr } = await dnc(...args);
  expect(code).toBe(3);
  return [...stderr.matchAll(/help: (.*) would pass(?:: (.*))?/g)].map(([, change = "", amount = ""]) =>
    `${change} ${amount}`.trim(),
  );
}

it("finds the parameters, the numbers of the text and the sizes with which a limit holds", async () => {
  const path = netWith("");
  const help = await helpOf("report", path, "--max-macs", "60M");
  expect(help).toEqual([
    "`--set k=11` MACs 56,242,252",
    `\`n=5\` at ${path}:6:69 MACs 55,886,964`,
    `\`n=3\` at ${path}:6:98 MACs 59,351,880`,
  ]);
  // A number more is too much.
  expect((await dnc("report", path, "--max-macs", "60M", "--set", "k=11")).code).toBe(0);
  expect((await dnc("report", path, "--max-macs", "60M", "--set", "k=12")).code).toBe(3);
});

it("keeps sizes divisible, and what goes in and comes out", async () => {
  const help = await helpOf("report", netWith(""), "--max-peak", "120KiB");
  // With `k=1` there is no network, and 10 classes stay 10 classes.
  expect(help).toContainEqual(expect.stringMatching(/^`--set k=1` peak bytes /));
  const wide = join(temporaryFolder(), "wide.dn");
  writeFileSync(
    wide,
    "dn 1;\nmodel wide { set order = bare; input x: f32[3 @ 96x96]; output y = x < conv 3 /2 -> 8; conv 3 /2 -> 8 >; }\n",
  );
  expect(await helpOf("report", wide, "--max-macs", "600K")).toEqual([
    expect.stringMatching(/^`--input x=3x64x64` MACs /),
  ]);
});

it("tells of promises of the spec, too, and turns up what is too small", async () => {
  const path = netWith("expect params > 115K;");
  const help = await helpOf("check", path);
  expect(help[0]).toBe("`--set k=13`");
  expect(await helpOf("report", path)).toEqual(help);
});

it("says nothing where nothing helps", async () => {
  const path = netWith("expect params == 109_859;");
  expect(await helpOf("check", path)).toEqual([]);
});

it("holds growth to what an older report says, and finds what would", async () => {
  const path = netWith("");
  const old = join(temporaryFolder(), "old.json");
  const { stdout } = await dnc("report", path, "--set", "k=11", "--json");
  writeFileSync(old, stdout);
  const help = await helpOf("report", path, "--baseline", old, "--max-regression", "params=5%");
  const { totals } = JSON.parse(stdout);
  expect(help[0]).toBe(`\`--set k=11\` params ${withSeparators(totals.params)}`);
});
