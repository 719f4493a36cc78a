/** `dnc doctor`: what a native run needs, what of it is there, and how to mend the rest. */
import { tensorflow } from "../../runtime/setup/artifact.ts";
import { cacheFolder } from "../../runtime/setup/cache.ts";
import { type Check, examineSystem } from "../../runtime/setup/doctor.ts";
import { thisPlatform } from "../../runtime/setup/platform.ts";
import { type Command, type ExitCode, type Terminal, UsageError } from "../command.ts";

export const command: Command = {
  name: "doctor",
  summary: "examine the native library and all that it needs",
  usage: "dnc doctor [--json]",
  description:
    "Looks at Node, the system, the processor, the cache and the native library, whose files it compares byte by " +
    "byte with what was installed, and lets it compute. Changes nothing. When something is wrong, the last line says " +
    "the one thing to do.",
  examples: [
    ["dnc doctor", "everything that a native run needs, and what is wrong with it"],
    ["dnc doctor --json", "the same for a script (schema dnc/doctor-1)"],
  ],
  flags: { json: { type: "boolean", summary: "print JSON (schema dnc/doctor-1)" } },
  exitCodes: [[4, "something is missing or damaged"]],
  run(positionals, flags, terminal) {
    if (positionals.length > 0) throw new UsageError("`dnc doctor` takes no arguments");
    return examineAndShow({ json: flags["json"] === true }, terminal);
  },
};

/** Also what `dnc setup --json` ends with. */
export async function examineAndShow(options: { json: boolean }, terminal: Terminal): Promise<ExitCode> {
  const checks = await examineSystem({
    artifact: tensorflow,
    cache: cacheFolder(process.env),
    environment: process.env,
    platform: thisPlatform(),
  });
  const ok = checks.every((check) => check.ok);
  if (options.json) terminal.out(`${JSON.stringify({ schema: "dnc/doctor-1", ok, checks }, null, 2)}\n`);
  else terminal.out(renderChecks(checks, terminal));
  return ok ? 0 : 4;
}

function renderChecks(checks: readonly Check[], { colors }: Terminal): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(({ name, ok, detail }) => {
    const mark = ok ? colors.green("ok  ") : colors.red("FAIL");
    return `${mark}  ${name.padEnd(width)}  ${detail}`;
  });
  const fix = checks.find(({ ok }) => !ok)?.fix;
  const conclusion = fix == null ? "models can run natively" : `to mend it: ${fix}`;
  return `${[...lines, "", conclusion].join("\n")}\n`;
}
