/** The frame of the command line: what is asked for, what is wrong usage, what is a bug, and how the process ends. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { reportBug } from "../../src/cli/bug-report.ts";
import { type Command, UsageError } from "../../src/cli/command.ts";
import { COMMANDS, type Commands, loadCommand } from "../../src/cli/commands.ts";
import { dispatch } from "../../src/cli/dispatch.ts";
import { parseArguments } from "../../src/cli/flags.ts";
import { showProgress } from "../../src/cli/progress.ts";
import { createTerminal, type OutputStream } from "../../src/cli/terminal.ts";
import { temporaryFolder } from "../temporary-folder.ts";

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function recorder(isTTY = false, columns = 80): OutputStream & { text: string } {
  return {
    text: "",
    isTTY,
    columns,
    write(text: string) {
      this.text += text;
    },
  };
}

async function dnc(args: readonly string[], commands: Commands = COMMANDS): Promise<Result> {
  const [stdout, stderr] = [recorder(), recorder()];
  const code = await dispatch(args, { stdout, stderr, environment: {} }, commands);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

it("prints the overview when asked for nothing or for help", async () => {
  const bare = await dnc([]);
  expect(bare).toMatchObject({ code: 0, stderr: "" });
  expect(bare.stdout).toContain("Usage\n  dnc COMMAND");
  for (const name of Object.keys(COMMANDS)) expect(bare.stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  for (const args of [["--help"], ["-h"], ["help"], ["help", "help"]]) expect(await dnc(args)).toEqual(bare);
});

it("takes flags in front of the command", async () => {
  const page = await dnc(["explain", "DN0999", "--json"]);
  expect(await dnc(["--json", "--no-color", "explain", "DN0999"])).toEqual(page);
  expect(await dnc(["--help", "explain"])).toEqual(await dnc(["help", "explain"]));
});

it("prints the version of the package", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(await dnc(["--version"])).toEqual({ code: 0, stdout: `dnc ${version}\n`, stderr: "" });
  expect(await dnc(["explain", "--version"])).toEqual({ code: 0, stdout: `dnc ${version}\n`, stderr: "" });
});

it.each(Object.keys(COMMANDS))("prints the page of %s, with its flags and two examples", async (name) => {
  const command = await loadCommand(name);
  const { stdout, code } = await dnc([name, "--help"]);
  expect(code).toBe(0);
  expect(command?.name).toBe(name);
  expect(command?.summary).toBe(COMMANDS[name]?.summary);
  expect(command?.examples.length).toBeGreaterThanOrEqual(2);
  for (const [line] of command?.examples ?? []) {
    expect(line).toMatch(new RegExp(`\\bdnc ${name}\\b`));
    expect(stdout).toContain(`  ${line}\n`);
  }
  for (const flag of Object.keys(command?.flags ?? {})) expect(stdout).toContain(`--${flag}`);
  expect(await dnc(["help", name])).toMatchObject({ code: 0, stdout });
});

it.each(Object.keys(COMMANDS))("understands the flags in the examples of %s", async (name) => {
  const command = await loadCommand(name);
  for (const [line] of command?.examples ?? []) {
    const words = line
      .slice(line.indexOf(`dnc ${name}`))
      .split(" ")
      .slice(2);
    const end = words.findIndex((word) => /^[|>&;]/.test(word));
    expect(() => parseArguments(end < 0 ? words : words.slice(0, end), command as Command)).not.toThrow();
  }
});

it("fits the help to the terminal", async () => {
  const [stdout, stderr] = [recorder(true, 60), recorder(true, 60)];
  await dispatch(["explain", "--help", "--no-color"], { stdout, stderr, environment: {} }, COMMANDS);
  const widths = stdout.text.split("\n").map((line) => line.length);
  expect(Math.max(...widths)).toBeLessThanOrEqual(60);
  expect(Math.max(...widths)).toBeGreaterThan(45);
});

it("suggests a command for one that it does not know", async () => {
  expect(await dnc(["exlain", "404"])).toEqual({
    code: 2,
    stdout: "",
    stderr: "error: unknown command `exlain`\nhelp: did you mean `dnc explain`?\nsee: dnc --help\n",
  });
});

it.each(["train", "constructor", "__proto__", ""])("does not know the command `%s`", async (name) => {
  const { code, stdout, stderr } = await dnc([name]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(`unknown command \`${name}\``);
});

it("suggests a flag for one that it does not know", async () => {
  expect(await dnc(["explain", "--jsno"])).toEqual({
    code: 2,
    stdout: "",
    stderr: "error: unknown flag `--jsno`\nhelp: did you mean `--json`?\nsee: dnc explain --help\n",
  });
  expect(await dnc(["--json"])).toMatchObject({
    code: 2,
    stderr: "error: unknown flag `--json`\nsee: dnc --help\n",
  });
  expect((await dnc(["explain", "--constructor"])).code).toBe(2);
  expect((await dnc(["explain", "-x"])).stderr).toContain("unknown flag `-x`");
});

const sample: Pick<Command, "flags"> = {
  flags: {
    out: { type: "string", short: "o", value: "DIR", summary: "" },
    set: { type: "string", multiple: true, summary: "" },
    json: { type: "boolean", summary: "" },
  },
};

it("reads positionals, values, repeated values and switches", () => {
  const args = ["a.dn", "--set", "k=24", "-o", "build", "--set=n=[1,2]", "--json", "-", "--", "--b"];
  expect(parseArguments(args, sample)).toEqual({
    positionals: ["a.dn", "-", "--b"],
    flags: { set: ["k=24", "n=[1,2]"], out: "build", json: true },
  });
  expect(parseArguments(["--out", "-"], sample).flags).toEqual({ out: "-" });
  expect(parseArguments(["-obuild"], sample).flags).toEqual({ out: "build" });
});

it.each([
  [["--out"], "`--out` needs a value: `--out DIR`"],
  [["--out", "--json"], "`--out` needs a value, found the flag `--json`"],
  [["-o", "-1"], "`-o` needs a value, found the flag `-1`"],
  [["--json=yes"], "`--json` takes no value"],
])("refuses %j", (args, message) => {
  expect(() => parseArguments(args, sample)).toThrow(message);
  expect(() => parseArguments(args, sample)).toThrow(UsageError);
});

it("obeys the flag and the variables for color", async () => {
  const colored = async (args: readonly string[], environment: Record<string, string>, isTTY: boolean) => {
    const [stdout, stderr] = [recorder(isTTY), recorder(isTTY)];
    await dispatch(args, { stdout, stderr, environment }, COMMANDS);
    return stdout.text.includes("\u001b[");
  };
  expect(await colored(["explain", "999"], {}, true)).toBe(true);
  expect(await colored(["explain", "999"], {}, false)).toBe(false);
  expect(await colored(["explain", "999", "--no-color"], {}, true)).toBe(false);
  expect(await colored(["explain", "999"], { NO_COLOR: "1" }, true)).toBe(false);
  expect(await colored(["explain", "999"], { NO_COLOR: "" }, true)).toBe(true);
  expect(await colored(["explain", "999"], { TERM: "dumb" }, true)).toBe(false);
  expect(await colored(["explain", "999"], { FORCE_COLOR: "1" }, false)).toBe(true);
  expect(await colored(["explain", "999"], { FORCE_COLOR: "0" }, true)).toBe(false);
});

it("shows diagnostics pretty on a terminal, plain elsewhere, and otherwise as asked for", () => {
  const file = { path: "a.dn", text: "conv 3\n" };
  const diagnostic = {
    code: "DN0999",
    severity: "error",
    message: "no",
    span: { file, start: 0, end: 4 },
  } as const;
  const shown = (isTTY: boolean, format: "pretty" | "plain" | undefined): string => {
    const stderr = recorder(isTTY);
    createTerminal({ stdout: recorder(), stderr, environment: {} }, { color: false, format }).show([
      diagnostic,
    ]);
    return stderr.text;
  };
  expect(shown(true, undefined)).toContain("1 | conv 3\n  | ^^^^\n");
  expect(shown(false, "pretty")).toBe(shown(true, undefined));
  expect(shown(false, undefined)).toBe("a.dn:1:1: error[DN0999]: no\n1 error in a.dn\n");
  expect(shown(true, "plain")).toBe(shown(false, undefined));
});

it("keeps what is needed to reproduce a bug", () => {
  const folder = temporaryFolder();
  const spec = join(folder, "net.dn");
  writeFileSync(spec, "block a < conv 3 >\n");
  const args = ["report", `${spec}:a`, "--set", "k=3"];
  const diagnostic = reportBug(new Error("the graph has a cycle"), args);
  expect(diagnostic).toMatchObject({
    code: "DN0999",
    message: "this is a bug in dnc: the graph has a cycle",
  });
  expect(diagnostic.notes).toEqual([`while running dnc ${args.join(" ")}`]);
  const path = /attach (.*)$/.exec(diagnostic.help?.[0] ?? "")?.[1] ?? "";
  onTestFinished(() => rmSync(join(path, ".."), { recursive: true }));
  const report = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  expect(report).toMatchObject({
    schema: "dnc/bug-1",
    args,
    message: "the graph has a cycle",
    node: process.version,
    sources: [{ path: spec, text: "block a < conv 3 >\n" }],
  });
  expect(JSON.stringify(report["stack"])).toContain("main.test.ts");
});

it("shows progress as a bar on a terminal", async () => {
  const stderr = recorder(true);
  const terminal = createTerminal(
    { stdout: recorder(), stderr, environment: {} },
    { color: false, format: undefined },
  );
  const progress = showProgress(terminal);
  progress.step("downloading");
  await new Promise((resolve) => setTimeout(resolve, 100));
  progress.advance(1024, 2048);
  progress.step("unpacking");
  progress.end();
  expect(stderr.text.replaceAll("\r\u001b[2K", "|")).toBe(
    "|downloading|downloading  ━━━━━━━━━━━━──────────── 50%  1.0 KiB|downloading\n|unpacking|unpacking\n",
  );
});

it("shows progress as lines in a log", () => {
  const stderr = recorder();
  const terminal = createTerminal(
    { stdout: recorder(), stderr, environment: {} },
    { color: false, format: undefined },
  );
  const progress = showProgress(terminal);
  progress.step("downloading");
  for (let done = 0; done <= 1000; done += 1) progress.advance(done, 1000);
  progress.end();
  expect(stderr.text).toBe("downloading\n  25% (250 B)\n  50% (500 B)\n  75% (750 B)\n");
});

interface Ended extends Result {
  readonly signal: NodeJS.Signals | null;
}

/** Runs a whole process: the program, or one of the commands in `fixtures/misbehaving.ts`. */
function runProcess(
  file: string,
  args: readonly string[],
  during?: (child: ChildProcess) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", "tsx", file, ...args], { stdio: "pipe" });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  during?.(child);
  return new Promise((resolve) =>
    child.on("close", (code, signal) => resolve({ code: code ?? -1, signal, stdout, stderr })),
  );
}

