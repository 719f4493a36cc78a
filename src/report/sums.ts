/** The amounts that add up over operations. */
import type { Counts } from "../ops/counts.ts";

export interface Sums extends Counts {
  /** Bytes of results. */
  readonly written: bigint;
  /** Bytes read and written where nothing is fused. */
  readonly traffic: bigint;
  /** The same where norms and activations are computed by the operations around them. */
  readonly fusedTraffic: bigint;
  /** On the device of the report: no operation takes less. */
  readonly picoseconds: bigint;
  /** Under each convention. */
  readonly counts: readonly bigint[];
}

export function sumOfCounts(items: readonly Counts[]): Counts {
  let [params, buffers, macs] = [0n, 0n, 0n];
  for (const item of items) {
    params += item.params;
    buffers += item.buffers;
    macs += item.macs;
  }
  return { params, buffers, macs };
}

export function sumOf(items: readonly Sums[]): Sums {
  const counts: bigint[] = (items[0]?.counts ?? []).map(() => 0n);
  let [written, traffic, fusedTraffic, picoseconds] = [0n, 0n, 0n, 0n];
  for (const item of items) {
    written += item.written;
    traffic += item.traffic;
    fusedTraffic += item.fusedTraffic;
    picoseconds += item.picoseconds;
    item.counts.forEach((amount, index) => {
      counts[index] = (counts[index] ?? 0n) + amount;
    });
  }
  return { ...sumOfCounts(items), written, traffic, fusedTraffic, picoseconds, counts };
}

/** The sums of `times` equal items. */
export function multiplied(item: Sums, times: bigint): Sums {
  return {
    params: item.params * times,
    buffers: item.buffers * times,
    macs: item.macs * times,
    written: item.written * times,
    traffic: item.traffic * times,
    fusedTraffic: item.fusedTraffic * times,
    picoseconds: item.picoseconds * times,
    counts: item.counts.map((amount) => amount * times),
  };
}
