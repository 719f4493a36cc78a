/** Batch normalization per channel (Ioffe and Szegedy 2015), on maps and vectors. */
import { boolean } from "./argument.ts";
import { defineOp, type OpStage } from "./op.ts";
import { extentsOf, planesOf, zeros } from "./reference-tensor.ts";
import { epsilonArgument, momentumArgument, type Settings } from "./settings.ts";

export interface BnAttrs {
  readonly epsilon: number;
  /** Weight of the new value in the running statistics. */
  readonly momentum: number;
  readonly affine: boolean;
}

export const bn: OpStage<BnAttrs> = defineOp({
  name: "bn",
  group: "norm",
  summary: "Batch normalization: per channel, with the running statistics at inference.",
  slots: {},
  arguments: {
    eps: epsilonArgument,
    momentum: momentumArgument,
    affine: { type: boolean, summary: "learns a scale and a shift per channel", default: "true" },
  },
  examples: [
    {
      source: "bn",
      input: { channels: 64, sizes: [56, 56] },
      output: { channels: 64, sizes: [56, 56] },
      parameters: 128,
    },
  ],
  attrs: (call, _inputs, site) => bnAttrs(call.arguments, site.settings),
  shape: ([input]) => input,
  weights([{ channels }], { affine }) {
    const shape = [channels];
    return [
      ...(affine
        ? ([
            { name: "weight", role: "scale", shape },
            { name: "bias", role: "shift", shape },
          ] as const)
        : []),
      { name: "running_mean", role: "mean", shape },
      { name: "running_var", role: "variance", shape },
    ];
  },
  // The mean and the reciprocal deviation of the batch, in 32 bits.
  memory: ({ channels }) => ({ keepsMore: { ofBatch: 8n * BigInt(channels) } }),
  reference([x], weight, { epsilon, affine }) {
    const { channels } = extentsOf(x);
    const [mean, variance] = [weight("running_mean").data, weight("running_var").data];
    const scale = affine ? weight("weight").data : new Float64Array(channels).fill(1);
    const shift = affine ? weight("bias").data : new Float64Array(channels);
    const y = zeros(x.shape);
    const inputs = planesOf(x);
    planesOf(y).forEach((output, index) => {
      const channel = index % channels;
      const deviation = Math.sqrt((variance[channel] ?? 0) + epsilon);
      inputs[index]?.forEach((value, position) => {
        const normalized = (value - (mean[channel] ?? 0)) / deviation;
        output[position] = normalized * (scale[channel] ?? 0) + (shift[channel] ?? 0);
      });
    });
    return y;
  },
  lower(lowering, [x], { epsilon, affine }) {
    const [scale, offset] = affine
      ? [lowering.weight("weight"), lowering.weight("bias")]
      : [lowering.filled(1, "ones"), lowering.filled(0, "zeros")];
    const statistics = [lowering.weight("running_mean"), lowering.weight("running_var")];
    return lowering.add({ kind: "batch-normalization", epsilon }, [x, scale, offset, ...statistics]);
  },
});

/** What the call writes wins over what the model sets; PyTorch's values otherwise. */
export function bnAttrs(
  written: {
    readonly eps?: number | undefined;
    readonly momentum?: number | undefined;
    readonly affine?: boolean | undefined;
  },
  settings: Settings,
): BnAttrs {
  return {
    epsilon: written.eps ?? settings.eps ?? 1e-5,
    momentum: written.momentum ?? settings.momentum ?? 0.1,
    affine: written.affine ?? true,
  };
}
