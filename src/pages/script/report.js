/** The script of a report's page: a table of parts to sort, filter, group and fold, and a roofline to try machines on. */
import { parseAmount } from "../../report/amount.ts";
import { FilterError, parseTest } from "../../report/filter.ts";
import { valueText } from "../../report/numbers.ts";
import { element } from "../../viz/page/element.js";
import { figureOf } from "../plots/plot.ts";
import { rooflineOf } from "../plots/roofline.ts";

const { table, works, machine } = JSON.parse(document.getElementById("report").textContent);

const columns = table.columns.map((column, at) => ({ ...column, at }));
const tree = treeOf(table.rows);
const leaves = leavesIn(tree);
const state = { roots: tree, sort: undefined, filter: () => true, isFiltered: false, focused: undefined };

function treeOf(rows) {
  const roots = [];
  const path = [];
  for (const row of rows) {
    const node = { ...row, inner: [], isOpen: row.isOpen };
    path.length = row.level - 1;
    (path.at(-1)?.inner ?? roots).push(node);
    path.push(node);
  }
  return roots;
}

function leavesIn(nodes) {
  return nodes.flatMap((node) => (node.inner.length === 0 ? [node] : leavesIn(node.inner)));
}

/** What a cell holds: a pair is a text and what orders it. */
function textOf(cell, { unit }) {
  if (cell === null) return unit === "text" ? "" : "–";
  return valueText(Array.isArray(cell) ? cell[0] : asAmount(cell, unit), unit);
}

function asAmount(cell, unit) {
  return typeof cell === "string" && unit !== "text" ? BigInt(cell) : cell;
}

function orderOf(node, { at, unit }) {
  const cell = node.cells[at];
  if (Array.isArray(cell)) return cell[1];
  return unit === "text" ? cell : Number(cell ?? -1);
}

function sorted(nodes) {
  if (state.sort === undefined) return nodes;
  const { column, isAscending } = state.sort;
  const sign = isAscending ? 1 : -1;
  return nodes.toSorted((a, b) => {
    const [first, second] = [orderOf(a, column), orderOf(b, column)];
    return sign * (typeof first === "string" ? first.localeCompare(second) : first - second);
  });
}

/** The nodes that are seen, with how deep they stand: under a filter, the ways to what it takes are open. */
function visible(nodes, level = 1) {
  return sorted(nodes).flatMap((node) => {
    const isInner = node.inner.length > 0;
    if (state.isFiltered && !leavesIn([node]).some(state.filter)) return [];
    const isOpen = isInner && (state.isFiltered || node.isOpen);
    return [{ node, level, isInner, isOpen }, ...(isOpen ? visible(node.inner, level + 1) : [])];
  });
}

const fields = Object.fromEntries([
  ...columns.map((column) => [
    column.id,
    ({ cells }) => {
      const cell = cells[column.at];
      return Array.isArray(cell) ? cell[1] : (asAmount(cell ?? undefined, column.unit) ?? undefined);
    },
  ]),
  ["path", ({ path }) => path],
  ["op", ({ op }) => op],
  ["kernel", ({ kernel }) => kernel],
  ["resolution", ({ resolution }) => resolution],
]);

/** A test such as `op=conv && macs>=1M`, or words that all stand in a row. */
function testOf(text) {
  if (/[=<>~]/.test(text)) return parseTest(text, fields);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (node) => {
    const all = [node.path, ...node.cells.filter((cell) => typeof cell === "string")].join(" ").toLowerCase();
    return words.every((word) => all.includes(word));
  };
}

const place = document.getElementById("operations");
const body = element("tbody");
const head = element("tr");
const foot = element("tr");
const selected = element("output", { class: "selected" });

const filter = element("input", {
  class: "field",
  type: "search",
  placeholder: "conv 3x3, or op=conv && macs>=1M",
  size: "34",
});
const group = element(
  "select",
  { class: "field" },
  ...["part", "op", "kernel", "resolution"].map((name) => element("option", { value: name }, name)),
);
const button = (text, act, style = "field") => {
  const made = element("button", { type: "button", class: style }, text);
  made.addEventListener("click", act);
  return made;
};

function fold(nodes, isOpen) {
  for (const node of nodes) {
    node.isOpen = isOpen;
    fold(node.inner, isOpen);
  }
}

