/**
 * What `dnc check` costs as a network grows: `npx tsx bench/check-scale.ts [LARGEST]`. For each form of a large network
 * and each number of operations: the time of the whole process, what came on top for each operation since the size
 * before (the same number everywhere means linear), and the peak of its memory.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LARGE_SPECS } from "./large-specs.ts";

const SIZES = [1_000, 3_000, 10_000, 30_000, 100_000];

const program = fileURLToPath(new URL("../bin/dnc.js", import.meta.url));
/** Writes what the process took to a pipe of its own when it ends. */
const METER = `import { writeSync } from "node:fs";
process.on("exit", () => writeSync(3, JSON.stringify(process.resourceUsage())));`;

const largest = Number(process.argv[2] ?? SIZES.at(-1));
if (!Number.isInteger(largest) || largest < 1) throw new RangeError("LARGEST is a number of operations");

interface Cost {
  /** By the clock. */
  readonly milliseconds: number;
  /** Of processors, which depends less on what else the machine does. */
  readonly cpu: number;
  readonly mebibytes: number;
}

function costOf(path: string): Cost {
  const start = performance.now();
  const { status, stdout, stderr, output } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(METER)}`, program, "check", path],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe", "pipe"] },
  );
  const milliseconds = performance.now() - start;
  if (status !== 0) throw new Error(`dnc check ended with ${status}: ${stdout}${stderr}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(output[3] ?? "") as NodeJS.ResourceUsage;
  return { milliseconds, cpu: (userCPUTime + systemCPUTime) / 1000, mebibytes: maxRSS / 1024 };
}

const folder = mkdtempSync(join(tmpdir(), "dnc-scale-"));
try {
  console.log("operations      time       CPU   CPU/operation    memory");
  for (const { name, text } of LARGE_SPECS) {
    console.log(`\n${name}`);
    let before: { readonly ops: number; readonly cost: Cost } | undefined;
    for (const ops of SIZES.filter((size) => size <= largest)) {
      const path = join(folder, "net.dn");
      writeFileSync(path, text(ops));
      const cost = costOf(path);
      const added = before && (cost.cpu - before.cost.cpu) / (ops - before.ops);
      console.log(
        `${ops.toLocaleString("en").padStart(10)}${cost.milliseconds.toFixed(0).padStart(7)} ms` +
          `${cost.cpu.toFixed(0).padStart(7)} ms` +
          `${(added === undefined ? "" : `${(1000 * added).toFixed(1)} µs`).padStart(16)}` +
          `${cost.mebibytes.toFixed(0).padStart(6)} MiB`,
      );
      before = { ops, cost };
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
