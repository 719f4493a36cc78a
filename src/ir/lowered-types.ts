/** The type rule of each primitive: used to build lowered graphs and, again, to verify them after every pass. */
import { InternalError, invariant, unreachable } from "../base/invariant.ts";
import type {
  ElementType,
  LoweredGraph,
  LoweredNode,
  Primitive,
  PrimitiveOf,
  TensorType,
  Window,
} from "./lowered.ts";
import { allOutputs, elementsIn, printTensorType, typeOf } from "./lowered.ts";

/** The outputs of a primitive on inputs of these types. Throws `InternalError`, naming `node`, where they do not fit. */
export function inferTypes(
  node: string,
  primitive: Primitive,
  inputs: readonly TensorType[],
): readonly TensorType[] {
  try {
    const element = elementRule(primitive, inputs);
    return shapeRule(
      primitive,
      inputs.map((input) => input.shape),
    ).map((shape) => typeOf(shape, element));
  } catch (error) {
    if (!(error instanceof InternalError)) throw error;
    throw new InternalError(`${node}: ${error.message}`, { cause: error });
  }
}

function elementRule(primitive: Primitive, inputs: readonly TensorType[]): ElementType {
  switch (primitive.kind) {
    case "input":
      return primitive.type.element;
    case "constant":
      return primitive.element ?? "float32";
    case "cast":
      return primitive.to;
    default: {
      // Of the value that was shared, only its number of samples counts.
      const operands = primitive.kind === "batch-join" ? inputs.slice(0, -1) : inputs;
      const [element = "float32", ...others] = new Set(operands.map((operand) => operand.element));
      invariant(others.length === 0, `${primitive.kind} of ${element} and ${others[0] ?? ""}`);
      return element;
    }
  }
}

