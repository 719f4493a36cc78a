/** DN0308: a share of the channels that is no whole number. */
import type { DiagnosticKind } from "../base/diagnostic.ts";
import {
  compare,
  floor,
  multiply,
  printRational,
  type Rational,
  rational,
  subtract,
  toSafeInteger,
  ZERO,
} from "../base/rational.ts";
import { spanText } from "../base/source.ts";
import { quoted } from "../base/text.ts";
import { defineLint, type Lint } from "./context.ts";

const fractionalChannels: DiagnosticKind<[call: string, amount: string, kept: string]> = defineLint({
  code: "DN0308",
  severity: "warning",
  message: (call, amount, kept) => `${quoted(call)} drops a fraction: ${amount} channels become ${kept}`,
  explain: {
    title: "fractional-channels",
    text: "A transition keeps the share theta of the channels (Huang et al. 2017, section 3). Published networks choose theta, growth and depth so that a whole number comes out; where none does, other code may round the other way, and then the published counts and weights do not fit.",
    wrong:
      'dn 1;\nimport { transition } from "std";\nmodel m { set order = pre; input x: f32[128 @ 8x8]; output y = x < transition(theta=0.3); bn; relu; gap >; }\n',
    right:
      'dn 1;\nimport { transition } from "std";\nmodel m { set order = pre; input x: f32[128 @ 8x8]; output y = x < transition(theta=1/4); bn; relu; gap >; }\n',
  },
});

export const lint: Lint = {
  kinds: [fractionalChannels],
  check(context) {
    for (const { span, frame, amount, channels, share } of context.droppedFractions) {
      const [exact, kept] = [printRational(amount), `${floor(amount)}`];
      const near = nearestShare(share, channels);
      context.reportAt({ span, frame }, fractionalChannels, [spanText(span), exact, kept], {
        label: `${printRational(share)} of ${printRational(channels)} is ${exact}`,
        help: [
          near === undefined
            ? "make the number of channels before it one that divides"
            : `choose a share that divides: ${near.numerator}/${near.denominator} of them is ${printRational(multiply(near, channels))}`,
        ],
      });
    }
  },
};

/** Shares with a larger denominator are not chosen by people. */
const LARGEST_DENOMINATOR = 16;

/** The share nearest to one that gives a whole number of channels; `undefined` where none is below 1. */
function nearestShare(share: Rational, channels: Rational): Rational | undefined {
  const width = toSafeInteger(channels) ?? 1;
  let nearest: Rational | undefined;
  for (let denominator = 2; denominator <= LARGEST_DENOMINATOR; denominator += 1) {
    if (width % denominator !== 0) continue;
    for (let numerator = 1; numerator < denominator; numerator += 1) {
      const candidate = rational(numerator, denominator);
      if (nearest === undefined || compare(distance(candidate, share), distance(nearest, share)) < 0)
        nearest = candidate;
    }
  }
  return nearest;
}

function distance(a: Rational, b: Rational): Rational {
  const apart = subtract(a, b);
  return compare(apart, ZERO) < 0 ? subtract(ZERO, apart) : apart;
}
