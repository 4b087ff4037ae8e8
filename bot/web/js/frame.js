/** What stands around the views: the name, the way from one to the other, and how the connection is. */

import { append, h } from "./dom.js";
import { icon } from "./icons.js";
import { announce } from "./notices.js";
import { hush } from "./player.js";
import { themeSwitch } from "./theme.js";

const NAMES = { chat: ["Chat", "chat"], voices: ["Voices", "voices"], owner: ["Owner", "chart"] };

/** `views` are those that this person may see, by name; each has an `element`, and `shown()` and `gone()` if it cares. */
export class Frame {
  #context;
  #views;
  #links = {};
  #main = h("main.main", { id: "main" });
  #state = h("p.connection", { role: "status" });
  view = "";

  constructor(context, views) {
    this.#context = context;
    this.#views = views;
    const names = Object.keys(views);
    const links = names.map((name, at) => {
      const [words, iconName] = NAMES[name];
      this.#links[name] = h(
        "a.nav-link",
        { href: `#${name}`, title: `${words} (Alt ${at + 1})` },
        icon(iconName),
        h("span.label", {}, words),
      );
      return this.#links[name];
    });
    const tools = h(
      "div.rail-foot",
      {},
      this.#state,
      this.#tool("commands", "Commands", () => context.palette()),
      this.#tool("help", "Keys", () => keysHelp(names)),
      themeSwitch(),
      this.#who(),
    );
    const rail = h(
      "header.rail",
      {},
      h(
        "a.brand",
        { href: "#chat" },
        h("img", { src: "/app/icons/mynah.svg", alt: "", width: 36, height: 36 }),
        h("span.label", {}, "Mynah"),
      ),
      h("nav", { "aria-label": "Views" }, links),
      tools,
    );
    this.elements = [
      h("a.skip", { href: "#main", onclick: (event) => (event.preventDefault(), this.#focusMain()) }, "To the content"),
      rail,
      this.#main,
    ];
    for (const view of Object.values(views)) view.element.hidden = true;
    append(
      this.#main,
      Object.values(views).map((view) => view.element),
    );
    window.addEventListener("hashchange", () => this.go(location.hash.slice(1)));
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Show a view; one that is not there is the chat. */
  go(name) {
    const to = name in this.#views ? name : "chat";
    if (to === this.view) return;
    this.#views[this.view]?.gone?.();
    this.view = to;
    for (const [each, view] of Object.entries(this.#views)) {
      view.element.hidden = each !== to;
      if (each === to) this.#links[each].setAttribute("aria-current", "page");
      else this.#links[each].removeAttribute("aria-current");
    }
    document.title = `${NAMES[to][0]} · Mynah`;
    if (location.hash.slice(1) !== to) history.replaceState(null, "", `#${to}`);
    this.#views[to].shown?.();
  }

  /** Say how the connection is; that all is well needs no words. */
  connection(state) {
    const lost = state === "lost";
    if (lost && !this.#state.classList.contains("lost")) announce("The connection is lost; trying again.");
    if (!lost && this.#state.classList.contains("lost")) announce("Connected again.");
    this.#state.classList.toggle("lost", lost);
    this.#state.replaceChildren(
      h("i", { "aria-hidden": "true" }),
      h("span", {}, lost ? "Connecting again …" : "Connected"),
    );
  }

  #tool(name, words, work) {
    return h("button.quiet", { type: "button", onclick: work, title: words }, icon(name), h("span.label", {}, words));
  }

  #who() {
    const { me } = this.#context;
    return h("p.who.dim", {}, me.owner ? `${me.name} · owner` : me.name, h("span.version", {}, `Mynah ${me.version}`));
  }

  #focusMain() {
    this.#main.tabIndex = -1;
    this.#main.focus();
  }

  #key(event) {
    const names = Object.keys(this.#views);
    if (event.altKey && names[Number(event.key) - 1]) this.go(names[Number(event.key) - 1]);
    else if ((event.ctrlKey || event.metaKey) && event.key === "k") this.#context.palette();
    else if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]"))
      return void hush();
    else if (
      isWriting(event.target) ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      document.querySelector("dialog[open]")
    )
      return;
    else if (event.key === "/") this.#context.write("/");
    else if (event.key === "?") keysHelp(names);
    else return;
    event.preventDefault();
  }
}

function isWriting(element) {
  return element.matches?.("input, textarea, select, [contenteditable]");
}

function keysHelp(names) {
  const dialog = h("dialog.sheet.keys", { "aria-label": "Keys" });
  const rows = [
    ["/", "write a command"],
    ["Ctrl K", "all commands"],
    ...names.map((name, at) => [`Alt ${at + 1}`, NAMES[name][0].toLowerCase()]),
    ["Enter", "send; Shift Enter begins a line"],
    ["↑", "what you wrote last, in an empty field"],
    ["Tab", "take what is offered"],
    ["→", "hear the voice that is marked in a list"],
    ["← →", "a second back or on, on a waveform"],
    ["Space", "play or pause, on a waveform or a voice"],
    ["Esc", "close, or stop the sound"],
  ];
  const close = h(
    "button.quiet.icon-only",
    { type: "button", "aria-label": "Close", onclick: () => dialog.close() },
    icon("close"),
  );
  dialog.append(
    h("header.sheet-head", {}, h("h2", {}, "Keys"), close),
    h(
      "dl.key-list",
      {},
      rows.map(([key, words]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, words)]),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
