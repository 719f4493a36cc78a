/** All stages, in the order of the reference. A new operation is a file beside this one and a line here. */
import { add } from "./add.ts";
import { avgpool } from "./avgpool.ts";
import { bn } from "./bn.ts";
import { bottleneck } from "./bottleneck.ts";
import { chpad } from "./chpad.ts";
import { concat } from "./concat.ts";
import { conv } from "./conv.ts";
import { crop } from "./crop.ts";
import { dropout } from "./dropout.ts";
import { droppath } from "./droppath.ts";
import { dwconv } from "./dwconv.ts";
import { elu } from "./elu.ts";
import { flatten } from "./flatten.ts";
import { gap } from "./gap.ts";
import { gate } from "./gate.ts";
import { gelu } from "./gelu.ts";
import { gmp } from "./gmp.ts";
import { gn } from "./gn.ts";
import { hardsigmoid } from "./hardsigmoid.ts";
import { hardswish } from "./hardswish.ts";
import { id } from "./id.ts";
import { instancenorm } from "./instancenorm.ts";
import { leakyrelu } from "./leakyrelu.ts";
import { linear } from "./linear.ts";
import { ln } from "./ln.ts";
import { lrn } from "./lrn.ts";
import { max } from "./max.ts";
import { maxpool } from "./maxpool.ts";
import { mul } from "./mul.ts";
import type { Group, OpNode, Stage } from "./op.ts";
import { pad } from "./pad.ts";
import { prelu } from "./prelu.ts";
import { relu } from "./relu.ts";
import { relu6 } from "./relu6.ts";
import { scale } from "./scale.ts";
import { shuffle } from "./shuffle.ts";
import { sigmoid } from "./sigmoid.ts";
import { silu } from "./silu.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { sub } from "./sub.ts";
import { tanh } from "./tanh.ts";
import { upconv } from "./upconv.ts";
import { upsample } from "./upsample.ts";

export const STAGES: readonly Stage[] = [
  conv,
  bottleneck,
  dwconv,
  upconv,
  linear,
  maxpool,
  avgpool,
  gap,
  gmp,
  bn,
  ln,
  gn,
  instancenorm,
  lrn,
  relu,
  relu6,
  leakyrelu,
  prelu,
  elu,
  silu,
  gelu,
  sigmoid,
  tanh,
  hardswish,
  hardsigmoid,
  softmax,
  dropout,
  droppath,
  concat,
  add,
  mul,
  sub,
  max,
  gate,
  scale,
  id,
  flatten,
  upsample,
  pad,
  crop,
  chpad,
  slice,
  shuffle,
];

const byName: ReadonlyMap<string, Stage> = new Map(STAGES.map((stage) => [stage.name, stage]));

const groups: ReadonlyMap<unknown, Group> = new Map(STAGES.map((stage) => [stage, stage.group]));

/** The group of the stage that an operation is; absent for operations that are none, such as inputs. */
export function groupOf({ op }: OpNode): Group | undefined {
  return groups.get(op);
}

export function stageNamed(name: string): Stage | undefined {
  return byName.get(name);
}
