/** What others have published or measured of well-known networks, gathered from the goldens into one text. */
import { readFileSync } from "node:fs";
import type { PublishedNetwork } from "../src/report/published.ts";

function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../test/golden/${name}.json`, import.meta.url), "utf8"));
}

interface Model {
  readonly id: string;
  readonly source: string;
  readonly input: readonly number[];
  readonly params: { readonly trainable: number; readonly bn_buffers: number };
  readonly macs: { readonly total: number };
  readonly bn?: { readonly params_after_folding: number };
  readonly receptive_field_at_global_pool?: { readonly min: number; readonly max: number };
  readonly peak_live_bytes: { readonly nary_concat?: number; readonly as_built?: number };
  readonly saved_for_backward_bytes: { readonly naive: number; readonly memory_efficient?: number };
}

interface Counted {
  readonly spelling: Readonly<Record<string, { readonly function?: number; readonly module?: number }>>;
  readonly values: Readonly<Record<string, number>>;
  readonly values_by_rule?: Readonly<Record<string, number>>;
}

interface TorchNetwork {
  readonly source: string;
  readonly inputs: readonly (readonly number[])[];
  readonly params: number;
  readonly buffers: number;
  readonly macs?: number;
}

/** Where the models of specs/ have another name. */
export const NAMES: Readonly<Record<string, string>> = {
  tiny: "densenet_tiny",
  unet_valid_572: "unet",
  unet_same_bn_256: "unet2d_bn",
  densenet121_1ch_2cls: "densenet121_gray2d",
  densenet121_3d_1ch_2cls: "densenet121_gray3d",
  densenet121_1d_2ch_2cls: "densenet121_gray1d",
};

/** Names of conventions and operations in the measurements that `dnc` writes otherwise. */
const WORDS: Readonly<Record<string, string>> = {
  torch_flop_counter: "torch",
  max_pool: "maxpool",
  avg_pool: "avgpool",
  global_avg_pool: "gap",
};
const word = (name: string): string => WORDS[name] ?? name.replaceAll("_", "-");

function measured(): readonly PublishedNetwork[] {
  const { models } = golden<{ models: readonly Model[] }>("models");
  const counted = golden<{ models: Readonly<Record<string, Counted>> }>("conventions").models;
  return models.map((model) => {
    const { spelling = {}, values = {}, values_by_rule: byRule = {} } = counted[model.id] ?? {};
    const {
      receptive_field_at_global_pool: field,
      peak_live_bytes: peak,
      saved_for_backward_bytes: kept,
    } = model;
    const counts = Object.entries({ ...values, ...byRule }).map(([name, value]) => [word(name), value]);
    return {
      name: NAMES[model.id] ?? model.id,
      source: model.source.replace(
        /construction \(README, "(.*) construction"\)/,
        "$1 as its paper has it, in PyTorch",
      ),
      inputs: [model.input.slice(1)],
      figures: {
        params: model.params.trainable,
        buffers: model.params.bn_buffers,
        macs: model.macs.total,
        ...(model.bn && { folded: model.bn.params_after_folding }),
        peak: peak.nary_concat ?? peak.as_built ?? 0,
        kept: kept.naive,
        ...(kept.memory_efficient !== undefined && { recomputed: kept.memory_efficient }),
        ...(field && { "rf-min": field.min, "rf-max": field.max }),
        ...Object.fromEntries(counts.filter(([name]) => name !== "macs")),
      },
      functions: Object.fromEntries(
        Object.entries(spelling).map(([op, { function: called = 0 }]) => [word(op), called]),
      ),
    };
  });
}

function fromTorch(): readonly PublishedNetwork[] {
  const { networks } = golden<{ networks: Readonly<Record<string, TorchNetwork>> }>("torch-networks");
  return Object.entries(networks).map(([name, { source, inputs, params, buffers, macs }]) => ({
    name,
    source,
    inputs,
    figures: { params, buffers, ...(macs !== undefined && { macs }) },
    functions: {},
  }));
}

export function publishedModule(): string {
  const first = measured();
  const known = new Set(first.map(({ name }) => name));
  const networks = [...first, ...fromTorch().filter(({ name }) => !known.has(name))];
  return `/** What is known of published networks, as text, generated from test/golden/ by \`npm run generate\`. */\nexport const PUBLISHED_TEXT: string = ${JSON.stringify(JSON.stringify(networks))};\n`;
}
