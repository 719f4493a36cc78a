/** Networks of every kind that pictures know, for tests. */
import type { CheckedGraph } from "../../src/ops/op.ts";
import { graphOf, type SpecTarget } from "../report/spec-files.ts";

const TEXT = `dn 1;
import { basic, bottleneckBlock, denseX, transition } from "std";

block stage(c: int, n: int, s: int = 1) < bottleneckBlock(c=c, s=s); repeat n-1 < bottleneckBlock(c=c) > >
model resnet50 {
  set order = post;
  input x: f32[3 @ 224x224];
  features = x < conv 7 /2 -> 64; maxpool 3 /2;
    stage(c=64, n=3) as layer1; stage(c=128, n=4, s=2) as layer2;
    stage(c=256, n=6, s=2) as layer3; stage(c=512, n=3, s=2) as layer4 >;
  output logits = features < gap; linear -> 1000 >;
}
model resnet1202 {
  set order = post;
  input x: f32[3 @ 32x32];
  output logits = x < conv 3 -> 16; repeat 200 < basic(c=16) >;
    basic(c=32, s=2); repeat 199 < basic(c=32) >; basic(c=64, s=2); repeat 199 < basic(c=64) >;
    gap; linear -> 10 >;
}
block excited(c: int) <
  add < conv 3 -> c; conv 3 (order=bare, bias=false) -> c; bn; gate < gap; linear -> it.c/4; relu; linear -> in.c; sigmoid > | id >;
  relu >
model excitedNet { set order = post; input x: f32[3 @ 32x32];
  output y = x < conv 3 -> 16; repeat 3 < excited(c=16) >; gap; linear -> 10 >; }

block double(c: int) < conv 3 (act=relu) -> c; conv 3 (act=relu) -> c >
block level(c: int, depth: int) <
  double(c=c);
  when (depth > 0) < concat < id | maxpool 2; level(c=2*c, depth=depth-1); upconv 2 -> c >; double(c=c) > >
model unet { set order = bare; input image: f32[1 @ 256x256];
  output mask = image < level(c=64, depth=4); conv 1 -> 2 >; }
model autoencoder { set order = bare; input x: f32[1 @ 32x32];
  output y = x < conv 3 (act=relu) /2 -> 16; conv 3 (act=relu) /2 -> 32; upconv 2 -> 16; relu; upconv 2 -> 1 >; }

block inception(b1: int, r3: int, b3: int, r5: int, b5: int, pp: int) <
  concat < conv 1 -> b1 | conv 1 -> r3; conv 3 -> b3 | conv 1 -> r5; conv 5 -> b5 | maxpool 3 /1; conv 1 -> pp > >
block halve < maxpool 3 (pad=0, ceil=true) /2 >
model googlenet {
  set order = post;
  input x: f32[3 @ 224x224];
  features = x < conv 7 /2 -> 64; halve; conv 1 -> 64; conv 3 -> 192; halve;
    inception(64, 96, 128, 16, 32, 32) as inception3a; inception(128, 128, 192, 32, 96, 64) as inception3b;
    halve; inception(192, 96, 208, 16, 48, 64) as inception4a; inception(160, 112, 224, 24, 64, 64) as inception4b;
    inception(128, 128, 256, 24, 64, 64) as inception4c; inception(112, 144, 288, 32, 64, 64) as inception4d;
    inception(256, 160, 320, 32, 128, 128) as inception4e;
    maxpool 2; inception(256, 160, 320, 32, 128, 128) as inception5a;
    inception(384, 192, 384, 48, 128, 128) as inception5b >;
  output logits = features < gap; dropout(p=1/5); linear -> 1000 >;
}
block fire(s: int, e: int) < conv 1 -> s; concat < conv 1 -> e | conv 3 -> e > >
model squeeze { set order = post; input x: f32[3 @ 64x64];
  output y = x < conv 3 /2 -> 64; maxpool 3 /2; fire(s=16, e=64); fire(s=16, e=64); gap; linear -> 10 >; }

model vgg { set order = bare; input x: f32[3 @ 224x224];
  features = x < for c, i in [64, 128, 256, 512, 512] <
    repeat 2 < conv 3 (act=relu) -> c >; when (i >= 2) < conv 3 (act=relu) -> c >; maxpool 2 > >;
  output logits = features < flatten; linear -> 4096; relu; dropout; linear -> 4096; relu; dropout; linear -> 1000 >; }
model ecg { set order = post; input signal: f32[12 @ 5000];
  output rhythm = signal < conv 7 /2 -> 32; maxpool 3 /2; for c in [32, 64, 128] < conv 5 /2 -> c; basic(c=c) >; gap; linear -> 9 >; }

block trunk(k: int = 12) < conv 3 (order=post) /2 -> 2*k; denseX(k=k, n=4); transition; denseX(k=k, n=4); bn; relu; gap >
model siamese { set order = pre;
  input left: f32[1 @ 64x64];
  input right: f32[1 @ 64x64];
  input ecg: f32[2 @ 512];
  shared enc = trunk(k=12);
  a = left < enc >;
  b = right < enc >;
  s = ecg < conv 7 (order=post) /2 -> 16; denseX(k=8, n=3); gap >;
  joint = concat(a, b, s) < linear -> 64; relu >;
  output same = joint < linear -> 1; sigmoid >;
  output kind = joint < linear -> 5; softmax >; }
model one { input x: f32[3]; output y = x < relu >; }
`;

/** Of `TEXT`, by the name of the model. */
export const MODELS: readonly string[] = [...TEXT.matchAll(/^model (\w+)/gm)].map(([, name = ""]) => name);

const graphs = new Map<string, CheckedGraph>();

/** A model of this file, or a file of `specs/`, with sizes where they are free: `unet.dn H=256,W=256`. */
export function network(name: string): CheckedGraph {
  const [file = "", input] = name.split(" ");
  const target: SpecTarget = file.endsWith(".dn")
    ? { file, ...(input && { input }) }
    : { text: TEXT, model: name };
  const graph = graphs.get(name) ?? graphOf(target);
  graphs.set(name, graph);
  return graph;
}
