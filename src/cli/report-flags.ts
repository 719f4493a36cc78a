/** The flags of `dnc report`, read and held against each other: what is wrong usage is told before anything runs. */
import { quoted } from "../base/text.ts";
import {
  type Amount,
  type Convention,
  conventionIds,
  conventionNamed,
  FilterError,
  GROUPINGS,
  isConvention,
  type Limit,
  PARAMETER_KINDS,
  parseAmount,
  parseFilter,
  quantitiesOf,
  type ReportJson,
  type ReportOptions,
  SPELLINGS,
  type Spelling,
  type ViewOptions,
} from "../index.ts";
import { formOf, oneOf } from "./choice.ts";
import { type Flag, type FlagValues, UsageError } from "./command.ts";
import { listOf } from "./target.ts";

export const FORMATS = ["table", "json", "csv", "md", "html", "sarif"] as const;
export type Format = (typeof FORMATS)[number];

const text = (value: string, summary: string): Flag => ({ type: "string", value, summary });
const many = (value: string, summary: string): Flag => ({ type: "string", multiple: true, value, summary });

export const REPORT_FLAGS: Readonly<Record<string, Flag>> = {
  convention: many(
    "NAME",
    "count operations as a tool does: fvcore, ptflops, …, pinned as fvcore@3378afe, or all",
  ),
  explain: text("A B", "why two conventions differ, operation by operation"),
  batch: text("N", "samples at once (default 1)"),
  params: text("KIND", "trainable (default), keras (with running statistics) or folded (norms folded)"),
  bn: text("HOW", "keep or fold batch norms that can be folded"),
  phase: text("PHASE", "infer (default) or train, where a convention tells them apart"),
  dtype: text("TYPE", "f32 (default), f16, bf16 or i8: bytes of an element"),
  spelling: many("NAME=FORM", "how a source writes an operation or path: relu=module, gap=function"),
  device: text(
    "peak=…,bw=…",
    "FLOP and bytes a second: what bounds each operation, and for how long at least",
  ),
  cols: text(
    "NAMES",
    "columns: op,out,params,%params,macs,%macs,bytes,live,traffic,ai,rf,jump,fan-in,src, …",
  ),
  depth: text("N", "how many levels of parts to show (default: as many as fit a screen)"),
  expand: { type: "boolean", summary: "show every repetition, and every level" },
  "group-by": text("WHAT", `${GROUPINGS.join(", ")} (default block: the parts of the spec)`),
  sort: text("COLUMN", "the largest first"),
  top: text("N", "only the N largest operations; the others on one line"),
  filter: text("TEST", "only some operations: 'op=conv && kernel=1x1'"),
  "max-params": text("LIMIT", "exit 3 beyond it: 8M"),
  "max-macs": text("LIMIT", "exit 3 beyond it: 2.9G"),
  "max-peak": text("LIMIT", "exit 3 when more activations are alive at once: 8MiB"),
  "max-rf": text("LIMIT", "exit 3 when the receptive field of the head is larger"),
  max: many("NAME=LIMIT", "the same for buffers, kept, traffic or a convention: fvcore=3G"),
  baseline: text("FILE", "an older report (of --json) to compare with"),
  "max-regression": many("NAME=LIMIT", "exit 3 when a total grew by more than that since then: macs=1%"),
  check: text(
    "published",
    "every known number of the published network of this name, or of the one that is named, against the model",
  ),
  sweep: many("NAME=VALUES", "a line for each value of a parameter: k=12,24,32"),
  format: text("FORM", FORMATS.join(", ")),
  json: { type: "boolean", summary: "print JSON (schema dnc/report-1)" },
};

export interface ReportFlags {
  readonly format: Format;
  readonly report: ReportOptions;
  /** Spellings by operation or path. */
  readonly spellings: ReadonlyMap<string, Spelling>;
  readonly view: ViewOptions;
  readonly limits: readonly Limit[];
  readonly growth: readonly Limit[];
  readonly baseline?: string;
  readonly sweep: readonly Sweep[];
}