function shownColumns() {
  return columns.filter(({ isShown }) => isShown);
}

function classOf({ unit }) {
  return unit === "text" ? "text" : "number";
}

function headOf() {
  const name = element("th", { scope: "col", class: "text head" }, sortButton(undefined, "part"));
  head.replaceChildren(
    name,
    ...shownColumns().map((column) => {
      const isSorted = state.sort?.column === column;
      const order = isSorted ? (state.sort.isAscending ? "ascending" : "descending") : "none";
      return element(
        "th",
        { scope: "col", class: `${classOf(column)} head`, "aria-sort": order },
        sortButton(column, column.title),
      );
    }),
  );
  foot.replaceChildren(
    element("th", { scope: "row", class: "text foot" }, "total"),
    ...shownColumns().map((column) =>
      element("td", { class: `${classOf(column)} foot` }, column.total ?? ""),
    ),
  );
}

/** The largest first, then the smallest, then as the spec has it. */
function sortButton(column, title) {
  const made = button(
    title,
    () => {
      const { sort } = state;
      const isSame = sort?.column === column;
      state.sort =
        column === undefined || (isSame && sort.isAscending) ? undefined : { column, isAscending: isSame };
      show();
      const at = column === undefined ? 0 : shownColumns().indexOf(column) + 1;
      head.children[at].querySelector("button").focus();
    },
    "sort",
  );
  if (column === undefined) made.title = "as the spec has it";
  return made;
}

function rowOf({ node, level, isInner, isOpen }) {
  const toggle = element(
    "span",
    { class: "toggle", "aria-hidden": "true" },
    isInner ? (isOpen ? "▾" : "▸") : "",
  );
  const name = element(
    "th",
    { scope: "row", class: "text name", style: `--level:${level}`, title: node.path },
    toggle,
    node.name,
  );
  const row = element(
    "tr",
    { tabindex: "-1", "aria-level": level, ...(isInner && { "aria-expanded": isOpen }) },
    name,
    ...shownColumns().map((column) => {
      const cell = node.cells[column.at];
      const made = element("td", { class: classOf(column) }, textOf(cell, column));
      if (column.largest > 0 && Number(cell) > 0) {
        made.classList.add("amount");
        made.style.setProperty("--part", Number(cell) / column.largest);
      }
      return made;
    }),
  );
  row.addEventListener("click", () => {
    state.focused = node;
    if (isInner) node.isOpen = !node.isOpen;
    show();
  });
  return row;
}

let seen = [];

function show() {
  seen = visible(state.roots);
  headOf();
  body.replaceChildren(...seen.map(rowOf));
  const at = Math.max(
    0,
    seen.findIndex(({ node }) => node === state.focused),
  );
  body.children[at]?.setAttribute("tabindex", "0");
  const found = leaves.filter(state.filter);
  const sums = columns
    .filter(({ id, isShown, unit }) => isShown && (unit === "count" || id === "traffic"))
    .map((column) => {
      const amounts = found.map(({ cells }) => BigInt(cells[column.at] ?? 0));
      const sum = amounts.reduce((all, amount) => all + amount, 0n);
      return `${textOf(sum, column)} ${column.title}`;
    });
  selected.textContent = state.isFiltered
    ? `${found.length} of ${leaves.length} rows: ${sums.join(", ")}`
    : `${leaves.length} rows`;
}

function focusOn(at) {
  const index = Math.min(seen.length - 1, Math.max(0, at));
  for (const row of body.children) row.setAttribute("tabindex", "-1");
  state.focused = seen[index]?.node;
  const row = body.children[index];
  row?.setAttribute("tabindex", "0");
  row?.focus();
}

function step(event) {
  const at = [...body.children].indexOf(document.activeElement);
  const line = seen[at];
  if (line === undefined) return;
  const { node, level, isInner, isOpen } = line;
  const toggle = (isNowOpen) => {
    node.isOpen = isNowOpen;
    state.focused = node;
    show();
    focusOn(seen.findIndex((each) => each.node === node));
  };
  const acts = {
    ArrowDown: () => focusOn(at + 1),
    ArrowUp: () => focusOn(at - 1),
    Home: () => focusOn(0),
    End: () => focusOn(seen.length - 1),
    ArrowRight: () => (isInner && !isOpen ? toggle(true) : focusOn(at + 1)),
    ArrowLeft: () =>
      isOpen && !state.isFiltered
        ? toggle(false)
        : focusOn(seen.findLastIndex((each, index) => index < at && each.level < level)),
    Enter: () => isInner && toggle(!isOpen),
    " ": () => isInner && toggle(!isOpen),
  };
  const act = acts[event.key];
  if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  // What opens and closes parts of the picture is not meant.
  event.stopPropagation();
  act();
}

