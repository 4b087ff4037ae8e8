/** Tables of text and buttons. */

import { h } from "./dom.js";

/** `head` is `[{words, number}]`, a row is as many cells; a cell is text or an element. */
export function tableOf(title, head, rows) {
  const cell = (content, at) => h(`td${head[at].number ? ".number" : ""}`, { "data-head": head[at].words }, content);
  return h(
    "div.table-box",
    { tabindex: "0", role: "region", "aria-label": title },
    h(
      "table",
      {},
      h("caption.unseen", {}, title),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((each) =>
            h(
              `th${each.number ? ".number" : ""}`,
              { scope: "col" },
              each.words || h("span.unseen", {}, "What can be done"),
            ),
          ),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) => h("tr", {}, row.map(cell))),
      ),
    ),
  );
}

/** A panel with a title; `nothing` is said where there are no rows. */
export function panel(title, head, rows, nothing) {
  return h(
    "section.panel",
    {},
    h("h2", {}, title),
    rows.length ? tableOf(title, head, rows) : h("p.empty-row", {}, nothing),
  );
}
