/**
 * Large weights as variables, which are restored from a checkpoint when the model is loaded: constants are copied each
 * time that TensorFlow changes the graph that they are in, which it does again and again before the first run.
 */
import { elementsIn, unusedName } from "../../ir/lowered.ts";
import {
  booleanAttr,
  shapeAttr,
  type TensorContent,
  textAttr,
  textConstantAttrs,
  textsAttr,
  typeAttr,
  typesAttr,
} from "../tensorflow/attr-value.ts";
import type { TensorflowNode } from "../tensorflow/nodes.ts";
import type { NamedTensor } from "./tensor-bundle.ts";

/** What is smaller loads no faster as a variable. */
const FEWEST_ELEMENTS = 2000;

export interface WithVariables {
  readonly nodes: readonly TensorflowNode[];
  readonly variables: readonly NamedTensor[];
  /** Absent without variables. */
  readonly saver?: Saver;
}

export interface Saver {
  /** The tensor that is fed with the prefix of the checkpoint. */
  readonly file: string;
  /** The operation that restores all variables. */
  readonly restore: string;
}

/** Each large constant becomes a variable, which is read under the constant's name. */
export function withVariables(nodes: readonly TensorflowNode[]): WithVariables {
  const taken = new Set(nodes.map(({ name }) => name));
  const variables: (NamedTensor & { readonly handle: string })[] = [];
  const read = nodes.flatMap((node): readonly TensorflowNode[] => {
    const tensor = largeConstant(node);
    if (tensor === undefined) return [node];
    const { name } = node;
    const handle = unusedName(`${name}/variable`, taken);
    variables.push({ name, handle, ...tensor });
    const dtype = typeAttr(tensor.dataType);
    return [
      {
        name: handle,
        op: "VarHandleOp",
        inputs: [],
        attrs: {
          allowed_devices: textsAttr([]),
          container: textAttr(""),
          dtype,
          shape: shapeAttr(tensor.shape),
          shared_name: textAttr(name),
        },
      },
      { name, op: "ReadVariableOp", inputs: [handle], attrs: { dtype } },
    ];
  });
  if (variables.length === 0) return { nodes, variables };
  const { nodes: restoring, saver } = restore(variables, taken);
  return { nodes: [...read, ...restoring], variables, saver };
}

function largeConstant({ op, attrs: { value } }: TensorflowNode): TensorContent | undefined {
  return op === "Const" && value?.kind === "tensor" && elementsIn(value.value.shape) >= FEWEST_ELEMENTS
    ? value.value
    : undefined;
}

/** What gives all variables the values that a checkpoint has under their names. */
function restore(
  variables: readonly (NamedTensor & { readonly handle: string })[],
  taken: Set<string>,
): { readonly nodes: readonly TensorflowNode[]; readonly saver: Saver } {
  const named = (name: string): string => unusedName(`restore/${name}`, taken);
  const constant = (name: string, shape: readonly number[], texts: readonly string[]): TensorflowNode => {
    return { name: named(name), op: "Const", inputs: [], attrs: textConstantAttrs(shape, texts) };
  };
  const amount = [variables.length];
  const file = constant("file", [], [""]);
  const names = constant(
    "names",
    amount,
    variables.map(({ name }) => name),
  );
  const slices = constant(
    "slices",
    amount,
    variables.map(() => ""),
  );
  const values: TensorflowNode = {
    name: named("values"),
    op: "RestoreV2",
    inputs: [file, names, slices].map(({ name }) => name),
    attrs: { dtypes: typesAttr(variables.map(({ dataType }) => dataType)) },
  };
  const assignments = variables.map(({ handle, dataType }, index): TensorflowNode => {
    return {
      name: named(`assign_${index}`),
      op: "AssignVariableOp",
      inputs: [handle, `${values.name}:${index}`],
      attrs: { dtype: typeAttr(dataType), validate_shape: booleanAttr(false) },
    };
  });
  const all: TensorflowNode = {
    name: named("all"),
    op: "NoOp",
    inputs: assignments.map(({ name }) => `^${name}`),
    attrs: {},
  };
  return {
    nodes: [file, names, slices, values, ...assignments, all],
    saver: { file: `${file.name}:0`, restore: all.name },
  };
}
