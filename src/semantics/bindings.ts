/** What is bound from outside: `k=24` of `--set`, `x=1x28x28,H=256` of `--input`. */
import { parse } from "../../grammar/parse.ts";
import {
  collectDiagnostics,
  type Diagnostic,
  type DiagnosticKind,
  defineDiagnostic,
  type Reporter,
} from "../base/diagnostic.ts";
import type { SourceFile } from "../base/source.ts";
import type { Given } from "./bind.ts";
import { detachedEnvironment } from "./environment.ts";
import { evaluate, spanOf } from "./evaluate.ts";
import { childScope } from "./scope.ts";

export const badBinding: DiagnosticKind<[flag: string, text: string]> = defineDiagnostic({
  code: "DN0313",
  message: (flag: string, text: string) => `cannot read ${flag} ${text}`,
  explain: {
    title: "bad-binding",
    text: "`--set` takes `name=value` with a value as the language writes it: `--set k=24`, `--set blocks=[6,12]`. `--input` takes channels and sizes, or symbols: `--input x=1x28x28`, `--input H=256,W=256`.",
  },
});

/** The parameter and its value, or `undefined` when the text is not of the form (reported). */
export function parseSetting(
  text: string,
  reporter: Reporter,
): readonly [name: string, given: Given] | undefined {
  const file: SourceFile = { path: "--set", text: `let ${text};` };
  const problems = collectDiagnostics();
  const [item] = parse(file, problems).lets;
  const [problem] = problems.diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  if (item === undefined || problem !== undefined) {
    reporter.report(
      unreadable(
        "--set",
        text,
        "write `--set name=value`, for instance `--set k=24` or `--set blocks=[6,12]`",
      ),
    );
    return undefined;
  }
  const environment = detachedEnvironment(
    { scope: childScope() },
    {
      report(kind, args, at, more) {
        reporter.report(kind.at({ span: spanOf(at), ...more }, ...args));
      },
    },
  );
  return [item.name.text, { value: evaluate(item.value, environment), span: item.value.span }];
}

/** Sizes by input or symbol, or `undefined` when the text is not of the form (reported). */
export function parseInputSizes(
  text: string,
  reporter: Reporter,
): ReadonlyMap<string, readonly number[]> | undefined {
  const sizes = new Map<string, readonly number[]>();
  for (const part of text.split(",")) {
    const [, name, numbers] =
      /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*([1-9][0-9]{0,9}(?:x[1-9][0-9]{0,9})*)\s*$/.exec(part) ?? [];
    if (name === undefined || numbers === undefined) {
      reporter.report(
        unreadable(
          "--input",
          text,
          "write channels and sizes, `--input x=1x28x28`, or a symbol, `--input H=256`",
        ),
      );
      return undefined;
    }
    sizes.set(name, numbers.split("x").map(Number));
  }
  return sizes;
}

function unreadable(flag: string, text: string, help: string): Diagnostic {
  return badBinding.at({ help: [help] }, flag, text);
}
