/** What went wrong, in a sentence near what caused it. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** A place for a sentence: nothing is seen of it until `say` is called, and nothing any more after `say("")`. */
export class Trouble {
  constructor({ id = null, spoken = true, extra = "" } = {}) {
    this.element = h(`p.trouble${extra}`, { id, role: spoken ? "alert" : null, hidden: true });
  }

  say(words) {
    this.element.replaceChildren(...(words ? [icon("alert"), words] : []));
    this.element.hidden = !words;
  }
}
