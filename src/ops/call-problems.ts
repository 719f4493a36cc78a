/** What can be wrong with a call, whether of a stage, a block or a model: reported by units and by the binder. */
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { count, quoted } from "../base/text.ts";

export const unknownParameter: DiagnosticKind<[callee: string, name: string]> = defineDiagnostic({
  code: "DN0301",
  message: (callee: string, name: string) => `${quoted(callee)} has no parameter ${quoted(name)}`,
  explain: {
    title: "unknown-parameter",
    text: "A call may only name parameters that the stage, block or model declares. An alias exposes the parameters that it leaves unfixed.",
    wrong:
      "dn 1;\nblock b(k=8) < conv 3 (order=bare) -> k >\nmodel m { input x: f32[3 @ 8x8]; output y = x < b(growth=4) >; }\n",
    right:
      "dn 1;\nblock b(k=8) < conv 3 (order=bare) -> k >\nmodel m { input x: f32[3 @ 8x8]; output y = x < b(k=4) >; }\n",
  },
});

/** More arguments than a callee has parameters, or several for the parameter named `taken`. */
export const tooManyArguments: DiagnosticKind<[given: number, callee: string, taken: number | string]> =
  defineDiagnostic({
    code: "DN0302",
    message: (given: number, callee: string, taken: number | string) =>
      typeof taken === "string"
        ? `${count(given, "argument")} for ${quoted(taken)} of ${quoted(callee)}`
        : taken === 0
          ? `${quoted(callee)} has no parameters, and is given ${count(given, "argument")}`
          : `${count(given, "argument")} for the ${count(taken, "parameter")} of ${quoted(callee)}`,
    explain: {
      title: "too-many-arguments",
      text: "Positional arguments fill the parameters in the order of their declaration; named ones follow, each once. Window sizes, strides and channels have a place of their own: `conv 7 /2 -> 64`.",
      wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < dropout(0.5, 2); gap >; }\n",
      right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < dropout(p=0.5); gap >; }\n",
    },
  });

/** `what` as it stands in the message: "`pool`", "a window size". */
export const missingParameter: DiagnosticKind<[callee: string, what: string]> = defineDiagnostic({
  code: "DN0303",
  message: (callee: string, what: string) => `${quoted(callee)} needs ${what}`,
  explain: {
    title: "missing-parameter",
    text: "A parameter without a default must be given. A unit needs an order, its own or the ambient one of the model: there is no default, because `pre` and `post` are two different networks.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < conv 3 -> 8 >; }\n",
    right: "dn 1;\nmodel m { set order = post; input x: f32[3 @ 8x8]; output y = x < conv 3 -> 8 >; }\n",
  },
});

/** `what` as it stands in the message: "`p`", "the stride". */
export const wrongType: DiagnosticKind<[what: string, expects: string, given: string]> = defineDiagnostic({
  code: "DN0304",
  message: (what: string, expects: string, given: string) => `${what} must be ${expects}, got ${given}`,
  explain: {
    title: "parameter-type",
    text: "Numbers are exact, and nothing is rounded by itself: a count, size or number of channels that comes out as a fraction is an error. Write `floor(…)` where you mean it.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < conv 3 (order=bare) -> 5/2 >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < conv 3 (order=bare) -> floor(5/2) >; }\n",
  },
});

export const outOfRange: DiagnosticKind<[what: string, expects: string, given: string]> = defineDiagnostic({
  code: "DN0305",
  message: (what: string, expects: string, given: string) => `${what} must be ${expects}, got ${given}`,
  explain: {
    title: "parameter-range",
    text: "The value is of the right type and outside of what makes sense: a probability of 1.2, a window of size 0, or a value that a block's `where` excludes.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < dropout(p=1.2); gap >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < dropout(p=0.2); gap >; }\n",
  },
});

export const conflictingParameters: DiagnosticKind<[callee: string, first: string, second: string]> =
  defineDiagnostic({
    code: "DN0307",
    message: (callee: string, first: string, second: string) =>
      `${quoted(callee)} is given ${first} and ${second}`,
    explain: {
      title: "conflicting-parameters",
      text: "The two say the same thing twice, or cannot both hold: a window size after the name and `size=` or `to=`, branches and named sources.",
      wrong: "dn 1;\nblock b(k=8) < conv 3 (size=5) >\n",
      right: "dn 1;\nblock b(k=8) < conv 5 >\n",
    },
  });
