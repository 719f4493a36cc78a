/** `dnc setup` and `dnc doctor` on a machine that lacks everything. */
import { existsSync } from "node:fs";
import { afterEach, expect, it, vi } from "vitest";
import type { Diagnostic } from "../../src/base/diagnostic.ts";
import { colorsWhere } from "../../src/cli/colors.ts";
import type { Terminal } from "../../src/cli/command.ts";
import { command as doctor } from "../../src/cli/commands/doctor.ts";
import { command as setup } from "../../src/cli/commands/setup.ts";
import { showProgress } from "../../src/cli/progress.ts";
import { sandboxForTest } from "./tiny.ts";

interface RecordedTerminal extends Terminal {
  readonly written: { out: string; err: string };
  readonly shown: Diagnostic[];
}

function recordedTerminal(options: { interactive: boolean } = { interactive: false }): RecordedTerminal {
  const written = { out: "", err: "" };
  const shown: Diagnostic[] = [];
  return {
    written,
    shown,
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    show: (diagnostics) => void shown.push(...diagnostics),
    colors: colorsWhere(false),
    width: 60,
    interactive: options.interactive,
  };
}

function stubBareMachine(): string {
  const { cache, folder } = sandboxForTest();
  vi.stubEnv("DNC_CACHE_DIR", cache);
  vi.stubEnv("PATH", folder);
  vi.stubEnv("CXX", undefined);
  return cache;
}

afterEach(() => void vi.unstubAllEnvs());

it("dnc setup exits with 4, says why on stderr alone, and makes no cache", async () => {
  const cache = stubBareMachine();
  const terminal = recordedTerminal();
  expect(await setup.run([], {}, terminal)).toBe(4);
  expect(terminal.shown).toMatchObject([{ code: "DN0806" }]);
  expect(terminal.written.out).toBe("");
  expect(existsSync(cache)).toBe(false);
});

it.each([["setup", setup] as const, ["doctor", doctor] as const])(
  "dnc %s --json prints one document with what is wrong and how to mend it",
  async (_name, command) => {
    stubBareMachine();
    const terminal = recordedTerminal();
    expect(await command.run([], { json: true }, terminal)).toBe(4);
    const document = JSON.parse(terminal.written.out);
    expect(document).toMatchObject({ schema: "dnc/doctor-1", ok: false });
    for (const check of document.checks) {
      expect(Object.keys(check)).toEqual(["name", "ok", "detail", "fix"]);
      expect(check.fix === null).toBe(check.ok);
    }
  },
);

it("dnc doctor ends with the one thing to do first", async () => {
  stubBareMachine();
  const terminal = recordedTerminal();
  expect(await doctor.run([], {}, terminal)).toBe(4);
  const lines = terminal.written.out.trimEnd().split("\n");
  expect(lines.filter((line) => line.startsWith("FAIL"))).toHaveLength(4);
  expect(lines.at(-1)).toMatch(/^to mend it: install one .*g\+\+/);
});

it("progress is a line a step, and quarters, where there is no terminal", () => {
  const terminal = recordedTerminal();
  const progress = showProgress(terminal);
  progress.step("downloading");
  for (let done = 0; done <= 100; done += 5) progress.advance(done * 1024, 100 * 1024);
  progress.step("unpacking");
  progress.end();
  expect(terminal.written.err).toBe(
    "downloading\n  25% (25.0 KiB)\n  50% (50.0 KiB)\n  75% (75.0 KiB)\nunpacking\n",
  );
});

it("progress on a terminal is redrawn within its width and leaves the step behind", () => {
  const terminal = recordedTerminal({ interactive: true });
  vi.useFakeTimers({ toFake: ["performance"] });
  const progress = showProgress(terminal);
  progress.step("downloading");
  vi.advanceTimersByTime(100);
  progress.advance(512, 1024);
  progress.end();
  vi.useRealTimers();
  const drawn = terminal.written.err.split("\r\u001b[2K");
  expect(drawn).toEqual(["", "downloading", expect.stringMatching(/━{12}─{12} 50%/), "downloading\n"]);
  expect(drawn.every((text) => text.length < 60)).toBe(true);
});
