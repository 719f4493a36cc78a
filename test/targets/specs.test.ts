/**
 * The networks of `specs/` that test/networks-native.test.ts has no values of, at small and odd sizes: every target
 * computes what the loops compute. `DNC_ALL_NETWORKS=1` adds those that are larger and have nothing else in them.
 */
import { expect, it } from "vitest";
import { hashInput } from "../../src/weights/hash.ts";
import { expectTargetsAgree } from "../ops/targets-agree.ts";
import { graphOf } from "../report/spec-files.ts";

type Network = readonly [file: string, model: string, input: string];

const NETWORKS: readonly Network[] = [
  ["densenet-tiny.dn", "densenet_tiny", "3x31x31"],
  ["densenet121.dn", "densenet121", "3x33x33"],
  ["densenet121-gray.dn", "densenet121_gray1d", "1x77"],
  ["densenet-cifar.dn", "densenet_l40_k12_init24_half", "3x15x15"],
  ["densenet-cifar.dn", "densenet_bc_l100_k12", "3x19x19"],
  ["resnet.dn", "resnet34", "3x33x33"],
  ["resnet-cifar.dn", "resnet56_cifar", "3x9x9"],
];

const LARGER: readonly Network[] = [
  ["densenet121-gray.dn", "densenet121_gray2d", "1x35x35"],
  ["densenet121-gray.dn", "densenet121_gray3d", "1x31x31x31"],
  ["densenet161.dn", "densenet161", "3x31x31"],
  ["densenet169.dn", "densenet169", "3x33x33"],
  ["densenet201.dn", "densenet201", "3x31x31"],
  ["densenet264.dn", "densenet264", "3x33x33"],
  ["densenet-wide.dn", "densenet232_k48", "3x31x31"],
  ["densenet-wide.dn", "densenet264d", "3x31x31"],
  ["densenet-cifar.dn", "densenet_bc_l250_k24", "3x9x9"],
  ["resnet.dn", "resnet152", "3x33x33"],
  ["resnet-cifar.dn", "resnet1202_cifar", "3x9x9"],
  ["resnet-preact.dn", "preresnet1202", "3x7x7"],
  ["resnext.dn", "resnext101_32x8d", "3x33x33"],
  ["vgg.dn", "vgg16", "3x35x35"],
];

const all = process.env["DNC_ALL_NETWORKS"] === undefined ? NETWORKS : [...NETWORKS, ...LARGER];

it.each(all)("%s:%s computes on every target what the loops compute, on %s", async (file, model, input) => {
  const graph = graphOf({ file, model, input: `x=${input}` });
  const [channels = 1, ...sizes] = input.split("x").map(Number);
  expect(graph.inputs.map(({ name }) => name)).toEqual(["x"]);
  await expectTargetsAgree(graph, { x: hashInput({ channels, sizes }) }, 1e-4);
});
