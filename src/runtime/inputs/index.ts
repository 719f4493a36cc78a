/** What `dnc run` feeds: generated values, pictures and arrays, told apart by a word or the ending of a name. */
import { extname } from "node:path";
import { type DiagnosticKind, defineDiagnostic, type Reporter } from "../../base/diagnostic.ts";
import { count, listOf, nearest, quoted } from "../../base/text.ts";
import { dimensions } from "../../ir/shape.ts";
import { elementsOf } from "../../ops/reference-tensor.ts";
import { arrayReader } from "./array.ts";
import { hashedInput, randomInput } from "./generated.ts";
import { readImage } from "./image.ts";
import type { Input, InputReader, Wanted } from "./input.ts";
import { json } from "./json.ts";
import { npy } from "./npy.ts";
import { unknownInput } from "./problems.ts";
import { safetensors } from "./safetensors.ts";

export const batchesDiffer: DiagnosticKind<[name: string, batch: number, other: string, otherBatch: number]> =
  defineDiagnostic({
    code: "DN0911",
    message: (name, batch, other, otherBatch) =>
      `the input ${quoted(name)} gets ${count(batch, "sample")}, but ${quoted(other)} gets ${count(otherBatch, "sample")}`,
    explain: {
      title: "batches-differ",
      text: "All inputs of a model are computed together, sample by sample, so each must have the same number of samples. Pictures, `random` and `hash` are one sample each; an array has as many as its first axis says, or one when it has no such axis.",
    },
  });

export type { Input } from "./input.ts";

const READERS: Readonly<Record<string, InputReader>> = {
  ".png": readImage,
  ".jpg": readImage,
  ".jpeg": readImage,
  ".webp": readImage,
  ".gif": readImage,
  ".avif": readImage,
  ".tif": readImage,
  ".tiff": readImage,
  ".npy": arrayReader(npy),
  ".json": arrayReader(json),
  ".safetensors": arrayReader(safetensors),
};

export interface InputOptions extends Wanted {
  readonly seed: number;
  /** How many elements one sample of the model's earlier inputs has: `hash` goes on counting from there. */
  readonly elementsBefore?: number;
}

/** The values for one input of a model; undefined when there are none, which has been reported. */
export async function readInput(
  source: string,
  options: InputOptions,
  reporter: Reporter,
): Promise<Input | undefined> {
  if (source === "random") return randomInput(options, options.seed);
  if (source === "hash") return hashedInput(options, options.elementsBefore ?? 0);
  const read = READERS[extname(source).toLowerCase()];
  if (read !== undefined) return read(source, options, reporter);
  const meant = nearest(source, ["random", "hash"]);
  const endings = listOf(Object.keys(READERS).map(quoted), "or");
  const help =
    meant === undefined
      ? `give a file that ends in ${endings}, or the word \`random\` or \`hash\``
      : `did you mean ${quoted(meant)}?`;
  reporter.report(unknownInput.at({ help: [help] }, source));
  return undefined;
}

/** The values for all inputs of a model, in its order; every problem is reported. */
export async function readInputs(
  wanted: readonly (Wanted & { readonly source: string })[],
  options: { readonly seed: number },
  reporter: Reporter,
): Promise<readonly Input[] | undefined> {
  const inputs: Input[] = [];
  let elementsBefore = 0;
  for (const { source, name, shape } of wanted) {
    const input = await readInput(source, { name, shape, elementsBefore, ...options }, reporter);
    if (input !== undefined) inputs.push(input);
    elementsBefore += elementsOf(dimensions(shape));
  }
  if (inputs.length < wanted.length) return undefined;
  const other = inputs.findIndex(({ batch }) => batch !== inputs[0]?.batch);
  const [first, misfit] = [inputs[0], inputs[other]];
  if (first === undefined || misfit === undefined) return inputs;
  const names = [wanted[0]?.name ?? "", wanted[other]?.name ?? ""] as const;
  reporter.report(batchesDiffer.at({}, names[0], first.batch, names[1], misfit.batch));
  return undefined;
}
