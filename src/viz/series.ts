/**
 * A checked graph as steps and forks: what every path passes through stands in series, what lies between two such
 * nodes are branches beside each other, and each branch is a series again. A region that cannot be taken apart so is
 * a tangle. Linear in the edges for every level of nesting.
 */
import { groupBy } from "../base/group.ts";
import { concat } from "../ops/concat.ts";
import { id } from "../ops/id.ts";
import { stageNamed } from "../ops/index.ts";
import type { CheckedGraph, OpNode } from "../ops/op.ts";

export type Series = readonly Item[];
export type Item = Step | Fork | Tangle;

export interface Step {
  readonly kind: "step";
  readonly node: OpNode;
}

export interface Fork {
  readonly kind: "fork";
  /** In the order in which the join reads them; an empty one carries the value on as it is. */
  readonly branches: readonly Series[];
  /** What reads all branches; absent where they are inputs or outputs of the model of their own. */
  readonly join: OpNode | undefined;
}

export interface Tangle {
  readonly kind: "tangle";
  readonly nodes: readonly OpNode[];
}

/**
 * The nodes that compute: `id` passes a value on under another name. A join of channels that begins as an earlier one
 * does reads that one, so that it is all the same whether layers are joined two by two or all at once.
 */
export interface Flow {
  readonly nodes: readonly OpNode[];
  /** By position in `nodes`: the positions that a node reads, in the order of its operands. */
  readonly inputs: readonly (readonly number[])[];
  /** By position: the positions that read a node. */
  readonly readers: readonly (readonly number[])[];
  /** The positions of values that leave the model. */
  readonly outputs: ReadonlySet<number>;
}

export function flowOf(graph: CheckedGraph): Flow {
  const positions = new Map<number, number>();
  const nodes: OpNode[] = [];
  const inputs: (readonly number[])[] = [];
  const readers: number[][] = [];
  const joins = joinsOfChannels();
  for (const node of graph.nodes) {
    const operands = node.inputs.flatMap((input) => positions.get(input) ?? []);
    const read = node.op === concat ? joins.add(nodes.length, operands) : operands;
    const [source] = read;
    if (node.op === id && source !== undefined) {
      positions.set(node.id, source);
      continue;
    }
    const position = nodes.push(node) - 1;
    positions.set(node.id, position);
    inputs.push(read);
    readers.push([]);
    for (const input of new Set(read)) readers[input]?.push(position);
  }
  const outputs = new Set(graph.outputs.flatMap(({ node }) => positions.get(node) ?? []));
  return { nodes, inputs, readers, outputs };
}

interface Joins {
  /** What the join at a position reads, given its operands. */
  add(position: number, operands: readonly number[]): readonly number[];
}

function joinsOfChannels(): Joins {
  const partsOf = new Map<number, readonly number[]>();
  const positionOf = new Map<string, number>();
  return {
    add(position, operands) {
      const parts = operands.flatMap((operand) => partsOf.get(operand) ?? [operand]);
      partsOf.set(position, parts);
      let read = operands;
      for (let length = operands.length - 1; length > 1 && read === operands; length -= 1) {
        const known = positionOf.get(
          operands
            .slice(0, length)
            .flatMap((each) => partsOf.get(each) ?? [each])
            .join(),
        );
        if (known !== undefined) read = [known, ...operands.slice(length)];
      }
      positionOf.set(parts.join(), position);
      return read;
    },
  };
}

/** Before the first node, and behind the last. */
const [START, END] = [-1, Number.POSITIVE_INFINITY];

export function seriesOf(flow: Flow): Series {
  return seriesWithin(
    flow,
    flow.nodes.map((_, position) => position),
    { entry: START, exit: END },
  );
}

interface Ends {
  readonly entry: number;
  readonly exit: number;
}

