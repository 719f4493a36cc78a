/** Channels in groups of equal size. */
import { type DiagnosticKind, defineDiagnostic } from "../base/diagnostic.ts";
import { count, listOf } from "../base/text.ts";
import type { ReportDetails, Site } from "./op.ts";

export const groupsDoNotDivide: DiagnosticKind<[channels: number, groups: number]> = defineDiagnostic({
  code: "DN0408",
  message: (channels: number, groups: number) =>
    `${count(channels, "channel")} cannot be split into ${count(groups, "group")}`,
  explain: {
    title: "groups-do-not-divide",
    text: "Groups have equally many channels, so their number must divide the channels: of a group norm those of its input, of a grouped convolution those of its input and of its output.",
    wrong: "dn 1;\nmodel m { input x: f32[30 @ 8x8]; output y = x < gn(groups=4) >; }\n",
    right: "dn 1;\nmodel m { input x: f32[30 @ 8x8]; output y = x < gn(groups=5) >; }\n",
  },
});

/** Reports groups that do not divide the channels of the first operand. */
export function checkGroups(groups: number, channels: number, site: Site): void {
  check(groups, channels, site, { at: "groups", claims: [{ input: 0, axis: 0 }] });
}

/** Reports groups that do not divide the channels of the first operand, or else those that come out. */
export function checkBothGroups(groups: number, input: number, output: number, site: Site): void {
  if (input % groups !== 0) checkGroups(groups, input, site);
  else check(groups, output, site, { at: "channels" });
}

/** How many channels a group has, at least; exact where the groups divide. */
export function perGroup(channels: number, groups: number): number {
  return Math.ceil(channels / groups);
}

function check(groups: number, channels: number, site: Site, details: ReportDetails): void {
  if (channels % groups === 0) return;
  const multiple = channels - (channels % groups);
  site.report(groupsDoNotDivide, [channels, groups], {
    ...details,
    help: [
      `${channels} channels make ${eitherOf(divisorsAround(groups, channels))} equal groups`,
      `${groups} groups take ${eitherOf([multiple, multiple + groups])} channels`,
    ],
  });
}

function eitherOf(amounts: readonly number[]): string {
  return listOf(amounts.filter((amount) => amount > 0).map(String), "or");
}

/** The nearest divisors of `channels` below `groups` and above. */
function divisorsAround(groups: number, channels: number): readonly number[] {
  const small = Array.from({ length: Math.floor(Math.sqrt(channels)) }, (_, index) => index + 1).filter(
    (divisor) => channels % divisor === 0,
  );
  const divisors = [...small, ...small.toReversed().map((divisor) => channels / divisor)];
  return [
    divisors.findLast((divisor) => divisor < groups) ?? 0,
    divisors.find((divisor) => divisor > groups) ?? 0,
  ];
}
