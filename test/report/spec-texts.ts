/** Specs that tests write inline: forms that a person may write the networks of `specs/` in, shorter or from other blocks. */

/** A dense block of the paper as the language's first line. */
export const SEED: string = "block dense(k=32, n=6) < bottleneck 1x1; conv 3x3; concat >";

/** All of Huang et al. 2017 for ImageNet as aliases of one model, and the net without bottlenecks for CIFAR. */
export const DENSENET_FAMILY: string = `dn 1;
import { densePlain, transition as halve } from "std";
${SEED}
block denseX(k: int = 32, n: int = 6, b: int = 4, drop: float = 0)
  repeat n where (k >= 1, n >= 1, drop < 1)
  < conv 1 -> b*k; conv 3 -> k; dropout(p=drop); concat >
block transition(theta=1/2) < conv 1 -> floor(theta*in.c); avgpool 2 >

model densenet(blocks: int[] = [6,12,24,16], k: int = 32, stem: int = 2*k, theta: float = 1/2,
               classes: int = 1000, cin: int = 3, size: int = 224) where (len(blocks) >= 1, theta <= 1) {
  set order = pre;
  input x: f32[cin @ size, size];
  features = x <
    conv 7 (order=post) /2 -> stem : [stem @ ceil(size/2), ceil(size/2)];
    maxpool 3 /2                   : [stem @ ceil(size/4), ceil(size/4)];
    for n, i in blocks < dense(k=k, n=n) as stage; when (i < len(blocks)-1) < transition(theta=theta) > >;
    bn; relu >;
  output logits = features < gap; linear -> classes > : f32[classes];
  expect params < 40M;
}
model densenet121 = densenet();
model densenet169 = densenet(blocks=[6,12,32,32]);
model densenet201 = densenet(blocks=[6,12,48,32]);
model densenet161 = densenet(blocks=[6,12,36,24], k=48);

model densenet40(k: int = 12, L: int = 40, cin: int = 3, classes: int = 10) where ((L-4) % 3 == 0) {
  set order = pre;
  let n = (L-4)/3;
  input x: f32[cin @ 32x32];
  output logits = x <
    conv 3 (order=bare, bias=false) -> 16;
    repeat 2 < densePlain(k=k, n=n); halve(theta=1) >;
    densePlain(k=k, n=n) : [16 + 3*n*k @ 8x8];
    bn; relu; gap; linear -> classes > : f32[classes];
  expect params < 1.1M;
}
`;

/** He et al. 2016, section 4.2, with projections where the shape changes. */
export const CIFAR_RESNET: string = `dn 1;
block basic(c, s=1) <
  add < conv 3 /s -> c; conv 3 (order=bare, bias=false) -> c; bn
      | when (s != 1 || in.c != c) < conv 1 (order=bare, bias=false) /s -> c; bn > else < id > >;
  relu >
model resnetCifar(n = 18, classes = 10) {
  set order = post;
  input x: f32[3 @ 32x32];
  output logits = x <
    conv 3 -> 16;
    for c, j in [16,32,64] < repeat n as i <
      when (i == 0 && j > 0) < basic(c=c, s=2) >
      else                   < basic(c=c) > > >;
    gap; linear -> classes > : f32[classes];
}
model resnet1202 = resnetCifar(n=200);
`;

/** Szegedy et al. 2015, table 1: inception (3a), with a budget. */
export const INCEPTION: string = `dn 1;
block inception(b1, r3, b3, r5, b5, pp) <
  concat < conv 1 -> b1
         | conv 1 -> r3; conv 3 -> b3
         | conv 1 -> r5; conv 5 -> b5
         | maxpool 3 /1; conv 1 -> pp > : [b1+b3+b5+pp @ in.h, in.w] >
model inception3a { set order = bare; input x: f32[192 @ 28x28];
  output y = x < inception(b1=64, r3=96, b3=128, r5=16, b5=32, pp=32) > : f32[256 @ 28x28];
  expect params == 163_696, macs < 130M; }
`;

/** Three inputs, of which two share a set of weights, and two outputs. */
export const SEVERAL_INPUTS: string = `dn 1;
import { denseX, transition } from "std";
block trunk(k=12) < conv 3 (order=post) /2 -> 2*k; denseX(k=k, n=4); transition; denseX(k=k, n=4); bn; relu; gap >
model siamese(k = 12) {
  set order = pre;
  input left: f32[1 @ 64x64];
  input right: f32[1 @ 64x64];
  input ecg: f32[2 @ T];
  shared enc = trunk(k=k);
  a = left < enc >;
  b = right < enc >;
  s = ecg < conv 7 (order=post) /2 -> 16; denseX(k=8, n=3) as local; gap >;
  joint = concat(a, b, s) < linear -> 64; relu >;
  output same = joint < linear -> 1; sigmoid > : f32[1];
  output kind = joint < linear -> 5; softmax > : f32[5];
}
`;

/** The U-Net in its shortest form, without activations. */
export const UNET: string = `dn 1;
block double(c) < conv 3 -> c; conv 3 -> c >
block level(c, depth) <
  double(c=c);
  when (depth > 0) <
    concat < id | maxpool 2; level(c=2*c, depth=depth-1); upconv 2 -> c >;
    double(c=c) > >
model unet2d(base = 64, depth = 4, cin = 1, classes = 2) where (H % 16 == 0, W % 16 == 0) {
  set order = bare;
  input  image: f32[cin @ H, W];
  output mask = image < level(c=base, depth=depth) : [base @ H, W]; conv 1 -> classes > : f32[classes @ H, W];
}
`;
