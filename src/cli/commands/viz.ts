/** `dnc viz`: a picture of a model, or its graph for other tools. */
import { extname } from "node:path";
import { listOf, quoted, withByteUnit } from "../../base/text.ts";
import {
  collectDiagnostics,
  draw,
  PICTURE_FORMATS,
  PICTURE_LAYOUTS,
  PICTURE_STYLES,
  type PictureFormat,
  type PictureOptions,
} from "../../index.ts";
import { writeWholeFile } from "../../runtime/write-whole-file.ts";
import { oneOf } from "../choice.ts";
import { type Command, type FlagValues, UsageError } from "../command.ts";
import { readTarget, TARGET_FLAGS } from "../target.ts";

/** What the name of a file says about what is to be in it. */
const FORMAT_OF: Readonly<Record<string, PictureFormat>> = {
  ".svg": "svg",
  ".html": "html",
  ".htm": "html",
  ".dot": "dot",
  ".gv": "dot",
  ".mmd": "mermaid",
  ".mermaid": "mermaid",
  ".json": "model-explorer",
};

export const command: Command = {
  name: "viz",
  summary: "draw a model: SVG, a page, or a graph for other tools",
  usage: "dnc viz TARGET [-o FILE] [--format FORM] [--layout NAME] [--style NAME]",
  description:
    "Draws a model at a glance: dense blocks as the matrix of their connections, residual units with their " +
    "shortcuts, an encoder and decoder as a U, and for every layer what it costs in parameters, multiply-adds and " +
    "memory. The page opens each block and layer, works without a network, and can be read by keyboard and screen " +
    "reader. The name of the file says what it becomes: .svg, .html, .dot (Graphviz), .mmd (Mermaid), .json (Model " +
    "Explorer). Without -o the picture goes to standard output. TARGET is FILE.dn[:MODEL]; without a model, the last " +
    "one.",
  examples: [
    ["dnc viz specs/densenet121.dn -o net.svg", "a picture for a document"],
    ["dnc viz specs/densenet264.dn -o net.html", "a page to explore: click a block, then a layer"],
    ["dnc viz specs/densenet-tiny.dn --format mermaid", "an overview for a README, on standard output"],
  ],
  flags: {
    output: { type: "string", short: "o", value: "FILE", summary: "the file to write" },
    format: {
      type: "string",
      value: "FORM",
      summary: `${listOf(PICTURE_FORMATS, "or")} (default: what FILE says, else svg)`,
    },
    layout: {
      type: "string",
      value: "NAME",
      summary: `${listOf(PICTURE_LAYOUTS, "or")} (default: what suits the network)`,
    },
    style: {
      type: "string",
      value: "NAME",
      summary: "costs (default), or figure: layers as slabs of their sizes and channels, for papers",
    },
    json: { type: "boolean", summary: "print JSON about what was written (schema dnc/viz-1)" },
    ...TARGET_FLAGS,
  },
  exitCodes: [
    [1, "the spec has errors, or the layout does not suit the network"],
    [3, "only promises (`expect`) do not hold; the picture is drawn"],
    [4, "a file cannot be read or written"],
  ],
  async run(positionals, flags, terminal) {
    const [target, ...rest] = positionals;
    if (target === undefined || rest.length > 0) {
      throw new UsageError("`dnc viz` takes one target", [
        "name it: `dnc viz specs/densenet121.dn -o net.svg`",
      ]);
    }
    const { options, file } = requestOf(flags);
    const { graph, diagnostics, exitCode } = readTarget(target, flags);
    terminal.show(diagnostics);
    if (graph === undefined) return exitCode;
    const collector = collectDiagnostics();
    const picture = draw(graph, options, collector);
    if (picture === undefined) {
      terminal.show(collector.diagnostics);
      return 1;
    }
    if (file === undefined) {
      terminal.out(picture.text);
      return exitCode;
    }
    const help = "name another file with `-o`";
    const isWritten = writeWholeFile(file, [picture.text], { help, reporter: collector });
    terminal.show(collector.diagnostics);
    if (!isWritten) return 4;
    const bytes = Buffer.byteLength(picture.text);
    const facts = {
      schema: "dnc/viz-1",
      model: graph.name,
      file,
      format: options.format,
      layout: picture.layout,
      bytes,
    };
    terminal.out(
      flags["json"] === true
        ? `${JSON.stringify(facts, undefined, 2)}\n`
        : `wrote ${file}: ${graph.name}, ${withByteUnit(bytes)}\n`,
    );
    return exitCode;
  },
};

interface Request {
  readonly options: PictureOptions;
  /** Absent: standard output. */
  readonly file: string | undefined;
}

function requestOf(flags: FlagValues): Request {
  const { output, layout, style, json } = flags;
  const file = typeof output === "string" && output !== "-" ? output : undefined;
  if (json === true && file === undefined)
    throw new UsageError("`--json` tells about the file that `-o` names", ["add `-o net.svg`"]);
  const format = formatOf(flags, file);
  const options = {
    format,
    ...(layout === undefined ? {} : { layout: oneOf(PICTURE_LAYOUTS, "--layout", String(layout)) }),
    ...(style === undefined ? {} : { style: oneOf(PICTURE_STYLES, "--style", String(style)) }),
  };
  return { options, file };
}

function formatOf({ format }: FlagValues, file: string | undefined): PictureFormat {
  if (format !== undefined) return oneOf(PICTURE_FORMATS, "--format", String(format));
  if (file === undefined) return "svg";
  const ending = extname(file).toLowerCase();
  const known = FORMAT_OF[ending];
  if (known !== undefined) return known;
  const endings = listOf(Object.keys(FORMAT_OF), "or");
  throw new UsageError(`${quoted(file)} does not say what it is to be`, [
    `end its name in ${endings}, or say \`--format\``,
  ]);
}
