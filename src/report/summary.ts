/** What is said around a table: what was counted, by which rules, and what the rows do not add up to. */
import { count, listOf, withSeparators } from "../base/text.ts";
import { printShape } from "../ir/shape.ts";
import type { Column } from "./columns.ts";
import { byteText, fieldText, fractionText, jumpText } from "./numbers.ts";
import { pathInModel } from "./paths.ts";
import type { Circumstances, ConventionTotal, Report, ReportPort } from "./report.ts";

/** What the column of multiply-adds counts. */
export const MACS = "multiply-adds of convolutions and linear layers";

/** The model, and the unit of each count: a number never stands without the convention that it is counted by. */
export function headLines(report: Report, columns: readonly Column[]): readonly string[] {
  const { circumstances, conventions } = report;
  const counts = columns.some(({ id }) => id === "macs" || id === "%macs" || id === "ai");
  const isAsked = conventions.some(({ convention }) => convention.data.id === "macs");
  return [
    `${report.model}: ${portsOf(report.inputs)} → ${portsOf(report.outputs)}`,
    ...(counts && !isAsked ? [`MACs: ${MACS}, ${circumstanceText(circumstances)}`] : []),
    ...conventionLines(report),
  ];
}

/** `multiply-accumulates (named "flops"), batch 1, relu as module`. */
function unitText(
  { convention: { data }, folds, spelled }: ConventionTotal,
  circumstances: Circumstances,
): string {
  const { batch, phase } = circumstances;
  return [
    data.unit,
    `batch ${data.batch === "one" ? 1 : batch}`,
    ...(folds ? ["foldable norms folded"] : []),
    ...(phase === "train" ? ["training"] : []),
    ...[...spelled].map(([spelling, ops]) => `${listOf(ops)} as ${spelling}`),
  ].join(", ");
}

function circumstanceText({ batch, norms, phase }: Circumstances): string {
  return [
    `batch ${batch}`,
    ...(norms === "folded" ? ["foldable norms folded"] : []),
    ...(phase === "train" ? ["training"] : []),
  ].join(", ");
}

/** Below the totals. */
export function summaryLines(report: Report): readonly string[] {
  return [parametersLine(report), ...memoryLines(report), trafficLine(report), ...fieldLine(report)];
}

/** Each with its unit and, of several, its total; of what it is made, and what it has no rule for. */
function conventionLines({ conventions, circumstances }: Report): readonly string[] {
  const totals = conventions.map(({ total }) => withSeparators(total));
  const nameWidth = Math.max(...conventions.map(({ convention }) => convention.name.length));
  const totalWidth = Math.max(...totals.map((text) => text.length));
  return conventions.flatMap((each, index) => {
    const { kinds, unknown, convention } = each;
    const unit = unitText(each, circumstances);
    const parts = Object.entries(kinds).map(([kind, amount]) => `${kind} ${withSeparators(amount)}`);
    const missing = [...unknown].map(([op, times]) => `${op} ×${times}`);
    return [
      conventions.length === 1
        ? `${convention.name}: ${unit}`
        : `${convention.name.padEnd(nameWidth)}  ${totals[index]?.padStart(totalWidth)}  ${unit}`,
      ...(parts.length > 0 ? [`    ${parts.join(", ")}`] : []),
      ...(missing.length > 0 ? [`    without a rule, counted as 0: ${missing.join(", ")}`] : []),
    ];
  });
}

function parametersLine({ totals, norms, circumstances }: Report): string {
  const { count: total, foldable, foldedParams } = norms;
  const both = totals.params + totals.buffers;
  return [
    `buffers: ${withSeparators(totals.buffers)}`,
    ...(circumstances.params === "trainable" ? [`${withSeparators(both)} numbers with the parameters`] : []),
    ...(total === 0
      ? []
      : [
          `${withSeparators(foldable)} of ${count(total, "norm")} fold, to ${withSeparators(foldedParams)} params`,
        ]),
  ].join("; ");
}

function memoryLines({ memory }: Report): readonly string[] {
  const { peak, at, flatPeak, kept } = memory;
  const flat = flatPeak === peak ? "" : `; ${byteText(flatPeak)} if each concat copies all its parts`;
  const recomputed =
    kept.recomputed === undefined ? "" : `; ${byteText(kept.recomputed)} if dense layers are computed again`;
  return [
    `peak of activations: ${byteText(peak)} at ${pathInModel({ path: at })}${flat}`,
    `kept for training: ${byteText(kept.naive)}${recomputed}`,
  ];
}

function trafficLine({ totals: { macs, traffic, fusedTraffic } }: Report): string {
  const of = (bytes: bigint): string =>
    `${byteText(bytes)} (${fractionText((2 * Number(macs)) / Number(bytes))} FLOP/B)`;
  return `traffic: ${of(traffic)}; ${of(fusedTraffic)} with norms and activations fused; 2 FLOP a MAC`;
}

function fieldLine({ field }: Report): readonly string[] {
  return field.length === 0
    ? []
    : [`receptive field: ${fieldText(field)} positions of the input, jump ${jumpText(field)}`];
}

export function portsOf(ports: readonly ReportPort[]): string {
  return ports.map(({ name, shape }) => `${name} ${printShape(shape)}`).join(", ");
}
