/** What PyTorch makes of the networks of `specs/` (scripts/torch-networks.py), and how they are written here. */
import { readFileSync } from "node:fs";
import type { SpecTarget } from "./report/spec-files.ts";

export interface Network {
  readonly source: string;
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
  readonly params: number;
  readonly buffers: number;
  readonly macs: number;
  /** The shapes of the weights in PyTorch's order: `64x3x7x7 64 …`. Very deep networks have none here. */
  readonly weights?: string;
  /** What comes out for hashed weights and inputs. */
  readonly run?: Run;
}

interface Run {
  readonly inputs: readonly (readonly number[])[];
  readonly first: readonly number[];
  readonly sum: number;
  readonly mean_abs: number;
}

const { networks }: { readonly networks: Readonly<Record<string, Network>> } = JSON.parse(
  readFileSync(new URL("golden/torch-networks.json", import.meta.url), "utf8"),
);

export const NETWORKS: Readonly<Record<string, Network>> = networks;

/** A model of a file of `specs/`, and its inputs. */
interface NetworkSpec {
  readonly file: string;
  readonly model: string;
  readonly set?: readonly string[];
  readonly inputs?: readonly string[];
}

const inFile = (file: string, ...models: readonly string[]): Readonly<Record<string, NetworkSpec>> =>
  Object.fromEntries(models.map((model) => [model, { file, model }]));

/** How each network is written. */
export const NETWORK_SPECS: Readonly<Record<string, NetworkSpec>> = {
  ...inFile("resnet.dn", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152"),
  ...inFile("resnet-cifar.dn", "resnet20_cifar", "resnet56_cifar", "resnet110_cifar", "resnet1202_cifar"),
  ...inFile("resnet-cifar.dn", "resnet20_cifar_projected", "resnet56_cifar_projected"),
  ...inFile("resnet-cifar.dn", "resnet110_cifar_projected", "resnet1202_cifar_projected"),
  ...inFile("resnet-cifar.dn", "resnet110_stochastic", "resnet1202_stochastic"),
  ...inFile("resnet-preact.dn", "preresnet20", "preresnet110", "preresnet1202"),
  ...inFile("resnext.dn", "resnext101_32x8d"),
  resnext50_32x4d: { file: "resnext.dn", model: "resnext50" },
  ...inFile("se-resnet.dn", "se_resnet50"),
  ...inFile("vgg.dn", "vgg16"),
  ...inFile("googlenet.dn", "googlenet"),
  ...inFile("squeezenet.dn", "squeezenet1_0", "squeezenet1_1"),
  ...inFile("mobilenet-v1.dn", "mobilenet_v1"),
  ...inFile("mobilenet-v2.dn", "mobilenet_v2"),
  mobilenet_v2_half: { file: "mobilenet-v2.dn", model: "mobilenet_v2", set: ["width=1/2"] },
  // torchvision scales the branches of its residual blocks while training, this network at inference.
  efficientnet_b0: { file: "efficientnet.dn", model: "efficientnet_b0", set: ["drop=0"] },
  ...inFile("densenet-wide.dn", "densenet264d"),
  siamese: { file: "densenet-siamese.dn", model: "siamese", inputs: ["left", "right"] },
  multimodal: { file: "densenet-siamese.dn", model: "multimodal", inputs: ["left", "right", "ecg"] },
  ...inFile("peleenet.dn", "peleenet"),
  unet: { file: "unet.dn", model: "unet", inputs: ["image"] },
  unet2d: { file: "unet.dn", model: "unet2d", inputs: ["image"] },
  unet2d_bn: { file: "unet.dn", model: "unet2d_bn", inputs: ["image"] },
  unet3d: { file: "unet.dn", model: "unet3d", inputs: ["volume"] },
  fc_densenet56: { file: "fc-densenet.dn", model: "fc_densenet56", inputs: ["image"] },
  fc_densenet67: { file: "fc-densenet.dn", model: "fc_densenet67", inputs: ["image"] },
  fc_densenet103: { file: "fc-densenet.dn", model: "fc_densenet103", inputs: ["image"] },
};

export function networkNamed(name: string): Network {
  const network = NETWORKS[name];
  if (network === undefined) throw new Error(`no network ${name}`);
  return network;
}

/** The spec of a network with its inputs bound to sizes. */
export function networkTarget(
  name: string,
  sizes: Network["inputs"],
): SpecTarget & Pick<NetworkSpec, "file" | "model"> {
  const spec = NETWORK_SPECS[name];
  if (spec === undefined) throw new Error(`${name} has no spec`);
  const { inputs = ["x"], ...target } = spec;
  return { ...target, input: inputs.map((input, index) => `${input}=${sizes[index]?.join("x")}`).join(",") };
}
