/** `node record-code.mjs PROGRAM FILE ARGS…`: lets a bundled program run, and writes the code that V8 compiled of it. */
import { recordCode } from "./launch.mjs";

const [program, codeFile, ...args] = process.argv.slice(2);
process.argv = [process.execPath, program, ...args];
recordCode(program, codeFile);
