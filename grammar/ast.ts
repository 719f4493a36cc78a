/** The syntax tree of a `.dn` file: immutable, every node with its span; it knows no operation and no meaning. */
import type { Rational } from "../src/base/rational.ts";
import type { Span } from "../src/base/source.ts";

interface At {
  readonly span: Span;
}

export interface Name extends At {
  readonly text: string;
}

/** `a` or `a.b`. */
export interface QualifiedName extends At {
  readonly parts: readonly [Name, ...Name[]];
}

export interface File extends At {
  /** The number after `dn`; absent when the line is missing. */
  readonly edition?: NumberLiteral;
  readonly imports: readonly Import[];
  readonly blocks: readonly Block[];
  readonly models: readonly Model[];
  readonly lets: readonly Let[];
  /** `//` comments in order, for the formatter and for `allow`. */
  readonly comments: readonly Comment[];
}

export interface Comment extends At {
  readonly text: string;
}

export interface Import extends At {
  /** `{ a, b as c }`; empty for `* as x`. */
  readonly names: readonly ImportedName[];
  /** `* as x`. */
  readonly namespace?: Name;
  readonly from: StringLiteral;
}

export interface ImportedName extends At {
  readonly name: Name;
  readonly as?: Name;
}

export interface Parameter extends At {
  readonly name: Name;
  readonly type?: ParameterType;
  readonly default?: Expression;
}

export interface ParameterType extends At {
  readonly name: Name;
  /** How many `[]` follow. */
  readonly listDepth: number;
}

export interface Where extends At {
  readonly relations: readonly Expression[];
}

export interface Block extends At {
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  /** `in (a, b)`: a block of several inputs. */
  readonly inputs?: readonly Name[];
  readonly repeat?: RepeatClause;
  readonly where?: Where;
  readonly body: Body;
}

export interface RepeatClause extends At {
  readonly count: Expression;
  readonly as?: Name;
}

/** `< stage; stage >`. */
export interface Body extends At {
  readonly stages: readonly Stage[];
}

export type Stage = LetStage | WhenStage | ForStage | RepeatStage | FromStage | OperationStage;

interface StageCommon extends At {
  /** `: [64 @ 56, 56]`, what the result must be. */
  readonly type?: ShapeType;
  /** `as label`. */
  readonly label?: Name;
}

export interface LetStage extends StageCommon {
  readonly kind: "let";
  readonly let: Let;
}

export interface WhenStage extends StageCommon {
  readonly kind: "when";
  readonly condition: Expression;
  readonly body: Body;
  readonly else?: Body | WhenStage;
}

export interface ForStage extends StageCommon {
  readonly kind: "for";
  readonly variable: Name;
  /** The second name of `for n, i in …`: the zero-based position. */
  readonly index?: Name;
  readonly list: Expression;
  readonly body: Body;
}

export interface RepeatStage extends StageCommon {
  readonly kind: "repeat";
  readonly count: Expression;
  readonly as?: Name;
  readonly body: Body;
}

/** `from x`: the pipeline goes on with another value. */
export interface FromStage extends StageCommon {
  readonly kind: "from";
  readonly source: Source;
}

export interface OperationStage extends StageCommon {
  readonly kind: "operation";
  readonly operation: Operation;
}

/** What stands in call position with its suffixes: `conv 3x3 (bias=true) < a | b > /2 -> 64`. */
export interface Operation extends At {
  readonly name: QualifiedName;
  /** `3` or `3x3` right after the name. */
  readonly kernel?: KernelLiteral | NumberLiteral;
  readonly arguments?: Arguments;
  /** `< a | b >`. */
  readonly branches?: Branches;
  /** After `/`: a kernel, a number, a name or a parenthesized expression. */
  readonly stride?: Expression;
  /** After `->`. */
  readonly channels?: Expression;
}

export interface Branches extends At {
  readonly bodies: readonly Body[];
}

export interface Arguments extends At {
  readonly items: readonly Argument[];
}

export interface Argument extends At {
  readonly name?: Name;
  readonly value: Expression;
}

/** `f32[64 @ 56, 56]`: element type, channels, sizes. */
export interface ShapeType extends At {
  readonly element?: Name;
  readonly channels: Expression;
  readonly sizes: readonly Expression[];
}