/** A parameter and its values, as `--set` takes them. */
export interface Sweep {
  readonly name: string;
  readonly values: readonly string[];
}

export function readReportFlags(flags: FlagValues): ReportFlags {
  const baseline = flags["baseline"];
  const growth = listOf(flags["max-regression"]).flatMap(parts).map(limitOf("--max-regression"));
  if (growth.length > 0 && baseline === undefined)
    throw new UsageError("`--max-regression` needs `--baseline FILE`", [
      "write an older report with `dnc report TARGET --json > report.json`",
    ]);
  const format = formOf(flags, FORMATS) ?? "table";
  const sweep = listOf(flags["sweep"]).map(sweepOf);
  if (sweep.length > 0 && format === "sarif")
    throw new UsageError("`--sweep` has no form `sarif`", ["use table, json, csv, md or html"]);
  return {
    format,
    report: reportOptions(flags),
    spellings: new Map(listOf(flags["spelling"]).flatMap(parts).map(spellingOf)),
    view: viewOptions(flags),
    limits: [
      ...["params", "macs", "peak", "rf"].flatMap((quantity) => {
        const written = flags[`max-${quantity}`];
        return typeof written === "string" ? [limitOf(`--max-${quantity}`, quantity)(written)] : [];
      }),
      ...listOf(flags["max"]).flatMap(parts).map(limitOf("--max")),
    ],
    growth,
    ...(typeof baseline === "string" && { baseline }),
    sweep,
  };
}

function reportOptions(flags: FlagValues): ReportOptions {
  const norms = choice(flags, "bn", { keep: "kept", fold: "folded" } as const);
  const params = wordOf(flags, "params", PARAMETER_KINDS);
  const phase = wordOf(flags, "phase", ["infer", "train"]);
  const bytes = choice(flags, "dtype", { f32: 4, f16: 2, bf16: 2, i8: 1 } as const);
  const device = deviceOf(flags["device"]);
  return {
    batch: whole(flags, "batch") ?? 1,
    conventions: listOf(flags["convention"]).flatMap(parts).flatMap(conventionsOf),
    ...(norms && { norms }),
    ...(params && { params }),
    ...(phase && { phase }),
    ...(bytes && { bytes }),
    ...(device && { device }),
  };
}

function viewOptions(flags: FlagValues): ViewOptions {
  const { cols, sort, filter, expand } = flags;
  const [depth, top] = [whole(flags, "depth"), whole(flags, "top")];
  const groupBy = wordOf(flags, "group-by", GROUPINGS);
  return {
    ...(typeof cols === "string" && {
      columns: cols
        .split(",")
        .map((id) => id.trim())
        .filter((id) => id !== "path"),
    }),
    ...(depth !== undefined && { depth }),
    ...(top !== undefined && { top }),
    ...(expand === true && { expand }),
    ...(groupBy && { groupBy }),
    ...(typeof sort === "string" && { sort }),
    ...(typeof filter === "string" && { filter: filterOf(filter) }),
  };
}

function filterOf(written: string): NonNullable<ViewOptions["filter"]> {
  try {
    return parseFilter(written);
  } catch (error) {
    if (error instanceof FilterError) throw new UsageError(error.message, [error.help]);
    throw error;
  }
}

/** `all`: each in its current version. */
export function conventionsOf(name: string): readonly Convention[] {
  if (name === "all") return conventionIds().flatMap(conventionsOf);
  const found = conventionNamed(name);
  if (isConvention(found)) return [found];
  throw new UsageError(found.why, [found.help]);
}

function wordOf<Word extends string>(
  flags: FlagValues,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const written = flags[name];
  return typeof written === "string" ? oneOf(words, `--${name}`, written) : undefined;
}

/** The value that stands for the word that was given. */
function choice<T>(flags: FlagValues, name: string, values: Readonly<Record<string, T>>): T | undefined {
  const written = flags[name];
  return typeof written === "string" ? values[oneOf(Object.keys(values), `--${name}`, written)] : undefined;
}

