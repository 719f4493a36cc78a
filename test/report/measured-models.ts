/** The models of `test/golden/models.json` and `conventions.json` as specs: the shipped networks. */
import type { CheckedGraph } from "../../src/ops/op.ts";
import { graphOf, type SpecTarget } from "./spec-files.ts";

/** How each measured model is written. */
export const MEASURED: Readonly<Record<string, SpecTarget>> = {
  ...inFile("densenet121.dn", "densenet121"),
  ...inFile("densenet169.dn", "densenet169"),
  ...inFile("densenet201.dn", "densenet201"),
  ...inFile("densenet161.dn", "densenet161"),
  ...inFile("densenet264.dn", "densenet264"),
  ...inFile("densenet-wide.dn", "densenet264_k48", "densenet232_k48"),
  ...inFile(
    "densenet-cifar.dn",
    "densenet_l40_k12",
    "densenet_l40_k12_init24",
    "densenet_l40_k12_init24_half",
  ),
  ...inFile("densenet-cifar.dn", "densenet_l100_k12", "densenet_l100_k24", "densenet_bc_l100_k12"),
  densenet_bc_l100_k12_c100: { file: "densenet-cifar.dn", set: ["classes=100"] },
  densenet_bc_l100_k12_1ch28: { file: "densenet-cifar.dn", input: "x=1x28x28" },
  ...inFile("densenet-cifar.dn", "densenet_bc_l250_k24", "densenet_bc_l190_k40"),
  densenet_bc_l250_k24_c100: {
    file: "densenet-cifar.dn",
    model: "densenet_bc_l250_k24",
    set: ["classes=100"],
  },
  densenet_bc_l190_k40_c100: {
    file: "densenet-cifar.dn",
    model: "densenet_bc_l190_k40",
    set: ["classes=100"],
  },
  ...inFile("densenet-cifar.dn", "densenet_bc_l40_k36", "densenet_bc_l40_k48", "densenet_bc_l40_k60"),
  ...inFile("densenet-cifar.dn", "densenet_bc_l16_k12"),
  densenet121_1ch: { file: "densenet121.dn", set: ["cin=1"] },
  densenet121_1ch_2cls: { file: "densenet121-gray.dn", model: "densenet121_gray2d" },
  densenet121_3d_1ch_2cls: { file: "densenet121-gray.dn", model: "densenet121_gray3d" },
  densenet121_1d_2ch_2cls: { file: "densenet121-gray.dn", model: "densenet121_gray1d", set: ["cin=2"] },
  tiny: { file: "densenet-tiny.dn" },
  ...inFile("resnet.dn", "resnet18", "resnet34", "resnet50"),
  ...inFile("resnet-cifar.dn", "resnet20_cifar", "resnet56_cifar", "resnet110_cifar", "resnet1202_cifar"),
  unet_valid_572: { file: "unet.dn", model: "unet", input: "image=1x572x572" },
  unet_same_bn_256: {
    file: "unet.dn",
    model: "unet2d_bn",
    set: ["cin=3", "classes=1"],
    input: "image=3x256x256",
  },
  unet_small: { file: "unet.dn", model: "unet_small", input: "image=1x48x48" },
  ...inFile("googlenet.dn", "inception3a", "inception3a_torchvision"),
};

function inFile(file: string, ...models: readonly string[]): Readonly<Record<string, SpecTarget>> {
  return Object.fromEntries(models.map((model) => [model, { file, model }]));
}

const graphs = new Map<string, CheckedGraph>();

/** Made once, however many tests look at it. */
export function measuredGraph(id: string): CheckedGraph {
  const target = MEASURED[id];
  if (target === undefined) throw new Error(`no spec of ${id}`);
  const graph = graphs.get(id) ?? graphOf(target);
  graphs.set(id, graph);
  return graph;
}