/** `members` are ascending; what they read besides each other is the entry, what else reads them is the exit. */
function seriesWithin(flow: Flow, members: readonly number[], ends: Ends): Series {
  const cuts = cutsOf(flow, members);
  if (cuts.length === 0) return members.length === 0 ? [] : [tangleOf(flow, members)];
  const items: Item[] = [];
  let [entry, start] = [ends.entry, 0];
  for (const cut of [...cuts, ends.exit]) {
    const end = cut === ends.exit ? members.length : members.indexOf(cut, start);
    const between = members.slice(start, end);
    const region = between.length === 0 ? [] : regionOf(flow, between, { entry, exit: cut });
    items.push(...region);
    const node = flow.nodes[cut];
    // A join stands in its fork.
    if (node !== undefined && cut !== ends.exit && region.at(-1)?.kind !== "fork")
      items.push({ kind: "step", node });
    [entry, start] = [cut, end + 1];
  }
  return items;
}

/** The members that every path goes through: no edge leads over them. */
function cutsOf({ inputs, readers, outputs }: Flow, members: readonly number[]): readonly number[] {
  const inside = new Set(members);
  const entered = members.filter((member) => {
    const read = inputs[member] ?? [];
    return read.length === 0 || read.some((input) => !inside.has(input));
  });
  let reach = entered.at(-1) ?? END;
  return members.filter((member) => {
    const isCut = reach <= member;
    const leaves = outputs.has(member) || (readers[member] ?? []).some((reader) => !inside.has(reader));
    reach = Math.max(
      reach,
      ...(readers[member] ?? []).filter((reader) => inside.has(reader)),
      leaves ? END : START,
    );
    return isCut;
  });
}

function regionOf(flow: Flow, members: readonly number[], ends: Ends): Series {
  const components = componentsOf(flow, members);
  const operands = flow.inputs[ends.exit] ?? [];
  const bypasses = operands.includes(ends.entry);
  if (components.length === 1 && !bypasses) {
    // A value that leaves the model here, and is read further.
    const isTapped = ends.exit === END && flow.outputs.has(ends.entry);
    return isTapped ? seriesWithin(flow, members, ends) : [tangleOf(flow, members)];
  }
  const rank = (branch: readonly number[]): number => {
    const first = operands.findIndex((operand) =>
      branch.length === 0 ? operand === ends.entry : branch.includes(operand),
    );
    return first < 0 ? END : first;
  };
  const branches = [...components, ...(bypasses ? [[]] : [])].toSorted((a, b) => rank(a) - rank(b));
  return [
    {
      kind: "fork",
      branches: branches.map((branch) => seriesWithin(flow, branch, ends)),
      join: flow.nodes[ends.exit],
    },
  ];
}

/** Members that are linked without the ends. */
function componentsOf({ inputs }: Flow, members: readonly number[]): readonly (readonly number[])[] {
  const parent = new Map(members.map((member) => [member, member]));
  const rootOf = (member: number): number => {
    let root = member;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    parent.set(member, root);
    return root;
  };
  for (const member of members) {
    for (const input of inputs[member] ?? [])
      if (parent.has(input)) parent.set(rootOf(member), rootOf(input));
  }
  return [...groupBy(members, rootOf).values()];
}

function tangleOf({ nodes }: Flow, members: readonly number[]): Tangle {
  return { kind: "tangle", nodes: members.flatMap((member) => nodes[member] ?? []) };
}

/** Whether a fork only weights the value that passes by it, as squeeze-and-excitation does. */
export function isGate({ join }: Fork): boolean {
  return join !== undefined && stageNamed(join.op.name)?.join === "body";
}

/** All nodes of a series, joins included, in order. */
export function nodesOf(series: Series): readonly OpNode[] {
  return series.flatMap((item) => {
    if (item.kind === "step") return [item.node];
    if (item.kind === "tangle") return item.nodes;
    return [...item.branches.flatMap(nodesOf), ...(item.join === undefined ? [] : [item.join])];
  });
}