export interface Model extends At {
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly where?: Where;
  readonly definition: ModelAlias | ModelBody;
}

/** `model densenet121 = densenet(k=32);`. */
export interface ModelAlias extends At {
  readonly kind: "alias";
  readonly target: QualifiedName;
  readonly arguments?: Arguments;
}

export interface ModelBody extends At {
  readonly kind: "body";
  readonly items: readonly ModelItem[];
}

export type ModelItem = InputItem | OutputItem | ValueItem | LetItem | SharedItem | SetItem | ExpectItem;

export interface InputItem extends At {
  readonly kind: "input";
  readonly name: Name;
  readonly type: ShapeType;
}

export interface OutputItem extends At {
  readonly kind: "output";
  readonly name: Name;
  /** Absent: the output is the value of that name. */
  readonly flow?: Flow;
  readonly type?: ShapeType;
}

export interface ValueItem extends At {
  readonly kind: "value";
  readonly name: Name;
  readonly flow: Flow;
  readonly type?: ShapeType;
}

export interface LetItem extends At {
  readonly kind: "let";
  readonly let: Let;
}

export interface SharedItem extends At {
  readonly kind: "shared";
  readonly name: Name;
  readonly operation: Operation;
}

export interface SetItem extends At {
  readonly kind: "set";
  readonly name: Name;
  readonly value: Expression;
}

export interface ExpectItem extends At {
  readonly kind: "expect";
  readonly relations: readonly Expression[];
}

export interface Let extends At {
  readonly name: Name;
  readonly value: Expression;
}

/** `x < … >`: a source and the pipeline that it runs through. */
export interface Flow extends At {
  readonly source: Source;
  readonly body?: Body;
}

export type Source = InSource | ItSource | CallSource;

export interface InSource extends At {
  readonly kind: "in";
}

export interface ItSource extends At {
  readonly kind: "it";
}

/** A named value, or a call: `x`, `trunk(left, k=12)`. */
export interface CallSource extends At {
  readonly kind: "call";
  readonly name: QualifiedName;
  readonly arguments?: Arguments;
}

export type Expression =
  | NumberLiteral
  | KernelLiteral
  | StringLiteral
  | BooleanLiteral
  | ListExpression
  | FlowMember
  | NameExpression
  | IndexExpression
  | UnaryExpression
  | BinaryExpression
  | ComparisonExpression;

export interface NumberLiteral extends At {
  readonly kind: "number";
  readonly value: Rational;
  /** As written: `1_000`, `8MiB`. */
  readonly text: string;
}

/** `3x3`. */
export interface KernelLiteral extends At {
  readonly kind: "kernel";
  readonly sizes: readonly number[];
}

export interface StringLiteral extends At {
  readonly kind: "string";
  readonly value: string;
}

export interface BooleanLiteral extends At {
  readonly kind: "boolean";
  readonly value: boolean;
}

export interface ListExpression extends At {
  readonly kind: "list";
  readonly items: readonly Expression[];
}

/** `in`, `it`, `in.c`, `it.h`. */
export interface FlowMember extends At {
  readonly kind: "flow-member";
  readonly base: "in" | "it";
  readonly member?: Name;
}

/** A name, a member (`skip.c`) or a call (`floor(x)`). */
export interface NameExpression extends At {
  readonly kind: "name";
  readonly name: QualifiedName;
  readonly arguments?: Arguments;
}

export interface IndexExpression extends At {
  readonly kind: "index";
  readonly base: Expression;
  readonly index: Expression;
}

export interface UnaryExpression extends At {
  readonly kind: "unary";
  readonly operator: "-" | "!";
  readonly operand: Expression;
}

export interface BinaryExpression extends At {
  readonly kind: "binary";
  readonly operator: "+" | "-" | "*" | "/" | "%" | "&&" | "||";
  readonly left: Expression;
  readonly right: Expression;
}

/** A chain: `1 < k < 9` has three operands and two operators. */
export interface ComparisonExpression extends At {
  readonly kind: "comparison";
  readonly operands: readonly [Expression, Expression, ...Expression[]];
  readonly operators: readonly ComparisonOperator[];
}

export type ComparisonOperator = "<" | ">" | "<=" | ">=" | "==" | "!=";
