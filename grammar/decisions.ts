/** Where the parser has a choice, which tokens decide it, and what follows a repetition. */
import {
  Alternation,
  Alternative,
  getLookaheadPaths,
  type ILookaheadStrategy,
  type IProduction,
  type IToken,
  LLkLookaheadStrategy,
  type LookaheadSequence,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type TokenType,
} from "chevrotain";
import { invariant } from "../src/base/invariant.ts";
import { tokens } from "./tokens.ts";

/** A place in the grammar where the next tokens are looked at. */
export interface Decision {
  /** What chevrotain calls it by. */
  readonly key: number;
  /**
   * What may come next in each alternative: `Ident Equal, Num` is a name with an `=` behind it, or a number. Of
   * something optional, or repeated, there is one alternative: to go into it.
   */
  readonly alternatives: readonly string[];
  /** What stands behind a repetition in its rule: the name of a token, or of a `rule`, or the `end`. */
  readonly after?: string;
}

/** The number of the alternative to take; `undefined` where the next tokens fit none. */
export type Decide = (next: (distance: number) => IToken) => number | undefined;

type OfAlternation = ILookaheadStrategy["buildLookaheadForAlternation"];
type OfOption = ILookaheadStrategy["buildLookaheadForOptional"];

const REPETITIONS = {
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
};

/** Chevrotain's own way to decide, which remembers what it found. */
export class ListedLookahead extends LLkLookaheadStrategy {
  private readonly found: Map<unknown, Omit<Decision, "key">> = new Map();

  override buildLookaheadForAlternation(options: Parameters<OfAlternation>[0]): ReturnType<OfAlternation> {
    const decide = super.buildLookaheadForAlternation(options);
    const { prodOccurrence: occurrence } = options;
    const paths = getLookaheadPaths({ ...options, occurrence, prodType: "Alternation" });
    this.found.set(decide, { alternatives: paths.map(printed) });
    return decide;
  }

  override buildLookaheadForOptional(options: Parameters<OfOption>[0]): ReturnType<OfOption> {
    const decide = super.buildLookaheadForOptional(options);
    const { prodOccurrence: occurrence, prodType, rule } = options;
    const [inside = []] = getLookaheadPaths({ ...options, occurrence });
    const kind = prodType === "Option" ? undefined : REPETITIONS[prodType];
    const after =
      kind && nameAfter((part) => part instanceof kind && part.idx === occurrence, rule.definition);
    this.found.set(decide, { alternatives: [printed(inside)], ...(after !== undefined && { after }) });
    return decide;
  }

  decisionOf(key: number, decide: () => unknown): Decision {
    const decision = this.found.get(decide);
    invariant(decision !== undefined, "the grammar was not analyzed");
    return { key, ...decision };
  }
}

function printed(alternative: LookaheadSequence): string {
  return alternative.map((path) => path.map(({ name }) => name).join(" ")).join(", ");
}

/** What stands behind the part that is wanted; `rest` is what stands behind the definition. */
function nameAfter(
  isWanted: (part: IProduction) => boolean,
  definition: readonly IProduction[],
  rest: readonly IProduction[] = [],
): string | undefined {
  for (const [index, part] of definition.entries()) {
    const behind = [...definition.slice(index + 1), ...rest];
    const [next] = behind;
    if (isWanted(part))
      return next === undefined ? "end" : next instanceof Terminal ? next.terminalType.name : "rule";
    for (const [inner, around] of insidesOf(part, behind)) {
      const name = nameAfter(isWanted, inner, around);
      if (name !== undefined) return name;
    }
  }
  return undefined;
}

type Inside = readonly [definition: readonly IProduction[], rest: readonly IProduction[]];

function insidesOf(part: IProduction, behind: readonly IProduction[]): readonly Inside[] {
  if (part instanceof Alternation) return part.definition.flatMap((each) => insidesOf(each, behind));
  if (part instanceof Alternative || part instanceof Option) return [[part.definition, behind]];
  // What is repeated may follow itself.
  return isRepetition(part) ? [[part.definition, [part, ...behind]]] : [];
}

type Repetitions = typeof REPETITIONS;

function isRepetition(part: IProduction): part is InstanceType<Repetitions[keyof Repetitions]> {
  return Object.values(REPETITIONS).some((kind) => part instanceof kind);
}

const byName = new Map(tokens.map((type) => [type.name, type]));

export function decideBy({ alternatives }: Decision): Decide {
  const choices = alternatives.map((paths) =>
    paths.split(", ").map((path) => path.split(" ").map(typeNamed)),
  );
  if (choices.some((paths) => paths.some((path) => path.length > 1)))
    return (next) => {
      const index = choices.findIndex((paths) =>
        paths.some((path) => path.every((type, ahead) => next(ahead + 1).tokenType === type)),
      );
      return index < 0 ? undefined : index;
    };
  const byToken = new Map<TokenType | undefined, number>();
  for (const [index, paths] of choices.entries()) for (const [type] of paths) byToken.set(type, index);
  return (next) => byToken.get(next(1).tokenType);
}

export function typeNamed(name: string): TokenType {
  const type = byName.get(name);
  invariant(type !== undefined, `the grammar has no token ${name}`);
  return type;
}
