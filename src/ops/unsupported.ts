/** What is not built yet, and what belongs to a later edition of the language: told, never ignored. */
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";

export const notSupported: DiagnosticKind<[what: string]> = defineDiagnostic({
  code: "DN0002",
  message: (what: string) => `${what} not supported yet`,
  explain: {
    title: "not-supported-yet",
    text: "The language has this, and this version of dnc does not build it yet. Nothing is skipped or approximated: the file is rejected until it can be compiled as written.",
    wrong: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < attention >; }\n",
    right: "dn 1;\nmodel m { input x: f32[3 @ 8x8]; output y = x < gap >; }\n",
  },
});

const NO_AXES =
  "a value has channels and sizes, whatever the layout of the target is: there is nothing to reorder";
const NO_RESHAPE =
  "`flatten` makes a vector of a map, and `gap` one of its means; values are not reshaped otherwise";

/** What people write in other libraries and nothing in the language corresponds to, and why. */
export const NEVER_NEEDED: ReadonlyMap<string, string> = new Map([
  ...["reshape", "view", "squeeze", "unsqueeze", "expanddims", "rearrange"].map(
    (name) => [name, NO_RESHAPE] as const,
  ),
  ...["permute", "transpose", "swapaxes", "moveaxis"].map((name) => [name, NO_AXES] as const),
]);

/** Stages that people know from elsewhere and a later edition may bring. */
export const LATER_STAGES: ReadonlySet<string> = new Set(
  "attention selfattention multihead fixedconv blurpool unpool maxunpool gather embedding lstm gru".split(
    " ",
  ),
);
