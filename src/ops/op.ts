/**
 * What an operation is, in one piece: how it is written, what it makes of shapes, its weights and multiply-adds, its
 * reference values and its lowering. One file defines one operation; `index.ts` lists them.
 */
import type { DiagnosticKind, Fix } from "../base/diagnostic.ts";
import type { Span } from "../base/source.ts";
import type { Graph, Node, Operator, WeightRole } from "../ir/graph.ts";
import type { Primitive, Ref } from "../ir/lowered.ts";
import type { Axis, Shape } from "../ir/shape.ts";
import type { Repetition, Size } from "../ir/size.ts";
import type { Tensor } from "../ir/tensor.ts";
import type { Arguments, ArgumentValues } from "./argument.ts";
import type { WeightLayout } from "./layout.ts";
import type { Settings } from "./settings.ts";

export type Group =
  | "units"
  | "pooling"
  | "norm"
  | "activation"
  | "regularise"
  | "joins"
  | "per channel"
  | "shape";

/** What a stage takes beside its arguments: `conv 3x3 /2 -> 64`. */
export interface Slots {
  /** Window sizes after the name, or `size=`; `unless-to`: either these or the argument `to`. */
  readonly kernel?: "required" | "optional" | "unless-to";
  readonly stride?: "optional";
  readonly channels?: "required" | "optional";
}

export type SlotName = keyof Slots;

/** A call of a stage, evaluated. A list of one number holds for all axes. */
export interface Call<A extends Arguments = Arguments> {
  readonly kernel?: readonly number[];
  readonly stride?: readonly number[];
  readonly channels?: number;
  readonly arguments: ArgumentValues<A>;
}

/** A claim about sizes: the axis of an input or template (by position) that it rests on, or how many axes it has. */
export interface Claim {
  readonly input: number;
  readonly axis: Axis | "rank";
}

export interface ReportDetails {
  /** The part of the call to point at; absent: the stage's name. */
  readonly at?: SlotName | (string & {});
  readonly label?: string;
  /** Sizes that the message rests on: each is traced to the stage that made it. */
  readonly claims?: readonly Claim[];
  /** Further axes of the result that the mistake leaves in doubt. */
  readonly doubts?: readonly Axis[];
  readonly notes?: readonly string[];
  readonly help?: readonly string[];
  /** Told once a model, at the call in it that leads here: the model as a whole is to blame. */
  readonly blamesModel?: true;
  /** Given the text edits it may make around the call. */
  readonly fix?: (edits: CallEdits) => Fix | undefined;
}

/** Edits that a fix can make without knowing the text. */
export interface CallEdits {
  /** Put `text` (whole stages with their `;`) in front of the call. */
  insertBefore(text: string): Fix["edits"];
  /** Replace a kernel such as `2x2x2`, which stands alone; `undefined` when the part is computed. */
  replaceKernel(part: string, by: { readonly title: string; readonly text: string }): Fix | undefined;
  /** The `/2` without which operand `input` of a bare join has the sizes of `other`, where its body writes it. */
  dropStride(operands: { readonly input: number; readonly other: number }): Span | undefined;
  /** Put `stage` in place of the `id` that branch `input` of a join is, where that is about no other call. */
  replaceIdentity(input: number, stage: string): Fix["edits"] | undefined;
  /** Add an argument `name=value`. */
  addArgument(text: string): Fix["edits"];
}

/** Where shape rules report to: it knows the place, the expansion, and which sizes are doubtful already. */
export interface Site {
  /** Silent when a claim is doubtful; afterwards the claimed axes of the result are. */
  report<Args extends readonly unknown[]>(
    kind: DiagnosticKind<Args>,
    args: Args,
    details: ReportDetails,
  ): void;
  /**
   * Whether a statement about a size holds. Of a symbolic size it is demanded of the model, and the answer is yes.
   * `step`: how the statement repeats in the size.
   */
  demand(size: Size, holds: (size: number) => boolean, step: Repetition, claim: Claim): boolean;
  /** Whether two sizes are equal. What rests on symbols is demanded of the model, and the answer is yes. */
  equal(first: Claim, second: Claim): boolean;
  /** Whether the first size is at most the second, in the same way. */
  atMost(first: Claim, second: Claim): boolean;
}

export interface WeightSpec {
  /** PyTorch's name: `weight`, `bias`, `running_mean`. */
  readonly name: string;
  readonly role: WeightRole;
  readonly shape: readonly number[];
  /** What all its elements start from; absent: what its role says. */
  readonly initial?: number;
}

/** What lowering an operation may use: primitives named below the node's path, and its weights. */
export interface Lowering {
  /** Adds a primitive; without a `suffix` it takes the node's own path and is its result. */
  add(primitive: Primitive, inputs: readonly Ref[], suffix?: string): Ref;
  /** One number for all elements, as a constant. */
  number(value: number, suffix: string): Ref;
  /** One number per channel of the first operand. */
  filled(value: number, suffix: string): Ref;
  /** The weight of that name as a constant, in PyTorch's layout unless told otherwise. */
  weight(name: string, layout?: WeightLayout): Ref;
  /** The shapes of the operands in the checked graph. */
  readonly shapes: Operands<Shape>;
}

