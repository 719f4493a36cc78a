/** What `to=label` gives: the sizes of another value. The result has them; the value itself is not read. */
import { count } from "../base/text.ts";
import { printShape, rankOf, type Shape } from "../ir/shape.ts";
import type { Size } from "../ir/size.ts";
import type { Template } from "./argument.ts";
import type { Site } from "./op.ts";
import { checkMap, wrongRank } from "./window.ts";

/** The sizes that a map is to have; `undefined`: reported. */
export function templateSizes(
  name: string,
  input: Shape,
  { shape, input: position }: Template,
  site: Site,
): readonly Size[] | undefined {
  if (!checkMap(name, input, site)) return undefined;
  const [rank, wanted] = [rankOf(input), rankOf(shape)];
  if (rank === wanted) return shape.sizes;
  site.report(
    wrongRank,
    [`\`${name}\` of ${count(rank, "spatial axis", "spatial axes")} to the sizes of ${wanted}`],
    {
      at: "to",
      label: `this is ${printShape(shape)}`,
      claims: [0, position].map((each) => ({ input: each, axis: "rank" }) as const),
      help: ["name a value with as many axes"],
    },
  );
  return undefined;
}
