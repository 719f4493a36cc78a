/** A folder for the files of one test, and what the readers of inputs make of them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { collectDiagnostics, type Diagnostic } from "../../src/base/diagnostic.ts";
import type { BoundShape } from "../../src/ir/shape.ts";
import { type Input, readInput } from "../../src/runtime/inputs/index.ts";
import { temporaryFolder } from "../temporary-folder.ts";

export function temporaryFile(name: string, content: Uint8Array | string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

export async function readGood(path: string, shape: BoundShape, name = "x"): Promise<Input> {
  const reporter = collectDiagnostics();
  const input = await readInput(path, { shape, name, seed: 0 }, reporter);
  expect(reporter.diagnostics).toEqual([]);
  if (input === undefined) throw new Error(`${path} gave nothing`);
  return input;
}

/** The one problem, with the path left out of its message. */
export async function readBad(path: string, shape: BoundShape, name = "x"): Promise<Diagnostic> {
  const reporter = collectDiagnostics();
  expect(await readInput(path, { shape, name, seed: 0 }, reporter)).toBeUndefined();
  expect(reporter.diagnostics).toHaveLength(1);
  const [diagnostic] = reporter.diagnostics;
  if (diagnostic === undefined) throw new Error("nothing was reported");
  expect(diagnostic.severity).toBe("error");
  expect(diagnostic.span).toBeUndefined();
  return { ...diagnostic, message: diagnostic.message.replace(path, "FILE") };
}