filter.addEventListener("input", () => {
  const text = filter.value.trim();
  try {
    state.filter = text === "" ? () => true : testOf(text);
    state.isFiltered = text !== "";
    filter.setCustomValidity("");
    filter.removeAttribute("aria-invalid");
    show();
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    filter.setAttribute("aria-invalid", "true");
    filter.setCustomValidity(error.message);
    selected.textContent = `${error.message}: ${error.help}`;
  }
});

group.addEventListener("change", () => {
  state.roots = group.value === "part" ? tree : groupsBy(group.value);
  show();
});

function groupsBy(key) {
  const groups = Map.groupBy(leaves, (leaf) => leaf[key] ?? "");
  return [...groups].map(([name, inner]) => ({
    name,
    path: "",
    inner,
    isOpen: false,
    cells: columns.map((column) => sumOf(inner, column)),
  }));
}

function sumOf(nodes, { at, unit, id }) {
  if (unit === "text" || unit === "number") return null;
  const amounts = nodes.map(({ cells }) => cells[at] ?? 0);
  if (unit === "percent") return amounts.reduce((sum, amount) => sum + amount, 0);
  const exact = amounts.map((amount) => BigInt(amount));
  const total =
    id === "live"
      ? exact.reduce((most, amount) => (amount > most ? amount : most), 0n)
      : exact.reduce((sum, amount) => sum + amount, 0n);
  return total <= Number.MAX_SAFE_INTEGER ? Number(total) : `${total}`;
}

function columnChoice(column) {
  const box = element("input", { type: "checkbox" });
  box.checked = column.isShown;
  box.addEventListener("change", () => {
    column.isShown = box.checked;
    show();
  });
  return element("label", {}, box, ` ${column.title}`);
}

place.append(
  element(
    "div",
    { class: "tools" },
    element("label", {}, "Filter ", filter),
    element("label", {}, "Group by ", group),
    button("Open all", () => {
      fold(state.roots, true);
      show();
    }),
    button("Close all", () => {
      fold(state.roots, false);
      show();
    }),
    element(
      "details",
      { class: "choice" },
      element("summary", {}, "Columns"),
      element("div", {}, ...columns.map(columnChoice)),
    ),
    selected,
  ),
  element(
    "div",
    { class: "tree" },
    element(
      "table",
      { class: "grid", role: "treegrid", "aria-labelledby": "operations-title" },
      element("thead", {}, head),
      body,
      element("tfoot", {}, foot),
    ),
  ),
);
body.addEventListener("keydown", step);
show();

const roofline = document.getElementById("roofline");
if (roofline !== null) {
  const rate = (label, value) => {
    const input = element("input", { class: "field", type: "text", size: "6", value });
    input.addEventListener("change", redraw);
    return { input, label: element("label", {}, `${label} `, input) };
  };
  const peak = rate("FLOP/s", "1T");
  const bandwidth = rate("B/s", "100G");
  function redraw() {
    const [flops, bytes] = [peak, bandwidth].map(({ input }) => {
      const amount = parseAmount(input.value.trim());
      const isFine = amount !== undefined && amount.value > 0;
      input.toggleAttribute("aria-invalid", !isFine);
      return isFine ? amount.value : undefined;
    });
    if (flops === undefined || bytes === undefined) return;
    const drawn = element("div");
    drawn.innerHTML = figureOf(rooflineOf(works, { peak: flops, bandwidth: bytes }));
    for (const name of ["svg", "figcaption"])
      roofline.querySelector(name).replaceWith(drawn.querySelector(name));
  }
  peak.input.value = machine.peak;
  bandwidth.input.value = machine.bandwidth;
  roofline
    .querySelector("h2")
    .after(element("p", { class: "machine" }, "on a machine of ", peak.label, " and ", bandwidth.label));
}