/** Every report must tell what is limited: a limit on what is not known would hold by accident. */
export function requireLimited(reports: readonly ReportJson[], limits: readonly Limit[]): void {
  const [first = [], ...others] = reports.map((report) =>
    quantitiesOf(report)
      .filter(({ total }) => total(report.totals) !== undefined)
      .map(({ name }) => name),
  );
  const known = first.filter((name) => others.every((names) => names.includes(name)));
  for (const { quantity, written } of limits) {
    if (known.includes(quantity)) continue;
    const where = others.length === 0 ? "is not reported" : "is not in both reports";
    throw new UsageError(`\`${written}\` limits what ${where}`, [
      `there are ${known.join(", ")}, and what \`--convention\` names`,
    ]);
  }
}

function whole(flags: FlagValues, name: string): number | undefined {
  const written = flags[name];
  if (written === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(String(written)))
    throw new UsageError(`\`--${name}\` takes a number, 1 or more, not ${quoted(String(written))}`);
  return Number(written);
}

function limitOf(flag: string, quantity?: string): (written: string) => Limit {
  return (written) => {
    const [name = "", amount] = quantity === undefined ? nameAndValue(written) : [quantity, written];
    const limit = amount === undefined ? undefined : parseAmount(amount);
    const example = quantity === undefined ? "macs=1%" : "2.9G";
    if (limit === undefined)
      throw new UsageError(`\`${flag}\` cannot read ${quoted(written)}`, [
        `write it as \`${flag} ${example}\``,
      ]);
    return { quantity: name, amount: limit, written: `${flag} ${written}` };
  };
}

function spellingOf(written: string): readonly [string, Spelling] {
  const [name, form] = nameAndValue(written);
  const spelling = SPELLINGS.find((each) => each === form);
  if (name === undefined || spelling === undefined)
    throw new UsageError(`\`--spelling\` cannot read ${quoted(written)}`, [
      `write an operation or a path and ${SPELLINGS.join(", ")}: \`--spelling relu=module\``,
    ]);
  return [name, spelling];
}

function deviceOf(written: FlagValues[string]): ReportOptions["device"] | undefined {
  if (typeof written !== "string") return undefined;
  const amounts = new Map<string, Amount>();
  for (const part of parts(written)) {
    const [name = "", amount] = nameAndValue(part);
    const parsed = amount === undefined ? undefined : parseAmount(amount);
    if (parsed !== undefined && parsed.value > 0) amounts.set(name, parsed);
  }
  const [peak, bandwidth] = [amounts.get("peak")?.value, amounts.get("bw")?.value];
  if (peak === undefined || bandwidth === undefined || amounts.size !== 2)
    throw new UsageError(`\`--device\` cannot read ${quoted(written)}`, [
      "write FLOP and bytes a second: `--device peak=1.2T,bw=50G`",
    ]);
  return { peak, bandwidth };
}

function sweepOf(written: string): Sweep {
  const [name, values] = nameAndValue(written);
  const found = values === undefined ? [] : parts(values);
  if (name === undefined || !/^[A-Za-z_]\w*$/.test(name) || found.length === 0)
    throw new UsageError(`\`--sweep\` cannot read ${quoted(written)}`, ["write it as `--sweep k=12,24,32`"]);
  return { name, values: found };
}

function nameAndValue(written: string): readonly [name?: string, value?: string] {
  const at = written.indexOf("=");
  return at < 1 ? [] : [written.slice(0, at).trim(), written.slice(at + 1).trim()];
}

/** Split at commas outside of brackets: `[6,12],[6,24]`. */
function parts(written: string): readonly string[] {
  const found: string[] = [""];
  let open = 0;
  for (const letter of written) {
    if (letter === "[") open += 1;
    if (letter === "]") open -= 1;
    if (letter === "," && open === 0) found.push("");
    else found[found.length - 1] += letter;
  }
  return found.map((part) => part.trim()).filter((part) => part !== "");
}