const program = "src/cli/main.ts";
const misbehaving = "test/cli/fixtures/misbehaving.ts";

it("runs as a program", async () => {
  const { code, stdout, stderr } = await runProcess(program, ["explain", "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({ schema: "dnc/explain-1" });
});

it("delivers a long document into a slow pipe whole", async () => {
  const { code, stdout } = await runProcess(misbehaving, ["long"], (child) => {
    child.stdout?.pause();
    setTimeout(() => child.stdout?.resume(), 1000);
  });
  expect(code).toBe(0);
  expect(stdout).toHaveLength(5_000_001);
  expect(stdout.endsWith("x\n")).toBe(true);
});

it("ends quietly when the reader of a pipe goes away", async () => {
  const { stderr, signal, code } = await runProcess(misbehaving, ["endless"], (child) =>
    child.stdout?.once("data", () => child.stdout?.destroy()),
  );
  expect({ stderr, signal, code }).toEqual({ stderr: "", signal: null, code: 0 });
});

it("says when what it writes to is full", async () => {
  const full = openSync("/dev/full", "w");
  onTestFinished(() => closeSync(full));
  const ended = spawnSync(process.execPath, ["--import", "tsx", misbehaving, "long"], {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  expect(ended).toMatchObject({
    status: 4,
    stderr: "error[DN0800]: cannot write: no space left on device\n1 error\n",
  });
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("ends on %s with %i, and lets a command clean up", async (signal, code) => {
  const ended = await runProcess(misbehaving, ["endless"], (child) =>
    child.stdout?.once("data", () => child.kill(signal)),
  );
  expect(ended).toMatchObject({ code, stderr: "cleaned up\n" });
});

it.each(["SIGINT", "SIGTERM"] as const)("ends on %s in the midst of a computation", async (signal) => {
  const ended = await runProcess(misbehaving, ["computing"], (child) =>
    child.stdout?.once("data", () => child.kill(signal)),
  );
  expect(ended).toMatchObject({ signal, stderr: "" });
});

it.each(["bug", "late-bug"])("tells of a bug in dnc, whenever it shows (%s)", async (name) => {
  const { code, stdout, stderr } = await runProcess(misbehaving, [name]);
  expect({ code, stdout }).toEqual({ code: 70, stdout: "" });
  expect(stderr).toContain("error[DN0999]: this is a bug in dnc: the graph has a cycle\n");
  const path = /attach (.*)$/m.exec(stderr)?.[1] ?? "";
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ schema: "dnc/bug-1", args: [name] });
  rmSync(join(path, ".."), { recursive: true });
});

it("blames the environment for what the system refuses", async () => {
  const refused: Command = {
    name: "refused",
    summary: "",
    usage: "",
    description: "",
    examples: [],
    flags: {},
    run: async () => {
      readFileSync("no/such/file.dn");
      return 0;
    },
  };
  const commands = { refused: { summary: "", load: async () => ({ command: refused }) } };
  expect(await dnc(["refused"], commands)).toEqual({
    code: 4,
    stdout: "",
    stderr: "error[DN0800]: cannot open 'no/such/file.dn': no such file or directory\n1 error\n",
  });
});
