/** The forms for several numbers of axes as one. */
import { axesOf, MAX_RANK } from "../../ir/shape.ts";
import { isSameTerm, substituted, unknown } from "../../ir/term.ts";
import { LANGUAGE } from "../../ir/term-print.ts";
import type { BlockDefinition } from "../module.ts";
import { anySizeName, sizeName } from "../traced-block.ts";
import { type PortForm, printForm, printSizeForm, type SignatureForm } from "./signature-form.ts";
import type { SizeForm } from "./sizes.ts";

/** Where every axis is treated alike, whatever their number, one form says it. */
export function mergeForms(
  all: readonly SignatureForm[],
  definition: BlockDefinition,
): readonly SignatureForm[] {
  const maps = all.filter(({ ranks }) => ranks[0] !== 0);
  const vectors = all.filter(({ ranks }) => ranks[0] === 0);
  // That some parameters leave a vector as it is does not make it a block for vectors.
  const [map] = maps;
  const [vector] = vectors.filter(
    ({ isPartial, where }) =>
      map === undefined || (!isPartial && where.every((each) => map.where.includes(each))),
  );
  const whole = ofAllRanks(maps, definition);
  if (whole === undefined)
    return [...(vector ? [vector] : []), ...maps.toSorted((a, b) => (a.ranks[0] ?? 0) - (b.ranks[0] ?? 0))];
  if (vector === undefined) return [whole];
  const isAlike = isSameTerm(vector.output.channels, whole.output.channels);
  return isAlike ? [{ ...whole, ranks: [0, ...whole.ranks] }] : [vector, whole];
}

function ofAllRanks(forms: readonly SignatureForm[], definition: BlockDefinition): SignatureForm | undefined {
  const alike = forms.flatMap((form) => forEachAxis(form, definition) ?? []);
  const [first, ...others] = alike;
  const isSame =
    alike.length === MAX_RANK && others.every((other) => first && printForm(other) === printForm(first));
  return first && isSame ? { ...first, ranks: [1, 2, 3] } : undefined;
}

/** The form with one size for all axes, if they are alike. */
function forEachAxis(form: SignatureForm, definition: BlockDefinition): SignatureForm | undefined {
  const [rank = 0] = form.ranks;
  const symbols = axesOf(rank)
    .slice(1)
    .map((axis) => sizeName(definition, rank, axis));
  const each = anySizeName(definition);
  const ports = [...form.inputs, form.output].map((port): PortForm | undefined => {
    if (!Array.isArray(port.sizes)) return port;
    if (port.sizes.length === 0) return port;
    const named = port.sizes.map((size, index) => renamed(size, symbols[index] ?? each, each));
    const [first] = named;
    const isAlike = named.every(
      (size) =>
        size !== undefined &&
        first !== undefined &&
        printSizeForm(size, LANGUAGE) === printSizeForm(first, LANGUAGE),
    );
    return first !== undefined && isAlike ? { ...port, sizes: { each: first } } : undefined;
  });
  const output = ports.at(-1);
  const inputs = ports.slice(0, -1).flatMap((port) => port ?? []);
  if (output === undefined || inputs.length < form.inputs.length) return undefined;
  const pattern = new RegExp(`\\b(${symbols.map((symbol) => symbol.replace(".", "\\.")).join("|")})\\b`, "g");
  const where = [...new Set(form.where.map((text) => text.replace(pattern, each)))];
  return { ...form, inputs, output, where };
}

function renamed(size: SizeForm, symbol: string, each: string): SizeForm | undefined {
  return "products" in size
    ? substituted(size, new Map([[symbol, unknown(each)]]))
    : { text: size.text.replaceAll(symbol, each) };
}
