/** The script of a picture's page: opens segments, then layers, by mouse and by keyboard. Needs no network. */
import { element } from "./element.js";

const data = JSON.parse(document.getElementById("data").textContent);
const detail = document.getElementById("detail");
const segments = [...document.querySelectorAll(".segment")];
let opened;

/** Which layers of a dense block a row or column of its matrix is about. */
const mark = (row, column) => {
  const matrix = opened?.querySelector(".matrix");
  matrix?.classList.toggle("marked", row !== undefined);
  for (const cell of matrix?.querySelectorAll(".cell") ?? []) {
    cell.classList.toggle("reads", cell.dataset.r === `${row}`);
    cell.classList.toggle("read", cell.dataset.c === `${column}`);
  }
  for (const card of detail.querySelectorAll(".layer")) {
    const number = Number(card.dataset.number);
    card.classList.toggle("source", matrix != null && number < row);
    card.classList.toggle("reader", matrix != null && number > column);
  }
};

const showOperations = (item, card) => {
  for (const other of detail.querySelectorAll(".layer"))
    other.setAttribute("aria-pressed", `${other === card}`);
  const place = detail.querySelector(".operations");
  place.hidden = false;
  const drawing = element("div");
  drawing.innerHTML = data.graphs[item.graph];
  for (const [at, text] of [...drawing.querySelectorAll("text.note")].entries())
    text.textContent = item.shapes[at] ?? "";
  for (const [at, title] of [...drawing.querySelectorAll("g > title")].entries())
    title.textContent = item.titles[at] ?? "";
  drawing
    .querySelector("svg")
    .setAttribute("aria-label", `operations of ${item.name}: ${item.titles.join("; ")}`);
  place.replaceChildren(
    element("h3", {}, item.name),
    element("p", {}, item.path),
    element("p", {}, item.source),
    drawing,
  );
};

const cardOf = (item, segment) => {
  const card = element(
    "button",
    { type: "button", class: "layer", "data-number": item.number, "aria-pressed": "false" },
    element("span", { class: "name" }, item.name),
    ...item.lines.map((line) => element("span", {}, line)),
    element("span", { class: "small" }, item.shape),
    element("span", { class: "small" }, item.costs),
  );
  const point = () => mark(item.number, item.number);
  const unpoint = () => mark();
  card.addEventListener("mouseenter", point);
  card.addEventListener("focus", point);
  card.addEventListener("mouseleave", unpoint);
  card.addEventListener("blur", unpoint);
  card.addEventListener("click", () => showOperations(item, card));
  card.dataset.segment = segment;
  return element("li", {}, card);
};

const close = () => {
  const last = opened;
  mark();
  last?.setAttribute("aria-expanded", "false");
  opened = undefined;
  detail.hidden = true;
  last?.focus();
};

const open = (segment) => {
  const { title, facts, items } = data.segments[segment.id];
  opened?.setAttribute("aria-expanded", "false");
  opened = segment;
  segment.setAttribute("aria-expanded", "true");
  const closer = element("button", { type: "button", class: "close" }, "Close");
  closer.addEventListener("click", close);
  detail.hidden = false;
  detail.replaceChildren(
    element("div", { class: "bar" }, element("h2", { tabindex: "-1" }, title), closer),
    element("p", {}, facts),
    element(
      "div",
      { class: "columns" },
      element(
        "ul",
        { class: "cards", "aria-label": `layers of ${title}` },
        ...items.map((item) => cardOf(item, segment.id)),
      ),
      element("div", { class: "operations", "aria-live": "polite", hidden: "" }),
    ),
  );
};

const step = (all, from, key) => {
  const last = all.length - 1;
  const to = {
    ArrowRight: from + 1,
    ArrowDown: from + 1,
    ArrowLeft: from - 1,
    ArrowUp: from - 1,
    Home: 0,
    End: last,
  }[key];
  return to === undefined ? undefined : all[Math.min(last, Math.max(0, to))];
};

for (const segment of segments) {
  segment.addEventListener("click", () => (segment === opened ? close() : open(segment)));
  segment.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open(segment);
      detail.querySelector("h2").focus();
    }
  });
  segment.addEventListener("mouseover", ({ target }) => {
    if (segment === opened && target.dataset.r !== undefined)
      mark(Number(target.dataset.r), Number(target.dataset.c));
  });
  segment.addEventListener("mouseleave", () => mark());
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && opened !== undefined) close();
  const active = document.activeElement;
  for (const all of [segments, [...detail.querySelectorAll(".layer")]]) {
    const at = all.indexOf(active);
    const next = at < 0 ? undefined : step(all, at, event.key);
    if (next === undefined) continue;
    event.preventDefault();
    next.focus();
  }
});