/** Where a result lies, and what training keeps for the backward pass: PyTorch's rules. */
export interface MemoryUse {
  /**
   * `view`: where the first operand does; `in-place`: there, too, once nothing else reads it. At inference only: in
   * memory of its own while training, as where absent.
   */
  readonly result?: "view" | "view-at-inference" | "in-place" | "in-place-at-inference";
  /** Absent: the operands. */
  readonly keeps?: "result" | "nothing";
  /** What is kept beside those. */
  readonly keepsMore?: {
    /** Values of one sample, of the type of the activations. */
    readonly elements?: bigint;
    /** In bytes: indices, statistics. */
    readonly ofEachSample?: bigint;
    readonly ofBatch?: bigint;
  };
}

/** One or more: every operation but `input` has operands. */
export type Operands<T> = readonly [T, ...T[]];

/** An operation of the checked graph. `A` is what it needs to know beyond its inputs, fully resolved. */
export interface Op<A = unknown> extends Operator {
  /** The shape of the result. Reports what does not fit at `site` and still returns its best guess. */
  shape(inputs: Operands<Shape>, attrs: A, site: Site): Shape;
  /** In PyTorch's order: trainable ones first. */
  weights(inputs: Operands<Shape>, attrs: A): readonly WeightSpec[];
  /** Multiply-adds of convolutions and linear layers for one sample. */
  macs(inputs: Operands<Shape>, output: Shape, attrs: A): bigint;
  /** Absent: a result of its own, and the operands are kept. */
  memory?(output: Shape, attrs: A, inputs: Operands<Shape>): MemoryUse;
  /** The operation whose rule of a convention holds, where that is not its own name. */
  countedAs?(attrs: A): string | undefined;
  /** Naive and readable, in float64: the meaning of the operation at inference. */
  reference(inputs: Operands<Tensor>, weight: (name: string) => Tensor, attrs: A): Tensor;
  lower(lowering: Lowering, inputs: Operands<Ref>, attrs: A): Ref;
}

export type OpNode = Node<Op>;
export type CheckedGraph = Graph<Op>;

/** A value of the graph being built. What is doubtful of it follows from a mistake that was reported. */
export interface Value {
  /** The id of its node. */
  readonly node: number;
  readonly shape: Shape;
  readonly doubt: ReadonlySet<Claim["axis"]>;
  /** The parameters that its sizes depend on, by name, in the check of a block for all of them. */
  readonly sizesBy?: ReadonlySet<string>;
}

/** What applying a stage may do. */
export interface Expansion extends Site {
  /** The stage as the user calls it. */
  readonly stageName: string;
  readonly settings: Settings;
  /** The growth `k` in scope, for units without `->`. */
  growth(): number | undefined;
  /** Adds a node below the stage's path (`child`) or at it. */
  emit<A>(op: Op<A>, attrs: A, inputs: Operands<Value>, child?: string): Value;
}

/**
 * What a join takes. `several` and `pair`: two values or more, or exactly two, which are its branches, named sources
 * or, written bare, `in` and `it`. `body`: the current value and the result of its one body.
 */
export type JoinForm = "several" | "pair" | "body";

/** What may stand in call position in a pipeline. */
export interface Stage<A extends Arguments = Arguments> {
  readonly name: string;
  readonly group: Group;
  readonly summary: string;
  readonly slots: Slots;
  readonly arguments: A;
  readonly join?: JoinForm;
  /** Without `->` it takes the growth `k` in scope. */
  readonly readsGrowth?: true;
  /** A whole pipeline that shows it, its input and output, and its trainable parameters. */
  readonly examples: readonly [Example, ...Example[]];
  /** `undefined`: reported. */
  apply(call: Call<A>, inputs: Operands<Value>, expansion: Expansion): Value | undefined;
}

export interface Example {
  /** A stage as written in a pipeline. */
  readonly source: string;
  readonly input: Shape;
  readonly output: Shape;
  readonly parameters: number;
}

/** How a stage that is one operation turns its call into attributes; `undefined`: reported. */
export interface OpDefinition<N, A extends Arguments>
  extends Omit<Stage<A>, "apply">,
    Omit<Op<N>, "name" | "weights" | "macs"> {
  attrs(call: Call<A>, inputs: Operands<Shape>, site: Expansion): N | undefined;
  weights?(inputs: Operands<Shape>, attrs: N): readonly WeightSpec[];
  macs?(inputs: Operands<Shape>, output: Shape, attrs: N): bigint;
  apply?(op: OpStage<N>, call: Call<A>, inputs: Operands<Value>, expansion: Expansion): Value | undefined;
}

/** An operation that is also a stage, under the same name. */
export interface OpStage<N, A extends Arguments = Arguments> extends Op<N>, Stage<A> {
  readonly name: string;
  attrs(call: Call<A>, inputs: Operands<Shape>, site: Expansion): N | undefined;
}

export function shapesOf([first, ...rest]: Operands<Value>): Operands<Shape> {
  return [first.shape, ...rest.map((value) => value.shape)];
}

export function defineOp<N, A extends Arguments>(definition: OpDefinition<N, A>): OpStage<N, A> {
  const op: OpStage<N, A> = {
    weights: () => [],
    macs: () => 0n,
    ...definition,
    apply(call, inputs, expansion) {
      if (definition.apply !== undefined) return definition.apply(op, call, inputs, expansion);
      const attrs = op.attrs(call, shapesOf(inputs), expansion);
      return attrs === undefined ? undefined : expansion.emit(op, attrs, inputs);
    },
  };
  return op;
}

/** A stage that is no operation of its own. */
export function defineStage<A extends Arguments>(stage: Stage<A>): Stage<A> {
  return stage;
}
