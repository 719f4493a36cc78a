/** The first run: compiles DenseNet-121, runs it natively on a picture, and says what to try next. */
import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import { root } from "./bootstrap.mjs";

const dnc = join(root, "bin", "dnc.js");
const here = (path) => relative(process.cwd(), join(root, path)) || ".";
const [spec, artifact, picture] = [
  "specs/densenet121.dn",
  "build/densenet121",
  "specs/images/meadow.png",
].map(here);

function step(args) {
  console.log(`\n$ dnc ${args.join(" ")}`);
  const { status, signal } = spawnSync(process.execPath, [dnc, ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? (signal === "SIGINT" ? 130 : 1));
}

step(["compile", spec, "-o", artifact]);
step(["run", artifact, picture]);
console.log(`
What to try next:
  npm start -- report ${spec}                 where its parameters and multiply-adds sit
  npm start -- check ${spec}                  the shapes, in a tenth of a second
  npm start -- compile ${here("specs/densenet-tiny.dn")} --verify     a native run against the reference
  npm start -- explain DN0404                                a page on a mistake
  npm start -- --help                                        all commands`);
