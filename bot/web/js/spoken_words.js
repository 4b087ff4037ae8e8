/** The text of a sound, in which the word that is said lights up. */

import { h } from "./dom.js";

const MOST = 400;
/** Words on either side of the one that is said, where a text is too long to be shown whole. */
const AROUND = 90;

/** `onSeek(seconds)` is called where somebody clicks a word. */
export class SpokenWords {
  #text;
  #words;
  #spans = [];
  #first = 0;
  #lit = -1;

  constructor(info, onSeek) {
    this.#text = info.text;
    this.#words = info.words.filter((word) => Number.isInteger(word.from) && word.to > word.from);
    this.element = h("p.spoken", {
      dir: "auto",
      onclick: (event) => {
        const at = this.#spans.indexOf(event.target);
        if (at >= 0) onSeek(this.#words[this.#first + at].start);
      },
    });
    this.#draw(0);
  }

  /** Light what is said at that time; nothing where nothing is. */
  show(seconds) {
    const found = this.#at(seconds);
    if (found === this.#lit) return;
    this.#spans[this.#lit - this.#first]?.classList.remove("lit");
    if (found >= 0 && !this.#spans[found - this.#first]) this.#draw(Math.max(0, found - AROUND / 3));
    this.#spans[found - this.#first]?.classList.add("lit");
    this.#lit = found;
  }

  /** Light nothing. */
  clear() {
    this.#spans[this.#lit - this.#first]?.classList.remove("lit");
    this.#lit = -1;
  }

  /** The word said at a time, by halving; the pause after a word still belongs to it. */
  #at(seconds) {
    let [low, high] = [0, this.#words.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (this.#words[middle].start <= seconds) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  #draw(from) {
    const whole = this.#words.length <= MOST;
    this.#first = whole ? 0 : Math.floor(from);
    const shown = whole ? this.#words : this.#words.slice(this.#first, this.#first + 2 * AROUND);
    let at = whole ? 0 : (shown[0]?.from ?? 0);
    const parts = whole || this.#first === 0 ? [] : ["… "];
    this.#spans = shown.map((word) => {
      const span = h("span", {}, this.#text.slice(word.from, word.to));
      parts.push(this.#text.slice(at, word.from), span);
      at = word.to;
      return span;
    });
    const last = this.#first + shown.length >= this.#words.length;
    parts.push(last ? this.#text.slice(at) : " …");
    this.element.replaceChildren(...parts);
  }
}
