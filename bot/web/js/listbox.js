/** A list of things to choose from below (or above) a field; the keys stay in the field. */

import { fresh, h } from "./dom.js";

/** Items are `{value, words, hint, extra}`; `onChoose(item)` is called by click, and by `choose`. */
export class Listbox {
  #items = [];
  #active = -1;
  #onChoose;
  #field;

  constructor(field, label, onChoose) {
    this.#field = field;
    this.#onChoose = onChoose;
    // Only a combobox's list may scroll without being a stop of its own, and a text area can be no combobox.
    const stop = field.matches("textarea") ? "0" : null;
    this.element = h("div.listbox", {
      role: "listbox",
      id: fresh("list"),
      "aria-label": label,
      tabindex: stop,
      hidden: true,
    });
    // A press must not take the focus from the field, or the list is gone before the click.
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.element.id);
    this.close();
  }

  get open() {
    return !this.element.hidden;
  }

  /** The item that the arrows have come to. */
  get active() {
    return this.#items[this.#active] ?? null;
  }

  get first() {
    return this.#items[0] ?? null;
  }

  /** Offer these; nothing closes it. */
  set(items) {
    this.#items = items;
    if (!items.length) return this.close();
    this.element.replaceChildren(...items.map((item, at) => this.#option(item, at)));
    this.element.hidden = false;
    if (this.#field.getAttribute("role") === "combobox") this.#field.setAttribute("aria-expanded", "true");
    this.#mark(-1);
  }

  close() {
    this.#items = [];
    this.element.hidden = true;
    this.element.replaceChildren();
    if (this.#field.getAttribute("role") === "combobox") this.#field.setAttribute("aria-expanded", "false");
    this.#mark(-1);
  }

  /** Take a key of the field; says whether it was for the list. */
  key(event) {
    if (!this.open) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const all = this.#items.length;
      this.#mark(this.#active < 0 && step < 0 ? all - 1 : (this.#active + step + all) % all);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab" && !event.shiftKey) this.choose(this.active ?? this.first);
    else if (event.key === "Enter" && this.active) this.choose(this.active);
    else if (event.key === "ArrowRight" && this.active?.extra) this.active.extra.click();
    else return false;
    event.preventDefault();
    return true;
  }

  choose(item) {
    this.close();
    this.#onChoose(item);
  }

  #option(item, at) {
    return h(
      "div.option",
      { role: "option", id: `${this.element.id}-${at}`, "aria-selected": "false", onclick: () => this.choose(item) },
      h("span.option-words", {}, item.words ?? item.value),
      item.hint ? h("span.option-hint", {}, item.hint) : null,
      item.extra ?? null,
    );
  }

  #mark(at) {
    this.#active = at;
    [...this.element.children].forEach((each, place) => each.setAttribute("aria-selected", String(place === at)));
    const marked = this.element.children[at];
    if (marked) {
      this.#field.setAttribute("aria-activedescendant", marked.id);
      marked.scrollIntoView({ block: "nearest" });
    } else this.#field.removeAttribute("aria-activedescendant");
  }
}

/** Make a field offer what `find(typed)` brings; returns the list, to be put behind it. */
export function completing(field, label, find) {
  field.setAttribute("role", "combobox");
  field.setAttribute("autocomplete", "off");
  const list = new Listbox(field, label, (item) => {
    field.value = item.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  let turn = 0;
  const look = async () => {
    turn += 1;
    const mine = turn;
    const items = await find(field.value).catch(() => []);
    if (mine === turn && document.activeElement === field) list.set(items);
  };
  field.addEventListener("input", look);
  field.addEventListener("focus", look);
  field.addEventListener("keydown", (event) => {
    if (list.key(event)) return;
    if (event.key === "ArrowDown") look();
  });
  field.addEventListener("blur", () => {
    turn += 1;
    list.close();
  });
  return list.element;
}
