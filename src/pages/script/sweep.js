/** The script of a sweep's page: which two amounts are shown against each other, and which of them are better. */

import { element } from "../../viz/page/element.js";
import { figureOf } from "../plots/plot.ts";
import { scatterOf } from "../plots/scatter.ts";

const { names, measures, x, y } = JSON.parse(document.getElementById("sweep").textContent);
const figure = document.getElementById("scatter");

/** An amount, and whether more of it is better. */
function choice(label, name, isMoreBetter) {
  const measure = element(
    "select",
    { class: "field", "aria-label": label },
    ...measures.map((each) => element("option", { value: each.name }, each.title)),
  );
  measure.value = name;
  const better = element(
    "select",
    { class: "field", "aria-label": `${label}: which is better` },
    element("option", { value: "less" }, "less is better"),
    element("option", { value: "more" }, "more is better"),
  );
  better.value = isMoreBetter ? "more" : "less";
  for (const field of [measure, better]) field.addEventListener("change", redraw);
  return {
    fields: element("label", {}, `${label} `, measure, " ", better),
    chosen: () => ({
      measure: measures.find((each) => each.name === measure.value),
      isMoreBetter: better.value === "more",
    }),
  };
}

const [across, up] = [choice("across", x, false), choice("up", y, true)];

function redraw() {
  const drawn = element("div");
  drawn.innerHTML = figureOf(scatterOf(names, across.chosen(), up.chosen()));
  for (const part of ["h2", "svg", "figcaption"])
    figure.querySelector(part).replaceWith(drawn.querySelector(part));
}

figure.querySelector("h2").after(element("div", { class: "tools" }, across.fields, up.fields));
