/** The page of those who have no key: how to get one, and a field for one that was sent to them. */

import { Refusal, post } from "./api.js";
import { fresh, h } from "./dom.js";
import { themeSwitch } from "./theme.js";
import { Trouble } from "./trouble.js";

const SPENT = "That key is not, or no longer, good. Each link works once; Mynah prints a new one when it starts.";

/** Take the key out of the address and give it in; says whether the server took it. The key works once. */
export async function enterByAddress() {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (!key) return { tried: false };
  // Whatever comes of it, the key is not to stand in the address, the history or a bookmark.
  history.replaceState(null, "", location.pathname);
  try {
    await post("/api/page/enter", { key });
    return { tried: true };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { tried: true, trouble: error.message };
  }
}

/** Draw the page; `onEnter()` is called once a key was taken. */
export function gate(onEnter, words = "") {
  const about = "It speaks text in built-in and cloned voices, on the machine of whoever runs it.";
  return h(
    "main.gate",
    {},
    h("img", { src: "/app/icons/mynah.svg", alt: "", width: 72, height: 72 }),
    h("h1", {}, "This is a Mynah"),
    h("p.lead", {}, about, " To come in, you need a link from there."),
    ways(),
    keyForm(onEnter, words),
    h("p.gate-foot", {}, themeSwitch()),
  );
}

function ways() {
  const own = ["Look at the terminal: ", h("code", {}, "mynah run"), " prints a link when it starts."];
  const others = ["Ask them for a link of your own; they make one with ", h("code", {}, "/token make"), "."];
  return h(
    "dl.ways",
    {},
    h("dt", {}, "You run it"),
    h("dd", {}, own),
    h("dt", {}, "Somebody else runs it"),
    h("dd", {}, others),
  );
}

function keyForm(onEnter, words) {
  const id = fresh("key");
  const trouble = new Trouble({ id: `${id}-trouble` });
  trouble.say(words);
  const input = h("input", {
    id,
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": `${id}-trouble`,
    placeholder: "http://127.0.0.1:…/#key=…",
  });
  const enter = async (event) => {
    event.preventDefault();
    const key = input.value.trim().replace(/^.*#key=/, "");
    if (!key) return input.focus();
    try {
      await post("/api/page/enter", { key });
      onEnter();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      trouble.say(error.status === 401 ? SPENT : error.message);
      input.focus();
    }
  };
  const row = h("div.key-row", {}, input, h("button.primary", { type: "submit" }, "Come in"));
  return h("form.key-form", { onsubmit: enter }, h("label", { for: id }, "The link, or its key"), row, trouble.element);
}
