/** One page. */
import type { Network } from "./network.ts";
import { sceneOf } from "./picture.ts";
import { svgOf } from "./svg.ts";
export function pageOf(network: Network): string {
  return svgOf(sceneOf(network));
}
