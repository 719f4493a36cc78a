/**
 * Writes what the choices of the parser depend on. It comes first: what else is generated is made of specs, which
 * nothing but the parser with these choices can read.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createParser } from "../grammar/parser.ts";

export const DECISIONS_PATH = "grammar/decisions.generated.ts";

export function decisionsText(): string {
  const decisions = createParser("made").decisions();
  return `/** What the choices of the parser depend on, generated from its rules by \`npm run generate\`. */
import type { Decision } from "./decisions.ts";

export const DECISIONS: readonly Decision[] = [
${decisions.map((decision) => `  ${JSON.stringify(decision)},\n`).join("")}];
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(fileURLToPath(new URL(`../${DECISIONS_PATH}`, import.meta.url)), decisionsText());
