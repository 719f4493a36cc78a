/** What can go wrong while setting up, each with its code, one way out, and a cache that the next run can use. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { SetupOptions } from "../../src/runtime/setup/install.ts";
import {
  compiler,
  filesUnder,
  installTiny,
  pip,
  type Sandbox,
  sandboxForTest,
  setUpTiny,
  tiny,
} from "./tiny.ts";

/** Nothing listens there. */
const DEAD = "http://127.0.0.1:2/simple";
const noMatch = (versions: string): string =>
  `echo 'ERROR: Could not find a version that satisfies the requirement x (from versions: ${versions})' >&2; exit 1`;

interface Failure {
  readonly what: string;
  readonly sabotage: (box: Sandbox) => Partial<SetupOptions>;
  readonly code: string;
  readonly message: RegExp;
  readonly help: RegExp;
  readonly note?: RegExp;
}

const FAILURES: readonly Failure[] = [
  {
    what: "Windows",
    sabotage: () => ({ platform: { system: "win32", architecture: "x64", glibc: undefined } }),
    code: "DN0803",
    message: /win32 x64/,
    help: /WSL/,
  },
  {
    what: "macOS",
    sabotage: () => ({ platform: { system: "darwin", architecture: "arm64", glibc: undefined } }),
    code: "DN0803",
    message: /darwin arm64/,
    help: /Linux x64/,
  },
  {
    what: "another processor",
    sabotage: () => ({ platform: { system: "linux", architecture: "arm64", glibc: "2.36" } }),
    code: "DN0803",
    message: /linux arm64/,
    help: /Linux x64/,
  },
  {
    what: "musl",
    sabotage: () => ({ platform: { system: "linux", architecture: "x64", glibc: undefined } }),
    code: "DN0804",
    message: /GNU C library/,
    help: /node:20-alpine/,
  },
  {
    what: "no compiler",
    sabotage: (box) => rmSync(join(box.folder, "bin", "g++")) ?? {},
    code: "DN0806",
    message: /tried g\+\+, c\+\+, clang\+\+/,
    help: /apt-get install g\+\+/,
  },
  {
    what: "a CXX that does not exist",
    sabotage: (box) => ({ environment: { ...box.environment, CXX: "nothing -O3" } }),
    code: "DN0806",
    message: /tried nothing -O3/,
    help: /set CXX/,
  },
  {
    what: "a compiler that refuses the sources",
    sabotage: (box) =>
      box.program(
        "g++",
        `case "$*" in --version) echo "old g++"; exit 0;; esac; echo "unknown c++17" >&2; exit 1`,
      ) ?? {},
    code: "DN0807",
    message: /does not compile/,
    help: /compilation\.log/,
    note: /old g\+\+ says:\nunknown c\+\+17/,
  },
  {
    what: "a disk that is full before anything is written",
    sabotage: () => ({ artifact: { ...tiny, unpackedBytes: 2 ** 60 } }),
    code: "DN0808",
    message: /not enough space/,
    help: /DNC_CACHE_DIR/,
    note: /1073741824 GiB are needed, .* are free/,
  },
  {
    what: "a disk that pip finds full",
    sabotage: (box) =>
      box.program("python3", pip(`echo "OSError: [Errno 28] No space left on device" >&2; exit 2`)) ?? {},
    code: "DN0808",
    message: /not enough space/,
    help: /DNC_CACHE_DIR/,
    note: /Errno 28/,
  },
  {
    what: "a disk that the compiler finds full",
    sabotage: (box) =>
      box.program(
        "g++",
        `case "$*" in --version) exit 0;; esac; echo "x.s: No space left on device" >&2; exit 1`,
      ) ?? {},
    code: "DN0808",
    message: /not enough space/,
    help: /DNC_CACHE_DIR/,
  },
  {
    what: "a cache where nothing can be written",
    sabotage: (box) => {
      writeFileSync(join(box.folder, "file"), "");
      return { cache: join(box.folder, "file", "cache") };
    },
    code: "DN0809",
    message: /cannot write to the cache folder/,
    help: /DNC_CACHE_DIR/,
  },
  {
    what: "neither pip nor an index",
    sabotage: (box) => {
      rmSync(join(box.folder, "bin", "python3"));
      return { environment: { ...box.environment, PIP_INDEX_URL: DEAD } };
    },
    code: "DN0810",
    message: /cannot reach a package index/,
    help: /check the network/,
    note: /pip was not found/,
  },
  {
    what: "an index that does not answer",
    sabotage: (box) => {
      box.program(
        "python3",
        pip(`echo "WARNING: Retrying (Retry(total=0)) after connection broken"; ${noMatch("none")}`),
      );
      return { environment: { ...box.environment, PIP_INDEX_URL: DEAD } };
    },
    code: "DN0810",
    message: /cannot reach a package index/,
    help: /check the network/,
    note: /from versions: none/,
  },
  {
    what: "an index without this version",
    sabotage: (box) => {
      box.program("python3", pip(noMatch("2.16.1, 2.17.0")));
      return { environment: { ...box.environment, PIP_INDEX_URL: DEAD } };
    },
    code: "DN0811",
    message: /has no tiny-tensorflow 1\.2\.3/,
    help: /PIP_INDEX_URL/,
    note: /2\.16\.1, 2\.17\.0/,
  },
  {
    what: "no index, because the person wants none",
    sabotage: (box) => {
      box.program("python3", pip(noMatch("none")));
      return { environment: { ...box.environment, PIP_NO_INDEX: "1" } };
    },
    code: "DN0811",
    message: /has no tiny-tensorflow 1\.2\.3/,
    help: /PIP_INDEX_URL/,
    note: /no-index/,
  },
  {
    what: "a wheel with other content",
    sabotage: (box) => box.program("python3", pip(`echo forged > "$target/${tiny.wheel.file}"`)) ?? {},
    code: "DN0812",
    message: /is not the file that dnc expects/,
    help: /download it again/,
    note: /7 B/,
  },
  {
    what: "an addon that fails when it is loaded",
    sabotage: (box) => box.program("g++", compiler("nonsense")) ?? {},
    code: "DN0813",
    message: /the addon says nonsense/,
    help: /dnc doctor/,
  },
  {
    what: "a library that kills its process",
    sabotage: (box) => box.program("g++", compiler("kills")) ?? {},
    code: "DN0813",
    message: /ended by SIGBUS/,
    help: /dnc doctor/,
  },
];

