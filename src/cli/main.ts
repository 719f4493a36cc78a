/** The program `dnc`: importing this module runs it. */
import { runProgram } from "./program.ts";

void runProgram(process.argv.slice(2));
