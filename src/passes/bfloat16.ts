/** Between the inputs and the outputs, what can be computed in bfloat16 is. */
import type { ElementType, LoweredGraph, Port, PrimitiveKind, Ref } from "../ir/lowered.ts";
import { printRef, typeOfPort } from "../ir/lowered.ts";
import { lowerInto } from "../ir/lowered-builder.ts";
import type { Pass } from "./pass.ts";
import { type Rewriter, rewrite, usesOf } from "./rewrite.ts";

export const bfloat16: Pass = {
  name: "bfloat16",
  kind: "requirement",
  why: "Processors with instructions for bfloat16 multiply several times as many numbers at a time, and half as many bytes are moved.",
  run(graph) {
    const { constantAt, nodeAt } = usesOf(graph);
    const versions = new Map<string, Ref>();
    const versionOf = (ref: Ref, wanted: ElementType, { typeOf, addHelper }: Rewriter): Ref => {
      if (typeOf(ref).element === wanted) return ref;
      const known = versions.get(printRef(ref));
      if (known !== undefined) return known;
      const name = `${ref.node}/${wanted}`;
      const constant = constantAt(ref);
      const version =
        constant === undefined
          ? addHelper(name, { kind: "cast", to: wanted }, [ref])
          : addHelper(name, { ...constant, element: wanted }, []);
      versions.set(printRef(ref), version);
      return version;
    };
    return withFloatOutputs(
      rewrite(graph, ({ name, primitive, inputs, control }, rewriter) => {
        if (GIVEN.has(primitive.kind) || primitive.kind === "cast") return undefined;
        const isComputedInFloat = (ref: Ref): boolean =>
          rewriter.typeOf(ref).element === "float32" &&
          !GIVEN.has(nodeAt(ref.node)?.primitive.kind ?? "input");
        const isInFloat =
          IN_FLOAT.has(primitive.kind) ||
          (AS_STATISTICS.has(primitive.kind) && inputs.some(isComputedInFloat));
        const wanted = isInFloat ? "float32" : "bfloat16";
        const operands = inputs.map((ref) => versionOf(ref, wanted, rewriter));
        return rewriter.add(name, primitive, operands, control);
      }),
    );
  },
};

const GIVEN: ReadonlySet<PrimitiveKind> = new Set(["input", "constant"]);

/** What has no kernel for bfloat16, or adds up too many numbers to round each sum. */
const IN_FLOAT: ReadonlySet<PrimitiveKind> = new Set([
  "batch-normalization",
  "local-response-normalization",
  "power",
  "reduce",
  "resize",
  "softmax",
  "transposed-convolution",
]);

/** With statistics of a value: the small difference from a mean would have the error of both. */
const AS_STATISTICS: ReadonlySet<PrimitiveKind> = new Set(["add", "subtract", "multiply"]);

/** Callers see nothing of it. */
function withFloatOutputs(graph: LoweredGraph): LoweredGraph {
  const { add, find, finish } = lowerInto(graph.name);
  for (const { name, primitive, inputs, control } of graph.nodes) add(name, primitive, inputs, control);
  const inFloat = (port: Port): Port => {
    if (typeOfPort(graph, port).element === "float32") return port;
    const name = `${port.ref.node}/float32`;
    const ref = find(name) ?? add(name, { kind: "cast", to: "float32" }, [port.ref]);
    return { name: port.name, ref };
  };
  const outputs = graph.outputs.map(inFloat);
  const forms = graph.forms?.map((form) => ({ ...form, outputs: form.outputs.map(inFloat) }));
  return { ...finish(graph.inputs, outputs), ...(forms && { forms }) };
}
