/** Light or dark: as the system is, until somebody chooses. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "mynah-theme";
const ORDER = ["", "light", "dark"];
const WORDS = { "": "As the system is", light: "Light", dark: "Dark" };
const ICONS = { "": "contrast", light: "sun", dark: "moon" };

function chosen() {
  return document.documentElement.dataset.theme ?? "";
}

function choose(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  try {
    if (theme) localStorage.setItem(KEY, theme);
    else localStorage.removeItem(KEY);
  } catch {
    // It holds until the page is closed, then.
  }
}

/** A button that goes through the three; what it says is what is on. */
export function themeSwitch() {
  const button = h("button.quiet.theme-switch", {
    type: "button",
    onclick: () => {
      choose(ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length]);
      show();
    },
  });
  function show() {
    const theme = chosen();
    button.replaceChildren(icon(ICONS[theme]), h("span.label", {}, WORDS[theme]));
    button.setAttribute("aria-label", `Appearance: ${WORDS[theme]}`);
    button.title = `Appearance: ${WORDS[theme]}`;
  }
  show();
  return button;
}
