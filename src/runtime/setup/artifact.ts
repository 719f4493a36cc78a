/** What is installed: one pinned Python wheel, the files taken from it, and the proof that they work. */

export interface Artifact {
  /** The project on the Python package index. */
  readonly project: string;
  readonly version: string;
  readonly wheel: {
    readonly file: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly pythonVersion: string;
    readonly platform: string;
  };
  /** From a member's path in the wheel to its path in the installation. */
  readonly members: Readonly<Record<string, string>>;
  /** All members together, unpacked. */
  readonly unpackedBytes: number;
  /** Names that the linker and the loader ask for, and the file that each stands for. */
  readonly links: Readonly<Record<string, string>>;
  /** A CommonJS program: gets the addon's path as its argument, prints one JSON line, and fails if the addon does. */
  readonly probe: string;
}

const HEADERS = [
  "tensorflow/c/c_api.h",
  "tensorflow/c/c_api_macros.h",
  "tensorflow/c/eager/c_api.h",
  "tensorflow/c/tf_attrtype.h",
  "tensorflow/c/tf_buffer.h",
  "tensorflow/c/tf_datatype.h",
  "tensorflow/c/tf_status.h",
  "tensorflow/c/tf_tensor.h",
  "tensorflow/c/tf_tstring.h",
  "tensorflow/core/platform/ctstring.h",
  "tensorflow/core/platform/ctstring_internal.h",
  "tsl/c/tsl_status.h",
  "tsl/platform/ctstring.h",
  "tsl/platform/ctstring_internal.h",
];

// Integers, so the right answer is exact: [[1,2],[3,4]] slid over 1 … 9.
// It is text because it runs in a process of its own, which knows neither TypeScript nor the bundle:
// a library that kills its process must not kill ours.
const CONVOLUTION = `
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
const loaded = { exports: {} };
process.dlopen(loaded, process.argv[1]);
const b = loaded.exports;
const floats = (shape, values) => b.createTensor(shape, b.TF_FLOAT, new Float32Array(values));
const x = floats([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
const w = floats([2, 2, 1, 1], [1, 2, 3, 4]);
const ints = (name, value) => ({ name, type: b.TF_ATTR_INT, value });
const text = (name, value) => ({ name, type: b.TF_ATTR_STRING, value });
const attributes = [
  { name: "T", type: b.TF_ATTR_TYPE, value: b.TF_FLOAT },
  ints("strides", [1, 1, 1, 1]), ints("dilations", [1, 1, 1, 1]),
  text("padding", "VALID"), text("data_format", "NHWC"),
];
const [y] = b.executeOp("Conv2D", attributes, [x, w], 1);
const values = Array.from(b.tensorDataSync(y.id));
for (const id of [x, w, y.id]) b.deleteTensor(id);
if (values.join() !== "37,47,67,77") throw new Error("a convolution gave " + values.join() + " instead of 37,47,67,77");
if (b.getNumOfTensors() !== 0) throw new Error(b.getNumOfTensors() + " tensors were left over");
console.log(JSON.stringify({ version: b.TF_Version, values, tensors: b.getNumOfTensors() }));
`;

/** The smallest wheel that works with the addon of tfjs-node, for Linux x64 with glibc 2.17 and later. */
export const tensorflow: Artifact = {
  project: "tensorflow-cpu",
  version: "2.15.1",
  wheel: {
    file: "tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    bytes: 207_208_420,
    sha256: "54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26",
    pythonVersion: "3.11",
    platform: "manylinux_2_17_x86_64",
  },
  members: {
    "tensorflow/libtensorflow_cc.so.2": "libtensorflow_cc.so.2",
    "tensorflow/libtensorflow_framework.so.2": "libtensorflow_framework.so.2",
    "tensorflow_cpu-2.15.1.dist-info/LICENSE": "LICENSE",
    ...Object.fromEntries(HEADERS.map((header) => [`tensorflow/include/${header}`, `include/${header}`])),
  },
  unpackedBytes: 614_000_000,
  links: {
    "libtensorflow.so": "libtensorflow_cc.so.2",
    "libtensorflow_framework.so": "libtensorflow_framework.so.2",
  },
  probe: CONVOLUTION,
};