function shapeRule(primitive: Primitive, shapes: readonly Sizes[]): readonly Sizes[] {
  const [first, second] = shapes;
  switch (primitive.kind) {
    case "input":
      return [primitive.type.shape];
    case "constant":
      return [primitive.shape];
    case "convolution": {
      const [x, kernel] = operands(shapes, 2, primitive.kind);
      invariant(
        kernel.length === x.length,
        `a kernel of rank ${kernel.length} on a value of rank ${x.length}`,
      );
      const [inputs, outputs] = [(kernel.at(-2) ?? 0) * primitive.groups, kernel.at(-1) ?? 0];
      invariant(inputs === x.at(-1), `a kernel for ${inputs} channels on ${x.at(-1)}`);
      invariant(outputs % primitive.groups === 0, "the groups do not divide the channels");
      checkKernelSize(kernel, primitive.window);
      return [windowed(x, primitive.window, outputs)];
    }
    case "depthwise-convolution": {
      const [x, kernel] = operands(shapes, 2, primitive.kind);
      invariant(kernel.at(-2) === x.at(-1), `a kernel for ${kernel.at(-2)} channels on ${x.at(-1)}`);
      checkKernelSize(kernel, primitive.window);
      return [windowed(x, primitive.window, (x.at(-1) ?? 1) * (kernel.at(-1) ?? 1))];
    }
    case "transposed-convolution": {
      const [x, kernel] = operands(shapes, 2, primitive.kind);
      const { window, sizes, groups } = primitive;
      invariant(kernel.at(-1) === x.at(-1), `a kernel for ${kernel.at(-1)} channels on ${x.at(-1)}`);
      invariant((x.at(-1) ?? 0) % groups === 0, "the groups do not divide the channels");
      checkKernelSize(kernel, window);
      invariant(
        window.dilation.every((amount) => amount === 1),
        "transposed convolutions are not dilated",
      );
      const y = [x[0] ?? null, ...sizes, (kernel.at(-2) ?? 1) * groups];
      invariant(
        sameShape(windowed(y, window, null).slice(1, -1), x.slice(1, -1)),
        "the convolution that is transposed does not give these sizes",
      );
      return [y];
    }
    case "bias":
    case "batch-normalization": {
      const [x, ...perChannel] = operands(shapes, primitive.kind === "bias" ? 2 : 5, primitive.kind);
      for (const values of perChannel) {
        invariant(sameShape(values, [x.at(-1) ?? null]), `${primitive.kind} wants one value per channel`);
      }
      return [x];
    }
    case "max-pool":
    case "average-pool": {
      const [x] = operands(shapes, 1, primitive.kind);
      invariant(
        primitive.window.dilation.every((amount) => amount === 1),
        "pools are not dilated",
      );
      invariant(everyWindowSeesInput(x, primitive.window), "some windows see nothing but padding");
      return [windowed(x, primitive.window, x.at(-1) ?? null)];
    }
    case "reduce": {
      const [x] = operands(shapes, 1, primitive.kind);
      const { axes, keepsAxes } = primitive;
      invariant(
        new Set(axes).size === axes.length && axes.every((axis) => axis > 0 && axis < x.length),
        "the reduced axes are not distinct ones behind the batch",
      );
      return [
        keepsAxes
          ? x.map((size, axis) => (axes.includes(axis) ? 1 : size))
          : x.filter((_, axis) => !axes.includes(axis)),
      ];
    }
    case "matmul": {
      const [x, weight] = operands(shapes, 2, primitive.kind);
      invariant(
        x.length === 2 && weight.length === 2 && x[1] === weight[0],
        "matmul of shapes that do not fit",
      );
      return [[x[0] ?? null, weight[1] ?? null]];
    }
    case "concat": {
      invariant(shapes.length >= 2 && first !== undefined, "concat needs two operands");
      const axis = primitive.axis ?? first.length - 1;
      invariant(axis > 0 && axis < first.length, "values are joined along an axis behind the batch");
      const beside = (shape: Sizes): Sizes => shape.filter((_, each) => each !== axis);
      for (const shape of shapes)
        invariant(sameShape(beside(shape), beside(first)), "concat of unequal sizes");
      const joined = shapes.reduce((sum, shape) => sum + (shape[axis] ?? 0), 0);
      return [first.with(axis, joined)];
    }
    case "batch-share": {
      const [x] = operands(shapes, 1, primitive.kind);
      invariant(x[0] === null, "only what has a batch is shared");
      invariant(primitive.index >= 0 && primitive.index < primitive.of, "there is no such share");
      return [x];
    }
    case "batch-join": {
      const shares = shapes.slice(0, -1);
      invariant(shares.length >= 2 && first !== undefined, "a batch is joined from two shares");
      for (const shape of shares) invariant(sameShape(shape, first), "shares of unequal sizes");
      invariant(
        shapes.every((shape) => shape[0] === null),
        "only what has a batch is joined",
      );
      return [first];
    }
    case "add":
    case "subtract":
    case "multiply":
    case "maximum":
      invariant(
        first !== undefined && second !== undefined && shapes.length === 2,
        `${primitive.kind} takes two`,
      );
      invariant(sameShape(first, second) || broadcasts(second, first), `${primitive.kind} of unequal shapes`);
      return [first];
    case "reshape": {
      const [x] = operands(shapes, 1, primitive.kind);
      invariant(
        elementsIn(x.slice(1)) === elementsIn(primitive.shape),
        "reshape changes the number of elements",
      );
      return [[x[0] ?? null, ...primitive.shape]];
    }
    case "transpose": {
      const [x] = operands(shapes, 1, primitive.kind);
      invariant(
        primitive.permutation[0] === 0 && sameShape(primitive.permutation.toSorted(), [...x.keys()]),
        "no permutation of the axes behind the batch",
      );
      return [primitive.permutation.map((axis) => x[axis] ?? null)];
    }
    case "slice": {
      const [x, ...rest] = operands(shapes, 1, primitive.kind)[0];
      const sizes = rest.map((size, axis) => slicedSize(primitive, axis, size ?? 0));
      invariant(primitive.begin.length === rest.length, "a slice of another rank");
      return [[x ?? null, ...sizes]];
    }
    case "gather": {
      const [x] = operands(shapes, 1, primitive.kind);
      const { axis, indices } = primitive;
      const length = x[axis] ?? 0;
      invariant(axis > 0 && axis < x.length, "elements are gathered along an axis behind the batch");
      invariant(
        indices.every((index) => index >= 0 && index < length),
        `an index is outside of ${length} elements`,
      );
      return [x.with(axis, indices.length)];
    }
    case "resize": {
      const [x] = operands(shapes, 1, primitive.kind);
      invariant(primitive.sizes.length === x.length - 2, "sizes of another rank");
      return [[x[0] ?? null, ...primitive.sizes, x.at(-1) ?? null]];
    }
    case "pad": {
      const [x] = operands(shapes, 1, primitive.kind);
      invariant(primitive.padding.length === x.length, "padding of another rank");
      return [x.map((size, axis) => addPadding(size, primitive.padding[axis] ?? [0, 0]))];
    }
    case "pointwise":
    case "leaky-relu":
    case "power":
    case "softmax":
    case "local-response-normalization":
    case "cast":
    case "identity":
      return [operands(shapes, 1, primitive.kind)[0]];
    default:
      return unreachable(primitive);
  }
}

type Sizes = readonly (number | null)[];

