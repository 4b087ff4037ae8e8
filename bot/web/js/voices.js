/** The voices: heard with one press, found by name, language and kind, chosen with another. */

import { Refusal } from "./api.js";
import { h, roving, settled } from "./dom.js";
import { icon } from "./icons.js";
import { menu } from "./menu.js";
import { announce, notice } from "./notices.js";
import { previewButton } from "./preview.js";
import { count } from "./say.js";
import { about, languageName, matching, voices } from "./voice_shelf.js";

/** Rows drawn at first, and with every press of 'More'. */
const PAGE = 60;

export class Voices {
  #context;
  #all = [];
  #shown = PAGE;
  #search;
  #language;
  #kind;
  #list = h("ul.voice-list", { "aria-label": "Voices" });
  #found = h("p.dim", { role: "status" });
  #more;
  #enterable;
  #rows = new Map();

  constructor(context) {
    this.#context = context;
    this.#search = h("input", {
      type: "search",
      "aria-label": "Search the voices",
      placeholder: "Name, title or language",
      spellcheck: "false",
    });
    this.#language = h("select", { "aria-label": "Language" });
    this.#kind = h("select", { "aria-label": "Kind" });
    for (const [value, words] of [
      ["", "All kinds"],
      ["mine", "Mine"],
      ["clone", "Clones"],
      ["builtin", "Built in"],
      ["custom", "Trained"],
    ]) {
      this.#kind.append(h("option", { value }, words));
    }
    const again = () => {
      this.#shown = PAGE;
      this.#show();
    };
    this.#search.addEventListener("input", settled(again, 80));
    this.#language.addEventListener("change", again);
    this.#kind.addEventListener("change", again);
    this.#more = h(
      "button.more-rows",
      { type: "button", onclick: () => ((this.#shown += PAGE), this.#show()) },
      "Show more",
    );
    const clone = h(
      "button.primary",
      { type: "button", onclick: () => context.open({ command: "clone" }) },
      icon("mic"),
      "Clone a voice",
    );
    this.element = h(
      "section.view.voices",
      { "aria-label": "Voices" },
      h("header.view-head", {}, h("h1", {}, "Voices"), clone),
      h(
        "div.filters",
        { role: "search" },
        h("div.search", {}, icon("search"), this.#search),
        this.#language,
        this.#kind,
      ),
      this.#found,
      this.#list,
      this.#more,
    );
    this.#enterable = roving(this.#list, "li.voice");
  }

  /** Read them anew whenever they are looked at. */
  async shown() {
    try {
      const all = await voices({ anew: true });
      if (JSON.stringify(all) !== JSON.stringify(this.#all)) this.#rows.clear();
      this.#all = all;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#list.replaceChildren(h("li.trouble", {}, icon("alert"), error.message));
    }
    this.#offerLanguages();
    this.#show();
  }

  #offerLanguages() {
    const chosen = this.#language.value;
    const tags = [...new Set(this.#all.map((voice) => voice.language).filter(Boolean))];
    const named = tags.map((tag) => [tag, languageName(tag)]).sort((one, other) => one[1].localeCompare(other[1]));
    this.#language.replaceChildren(
      h("option", { value: "" }, "All languages"),
      ...named.map(([tag, words]) => h("option", { value: tag }, words)),
    );
    this.#language.value = tags.includes(chosen) ? chosen : "";
  }

  #show() {
    const kind = this.#kind.value;
    const fits = (voice) =>
      (!this.#language.value || voice.language === this.#language.value) &&
      (!kind || (kind === "mine" ? voice.mine : voice.kind === kind));
    const found = matching(this.#all, this.#search.value).filter(fits);
    this.#list.replaceChildren(...found.slice(0, this.#shown).map((voice) => this.#rowOf(voice)));
    this.#found.textContent = found.length ? count(found.length, "voice") : "";
    this.#more.hidden = found.length <= this.#shown;
    if (!found.length) this.#list.replaceChildren(this.#nothing(kind));
    this.#enterable();
  }

  #nothing(kind) {
    const words =
      kind === "mine" || kind === "clone"
        ? "There is no clone yet. Record somebody who agrees for 20 seconds, and there is one."
        : "No voice is like that. Try another word, or all languages.";
    return h("li.empty-row", {}, icon("voices"), words);
  }

  /** A row is drawn once: what is heard from it goes on while others are looked for. */
  #rowOf(voice) {
    if (!this.#rows.has(voice.name)) this.#rows.set(voice.name, this.#row(voice));
    return this.#rows.get(voice.name);
  }

  #row(voice) {
    const use = h("button.small", { type: "button", onclick: () => this.#use(voice) }, "Use");
    const mark = voice.mine ? h("span.badge", {}, "yours") : null;
    const row = h(
      "li.voice",
      { tabindex: "-1", "aria-label": `${voice.name}, ${about(voice)}` },
      previewButton(voice.name, this.#context.conversation),
      h("div.voice-words", {}, h("span.voice-name", {}, voice.name, mark), h("span.dim", {}, about(voice))),
      h("span.voice-engine.dim", {}, voice.engine),
      use,
      menu("More", "commands", this.#moreOf(voice)),
    );
    row.addEventListener("keydown", (event) => {
      if (event.target !== row) return;
      if (event.key === " ") row.querySelector(".preview").click();
      else if (event.key === "Enter") this.#use(voice);
      else return;
      event.preventDefault();
    });
    return row;
  }

  #moreOf(voice) {
    const name = { name: voice.name };
    const offered = [
      ["Make it the usual one", () => this.#ask("voices default", name)],
      ["Tell about it", () => this.#context.open({ command: "voices show", given: name, ask: true })],
      ["Voices like it", () => this.#context.open({ command: "voices similar", given: name, ask: true })],
    ];
    if (voice.mine) {
      offered.push(["Share it", () => this.#context.open({ command: "voices share", given: name })]);
      offered.push(["Rename it", () => this.#context.open({ command: "voices rename", given: name })]);
      offered.push(["Delete it", () => this.#context.open({ command: "voices delete", given: name, ask: true })]);
    }
    return offered.map(([words, work]) => h("button", { type: "button", onclick: work }, words));
  }

  #use(voice) {
    this.#context.useVoice(voice.name);
    announce(`${voice.name} says what you write now.`);
  }

  async #ask(command, values) {
    try {
      const message = await this.#context.conversation.ask({ command, values });
      notice(message.text.split("\n")[0], { wrong: Boolean(message.error) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      notice(error.message, { wrong: true });
    }
  }
}
