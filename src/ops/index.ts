/** All stages, in the order of the reference. A new operation is a file beside this one and a line here. */
import { add } from "./add.ts";
import { avgpool } from "./avgpool.ts";
import { bn } from "./bn.ts";
import { bottleneck } from "./bottleneck.ts";
import { concat } from "./concat.ts";
import { conv } from "./conv.ts";
import { dropout } from "./dropout.ts";
import { flatten } from "./flatten.ts";
import { gap } from "./gap.ts";
import { id } from "./id.ts";
import { linear } from "./linear.ts";
import { maxpool } from "./maxpool.ts";
import type { Stage } from "./op.ts";
import { relu } from "./relu.ts";
import { sigmoid } from "./sigmoid.ts";
import { softmax } from "./softmax.ts";

export const STAGES: readonly Stage[] = [
  conv,
  bottleneck,
  linear,
  maxpool,
  avgpool,
  gap,
  bn,
  relu,
  sigmoid,
  softmax,
  dropout,
  concat,
  add,
  id,
  flatten,
];

const byName: ReadonlyMap<string, Stage> = new Map(STAGES.map((stage) => [stage.name, stage]));

export function stageNamed(name: string): Stage | undefined {
  return byName.get(name);
}
