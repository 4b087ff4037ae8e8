/** A button that opens a few things to choose from. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** `items` are links or buttons; Esc, a click elsewhere and a choice close it. */
export function menu(words, iconName, items) {
  const list = h("div.menu-list", {}, items);
  const summary = h("summary.quiet.small", {}, icon(iconName), words, icon("chevron"));
  const made = h("details.menu", {}, summary, list);
  made.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && made.open) {
      event.stopPropagation();
      made.open = false;
      summary.focus();
    }
    step(event, items);
  });
  list.addEventListener("click", () => (made.open = false));
  made.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !made.contains(event.relatedTarget)) made.open = false;
  });
  made.addEventListener("toggle", () => {
    const elsewhere = (event) => !made.contains(event.target) && (made.open = false);
    if (made.open) document.addEventListener("pointerdown", elsewhere, { once: true });
  });
  return made;
}

function step(event, items) {
  const to = items.indexOf(document.activeElement) + { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!items[to]) return;
  event.preventDefault();
  items[to].focus();
}
