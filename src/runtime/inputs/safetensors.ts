/** The format of https://github.com/huggingface/safetensors: a JSON header that says where each tensor lies. */
import { type Diagnostic, type DiagnosticKind, defineDiagnostic } from "../../base/diagnostic.ts";
import { count, listOf, nearest, quoted } from "../../base/text.ts";
import { type ArrayFormat, type Malformed, promisedBytes, type StoredArray } from "./array.ts";
import { decodeElements, type ElementName, sizeOf } from "./elements.ts";
import { parseJson } from "./json-text.ts";

export const whichTensor: DiagnosticKind<[path: string, nTensors: number, input: string]> = defineDiagnostic({
  code: "DN0910",
  message: (path, nTensors, input) =>
    `${quoted(path)} has ${count(nTensors, "tensor")}, and none is called ${quoted(input)} like the input`,
  explain: {
    title: "which-tensor",
    text: "A `.safetensors` file may hold several tensors. The one with the name of the model's input is fed; the name does not matter when there is only one.",
  },
});

const TYPES: Readonly<Record<string, ElementName>> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U64: "uint64",
  U32: "uint32",
  U16: "uint16",
  U8: "uint8",
  BOOL: "bool",
};

const LENGTH_BYTES = 8;
/** The limit of the format's own readers. */
const MAX_HEADER_BYTES = 100_000_000;
const METADATA = "__metadata__";
const MAX_NAMES_SHOWN = 8;

export const safetensors: ArrayFormat = {
  limit: 2 ** 30,
  advice: "write it with `safetensors.numpy.save_file` or `safetensors.torch.save_file`",
  parse(bytes, wanted, path) {
    const header = readHeader(bytes);
    if ("malformed" in header) return header;
    const names = Object.keys(header.entries).filter((name) => name !== METADATA);
    const chosen = names.length === 1 ? names[0] : names.find((name) => name === wanted.name);
    if (chosen === undefined) return choiceProblem(path, names, wanted.name);
    return tensorOf(header.entries[chosen], chosen, header.values);
  },
};

interface Header {
  readonly entries: Readonly<Record<string, unknown>>;
  readonly values: Uint8Array;
}

function readHeader(bytes: Uint8Array): Header | Malformed {
  if (bytes.length < LENGTH_BYTES) return { malformed: "it ends within its header" };
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) return { malformed: "it is no `.safetensors` file" };
  const end = LENGTH_BYTES + length;
  if (end > bytes.length) return { malformed: "it ends within its header" };
  const header = parseJson(bytes.subarray(LENGTH_BYTES, end));
  return "value" in header && isObject(header.value)
    ? { entries: header.value, values: bytes.subarray(end) }
    : { malformed: "its header is no JSON object" };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function choiceProblem(path: string, names: readonly string[], input: string): Malformed | Diagnostic {
  if (names.length === 0) return { malformed: "it has no tensors" };
  const meant = nearest(input, names);
  const shown = names.slice(0, MAX_NAMES_SHOWN).map(quoted);
  const more = names.length > shown.length ? [`${names.length - shown.length} more`] : [];
  return whichTensor.at(
    {
      notes: [`it has ${listOf([...shown, ...more])}`],
      help: [
        meant === undefined
          ? `call the tensor ${quoted(input)}, or save it alone`
          : `call the tensor ${quoted(input)} instead of ${quoted(meant)}, or save it alone`,
      ],
    },
    path,
    names.length,
    input,
  );
}

function tensorOf(entry: unknown, name: string, values: Uint8Array): StoredArray | Malformed {
  const damaged = { malformed: `what its header says of ${quoted(name)} makes no sense` };
  if (!isObject(entry)) return damaged;
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2)
    return damaged;
  const type = TYPES[dtype];
  if (type === undefined)
    return { malformed: `${quoted(name)} has the type \`${dtype}\`, which dnc does not read` };
  const [begin = 0, end = 0] = offsets;
  if (begin > end || end - begin !== promisedBytes(shape, sizeOf(type))) return damaged;
  if (end > values.length) {
    const missing = count(end - values.length, "byte");
    return { malformed: `${quoted(name)} is not whole: the last ${missing} are missing` };
  }
  return {
    shape,
    type,
    decode: () => decodeElements(values.subarray(begin, end), type, { littleEndian: true }),
  };
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