it.each(FAILURES)("names $what as $code, and can be run again", async (failure) => {
  const box = sandboxForTest();
  const { installation, diagnostics } = await setUpTiny(box, failure.sabotage(box));
  expect(installation).toBeUndefined();
  expect(diagnostics).toHaveLength(1);
  const [diagnostic] = diagnostics;
  expect(diagnostic).toMatchObject({ code: failure.code, severity: "error" });
  expect(diagnostic?.span).toBeUndefined();
  expect(diagnostic?.message).toMatch(failure.message);
  expect(diagnostic?.help).toHaveLength(1);
  expect(diagnostic?.help?.[0]).toMatch(failure.help);
  if (failure.note !== undefined) expect(diagnostic?.notes?.join("\n")).toMatch(failure.note);
  expect(filesUnder(join(box.cache, "staging"))).toEqual([]);
  expect(existsSync(join(box.cache, "native"))).toBe(false);

  const intact = sandboxForTest();
  await installTiny(box, { environment: intact.environment });
});

it("keeps what the compiler said in a file that the message names", async () => {
  const box = sandboxForTest();
  box.program("g++", `case "$*" in --version) exit 0;; esac; echo "first of many lines" >&2; exit 1`);
  const { diagnostics } = await setUpTiny(box);
  const file = join(box.cache, "compilation.log");
  expect(diagnostics[0]?.help?.[0]).toContain(file);
  expect(readFileSync(file, "utf8")).toMatch(/^g\+\+ -O2 .*first of many lines/s);
});

it("leaves a damaged installation alone when it cannot be mended", async () => {
  const box = sandboxForTest();
  const { folder } = await installTiny(box);
  rmSync(join(folder, "libtensorflow_cc.so.2"));
  box.program("g++", "exit 1");
  const { diagnostics } = await setUpTiny(box);
  expect(diagnostics).toMatchObject([{ code: "DN0806" }]);
  expect(existsSync(join(folder, "libtensorflow_framework.so.2"))).toBe(true);
});