/** Checks the number of operands; what a rule does not destructure it does not have. */
function operands(
  shapes: readonly Sizes[],
  amount: number,
  kind: string,
): readonly [Sizes, Sizes, ...Sizes[]] {
  invariant(shapes.length === amount, `${kind} takes ${amount} operands, not ${shapes.length}`);
  const [first = [], second = [], ...rest] = shapes;
  return [first, second, ...rest];
}

function sameShape(a: Sizes, b: Sizes): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** Whether a value of shape `small` spreads over `large` without changing its shape. */
function broadcasts(small: Sizes, large: Sizes): boolean {
  return (
    small.length <= large.length &&
    small.every((size, axis) => size === 1 || size === large[axis + large.length - small.length])
  );
}

function addPadding(size: number | null, [before, after]: readonly [number, number]): number | null {
  return size === null ? null : size + before + after;
}

function checkKernelSize(kernel: Sizes, { size }: Window): void {
  invariant(sameShape(kernel.slice(0, -2), size), "the kernel is not of the window's size");
}

/** `axis` does not count the first. */
function slicedSize({ begin, end, step }: PrimitiveOf<"slice">, axis: number, size: number): number {
  const [first = 0, last = 0, distance = 1] = [begin[axis], end[axis], step[axis]];
  invariant(
    first >= 0 && first < last && last <= size && distance > 0,
    `[${first}, ${last}) of ${size} is no slice`,
  );
  return Math.ceil((last - first) / distance);
}

function windowed(x: Sizes, window: Window, channels: number | null): Sizes {
  for (const perAxis of [window.size, window.stride, window.dilation, window.padding]) {
    invariant(
      perAxis.length === x.length - 2,
      `a window over ${perAxis.length} axes on a value of rank ${x.length}`,
    );
  }
  const spatial = x.slice(1, -1).map((size, axis) => {
    const reach = (window.dilation[axis] ?? 1) * ((window.size[axis] ?? 1) - 1) + 1;
    const padded = addPadding(size, window.padding[axis] ?? [0, 0]);
    invariant(padded !== null && padded >= reach, "the window does not fit");
    return Math.floor((padded - reach) / (window.stride[axis] ?? 1)) + 1;
  });
  return [x[0] ?? null, ...spatial, channels];
}

/** A pool over nothing has no value. Its windows have no gaps, so it is enough to look at the first and the last. */
function everyWindowSeesInput(x: Sizes, window: Window): boolean {
  return windowed(x, window, null)
    .slice(1, -1)
    .every((positions, axis) => {
      const [before] = window.padding[axis] ?? [0];
      const lastStart = ((positions ?? 0) - 1) * (window.stride[axis] ?? 1) - before;
      const size = x[axis + 1] ?? 0;
      return before < (window.size[axis] ?? 1) && lastStart < size;
    });
}

/** Throws `InternalError` unless names are unique and legal, references look back, and every type is as inferred. */
export function verifyLowered(graph: LoweredGraph): void {
  const known = new Map<string, LoweredNode>();
  const typeAt = (node: string, output: number, user: string): TensorType => {
    const type = known.get(node)?.outputs[output];
    invariant(type !== undefined, `${user} refers to ${node}:${output}, which is not before it`);
    return type;
  };
  for (const node of graph.nodes) {
    invariant(/^[A-Za-z0-9.][A-Za-z0-9_./-]*$/.test(node.name), `the name ${node.name} is not portable`);
    invariant(!known.has(node.name), `two nodes are named ${node.name}`);
    for (const control of node.control) invariant(known.has(control), `${node.name} waits for ${control}`);
    const inferred = inferTypes(
      node.name,
      node.primitive,
      node.inputs.map((ref) => typeAt(ref.node, ref.output, node.name)),
    );
    const [want, have] = [inferred, node.outputs].map((types) => types.map(printTensorType).join(" "));
    invariant(want === have, `${node.name} says ${have} and computes ${want}`);
    known.set(node.name, node);
  }
  for (const { name, ref } of [...graph.inputs, ...allOutputs(graph)])
    typeAt(ref.node, ref.output, `the port ${name}`);
  for (const form of graph.forms ?? []) {
    const same = form.outputs.every(({ name, ref }, index) => {
      const port = graph.outputs[index];
      const wanted = port && typeAt(port.ref.node, port.ref.output, form.name);
      const type = typeAt(ref.node, ref.output, form.name);
      return name === port?.name && wanted && printTensorType(type) === printTensorType(wanted);
    });
    invariant(same && form.outputs.length === graph.outputs.length, `${form.name} has other outputs`);
  }
}
