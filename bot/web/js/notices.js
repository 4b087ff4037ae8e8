/** What is told beside everything else: to eyes at the edge of the page, to ears by the live region. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const STAY = 9000;

/** Say something to those who hear the page. */
export function announce(words) {
  const region = document.getElementById("announcer");
  region.textContent = "";
  // The same sentence twice is a change only if the region was empty in between.
  requestAnimationFrame(() => (region.textContent = words));
}

/** Show a sentence for a while; `wrong` tells of what did not work. */
export function notice(words, { wrong = false } = {}) {
  const gone = () => shown.remove();
  const shown = h(
    `div.toast${wrong ? ".wrong" : ""}`,
    {},
    icon(wrong ? "alert" : "check"),
    h("p", {}, words),
    h("button.quiet.small", { type: "button", "aria-label": "Close this notice", onclick: gone }, icon("close")),
  );
  document.getElementById("toasts").append(shown);
  announce(words);
  setTimeout(gone, STAY);
}
