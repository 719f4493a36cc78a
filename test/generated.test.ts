/** What is generated must be what its sources give now. */
import { expect, it } from "vitest";
import { GENERATED, isUpToDate } from "../scripts/generate.ts";

it.each(GENERATED.map((each) => [each.path, each] as const))("%s is up to date", (_, generated) => {
  expect(isUpToDate(generated), "run `npm run generate`").toBe(true);
});
