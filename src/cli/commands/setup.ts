/** `dnc setup`: provides the native library, or mends it. */
import { collectDiagnostics } from "../../base/diagnostic.ts";
import { withByteUnit } from "../../base/text.ts";
import { tensorflow } from "../../runtime/setup/artifact.ts";
import { cacheFolder } from "../../runtime/setup/cache.ts";
import { setUp } from "../../runtime/setup/install.ts";
import { thisPlatform } from "../../runtime/setup/platform.ts";
import { type Command, UsageError } from "../command.ts";
import { showProgress } from "../progress.ts";
import { examineAndShow } from "./doctor.ts";

export const command: Command = {
  name: "setup",
  summary: "provide or mend the native library",
  usage: "dnc setup [--if-needed] [--json]",
  description:
    "Downloads TensorFlow's library (about 200 MB, with pip where there is one), unpacks it into the cache folder " +
    "(about 600 MB; `$DNC_CACHE_DIR`, else the XDG cache folder), compiles the addon that connects it to Node, and " +
    "lets it compute before it is used. One installation serves all projects. May be interrupted and run again at " +
    "any time; files of an earlier installation that are whole are kept.",
  examples: [
    ["dnc setup", "once on each machine, before the first native run"],
    [
      "DNC_CACHE_DIR=/big/disk dnc setup",
      "keep the library on another disk; later runs need the variable too",
    ],
  ],
  flags: {
    "if-needed": { type: "boolean", summary: "trust installed files whose sizes and times have not changed" },
    json: { type: "boolean", summary: "print JSON (schema dnc/doctor-1)" },
  },
  exitCodes: [[4, "the library could not be provided"]],
  async run(positionals, flags, terminal) {
    if (positionals.length > 0) throw new UsageError("`dnc setup` takes no arguments");
    const progress = showProgress(terminal);
    const problems = collectDiagnostics();
    const installation = await setUp(
      {
        artifact: tensorflow,
        cache: cacheFolder(process.env),
        environment: process.env,
        platform: thisPlatform(),
        trustUnchanged: flags["if-needed"] === true,
        progress,
      },
      problems,
    );
    progress.end();
    terminal.show(problems.diagnostics);
    if (flags["json"] === true) return examineAndShow({ json: true }, terminal);
    if (installation === undefined) return 4;
    const { folder, bytes, wasPresent } = installation;
    const what = `TensorFlow ${tensorflow.version}`;
    terminal.out(`${what} is ${wasPresent ? "ready" : "installed"}: ${withByteUnit(bytes)} in ${folder}\n`);
    return 0;
  },
};
