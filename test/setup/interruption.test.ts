/** A set-up that is stopped in the middle, politely or not, and what the next one makes of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { filesUnder, installTiny, pip, type Sandbox, sandboxForTest } from "./tiny.ts";

/** A set-up in a process of its own, whose pip has begun to write and does not end. */
interface StuckSetup {
  readonly box: Sandbox;
  readonly child: ChildProcess;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  readonly pipProcess: number;
}

async function startStuckSetup(): Promise<StuckSetup> {
  const box = sandboxForTest();
  const pidFile = join(box.folder, "pip.pid");
  box.program(
    "python3",
    pip(`echo part > "$target/part.whl"; echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; sleep 60`),
  );
  const script = fileURLToPath(new URL("set-up-tiny.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(box)], {
    stdio: "inherit",
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on("exit", (code, signal) => resolve(code ?? signal));
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  for (let waited = 0; !existsSync(pidFile); waited += 20) {
    if (waited > 20_000) throw new Error("pip was never started");
    await sleep(20);
  }
  return { box, child, ended, pipProcess: Number(readFileSync(pidFile, "utf8")) };
}

function isRunning(pid: number): boolean {
  // A process that has ended but that nobody has waited for is called Z.
  const state = existsSync(`/proc/${pid}/stat`)
    ? readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[2]
    : "Z";
  return state !== "Z";
}

async function untilEnded(pid: number): Promise<void> {
  for (let waited = 0; isRunning(pid); waited += 20) {
    if (waited > 5_000) throw new Error(`process ${pid} still runs`);
    await sleep(20);
  }
}

it("an interruption ends pip and leaves nothing half-written", async () => {
  const { box, child, ended, pipProcess } = await startStuckSetup();
  expect(filesUnder(join(box.cache, "staging"))).not.toEqual([]);
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  await untilEnded(pipProcess);
  expect(filesUnder(join(box.cache, "staging"))).toEqual([]);
});

it("after a kill the next set-up removes what was left and does its work", async () => {
  const { box, child, ended, pipProcess } = await startStuckSetup();
  child.kill("SIGKILL");
  expect(await ended).toBe("SIGKILL");
  expect(filesUnder(join(box.cache, "staging"))).not.toEqual([]);
  // pip has outlived its parent, which could not end it any more.
  process.kill(-pipProcess, "SIGKILL");
  const working = sandboxForTest();
  await installTiny(box, { environment: working.environment });
  expect(filesUnder(join(box.cache, "staging"))).toEqual([]);
});

it("a set-up that waits for another takes over when that one is killed", async () => {
  const { box, child, pipProcess } = await startStuckSetup();
  const steps: string[] = [];
  const working = sandboxForTest();
  const progress = {
    step: (title: string) => {
      steps.push(title);
      if (title.startsWith("waiting")) child.kill("SIGKILL");
    },
    advance: () => {},
  };
  await installTiny(box, { environment: working.environment, progress });
  process.kill(-pipProcess, "SIGKILL");
  expect(steps[0]).toBe("waiting for another `dnc setup`");
  expect(steps.at(-1)).toBe("trying it out");
});

it("what another machine is writing into a shared cache is left alone for a day", async () => {
  const box = sandboxForTest();
  await installTiny(box);
  const foreign = join(box.cache, "staging", "another-machine.1.abcdef");
  writeFileSync(foreign, "");
  rmSync(join(box.cache, "native"), { recursive: true });
  await installTiny(box);
  expect(existsSync(foreign)).toBe(true);
});
