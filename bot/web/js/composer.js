/** Where one writes: a text to say, or a command; files, the microphone and the voice stand beside it. */

import { Refusal } from "./api.js";
import { completions, hintOf } from "./completion.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { Listbox, completing } from "./listbox.js";
import { previewMark } from "./preview.js";
import { Recorder } from "./recorder.js";
import { Trouble } from "./trouble.js";
import { about, matching, voices } from "./voice_shelf.js";

const TALLEST = 240;
const KEEP = "mynah-unsent";

export class Composer {
  #context;
  #area;
  #list;
  #hint = h("p.composer-hint", { id: "composer-hint" });
  #trouble = new Trouble();
  #send;
  #voice;
  #turn = 0;
  #asked = [];

  constructor(context) {
    this.#context = context;
    this.#area = h("textarea", {
      id: "composer",
      rows: "1",
      dir: "auto",
      "aria-label": "Message",
      "aria-describedby": "composer-hint",
      placeholder: "What shall I say?  / for commands",
    });
    this.#list = new Listbox(this.#area, "Commands and values", (item) => this.#accept(item));
    this.#send = h("button.primary.icon-only.send", { type: "submit", "aria-label": "Send" }, icon("send"));
    this.element = this.#drawn();
    this.#area.addEventListener("input", () => this.#changed());
    this.#area.addEventListener("keydown", (event) => this.#key(event));
    this.#area.addEventListener("blur", () => this.#list.close());
    this.#recall();
  }

  focus() {
    // On a phone a focus opens the keyboard over half of the page, which nobody has asked for.
    if (matchMedia("(hover: hover)").matches) this.#area.focus();
  }

  /** Put a text there, to be sent or changed. */
  put(text) {
    this.#area.value = text;
    this.#changed();
    this.#area.focus();
  }

  #drawn() {
    const file = h("input.unseen", {
      type: "file",
      tabindex: "-1",
      "aria-hidden": "true",
      "aria-label": "A file",
      onchange: () => this.#context.offer(file.files[0]),
    });
    const tool = (name, words, work) =>
      h("button.quiet.icon-only", { type: "button", "aria-label": words, title: words, onclick: work }, icon(name));
    const recorder = new Recorder((blob, name) => this.#context.offer(new File([blob], name, { type: blob.type })), {
      words: "",
    });
    recorder.element.querySelector("button").setAttribute("aria-label", "Record with the microphone");
    const row = h(
      "div.composer-tools",
      {},
      tool("commands", "All commands (Ctrl K)", () => this.#context.palette()),
      tool("attach", "Give a file", () => file.click()),
      recorder.element,
      this.#voicePicker(),
      this.#send,
    );
    return h(
      "form.composer",
      { "aria-label": "Write", onsubmit: (event) => this.#submit(event) },
      this.#trouble.element,
      h("div.composer-box", {}, this.#list.element, this.#area, file, row),
      this.#hint,
    );
  }

  #voicePicker() {
    this.#voice = h("input.voice-choice", {
      type: "text",
      "aria-label": "Voice",
      placeholder: "usual voice",
      spellcheck: "false",
    });
    const find = async (typed) =>
      matching(await voices(), typed)
        .slice(0, 40)
        .map((each) => ({
          value: each.name,
          hint: about(each),
          extra: previewMark(each.name, this.#context.conversation),
        }));
    return h("div.combo.upward.voice-picker", {}, icon("voices"), this.#voice, completing(this.#voice, "Voices", find));
  }

  /** Choose whose voice says what is written from now on. */
  choose(voice) {
    this.#voice.value = voice;
    this.#area.focus();
  }

  #changed() {
    this.#area.style.height = "auto";
    this.#area.style.height = `${Math.min(TALLEST, this.#area.scrollHeight)}px`;
    this.#trouble.say("");
    this.#offer();
    try {
      sessionStorage.setItem(KEEP, this.#area.value);
    } catch {
      // What is not sent is lost with the page, then.
    }
  }

  #recall() {
    try {
      this.#area.value = sessionStorage.getItem(KEEP) ?? "";
    } catch {
      // Nothing was kept.
    }
  }

  async #offer() {
    this.#turn += 1;
    const mine = this.#turn;
    const { place, items } = await completions(this.#area.value, this.#area.selectionStart, this.#context.commands);
    if (mine !== this.#turn) return;
    this.#list.set(document.activeElement === this.#area ? items : []);
    this.#hint.textContent = hintOf(place);
  }

  #accept(item) {
    this.#area.value = item.line;
    this.#area.setSelectionRange(item.caret, item.caret);
    this.#changed();
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && this.#list.open && !this.#list.active && this.#isHalfACommand()) {
      event.preventDefault();
      return this.#list.choose(this.#list.first);
    }
    if (this.#list.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.element.requestSubmit();
    } else if (event.key === "ArrowUp" && !this.#area.value && this.#asked.length) this.#goBack(event);
  }

  /** '/spe' is no command yet, so Enter completes it; '/about' is one, so Enter sends it. */
  #isHalfACommand() {
    const line = this.#area.value.trim();
    return (
      /^\/[^\n]*$/.test(line) &&
      !this.#context.commands.all.some((each) => line === `/${each.name}` || line.startsWith(`/${each.name} `))
    );
  }

  #goBack(event) {
    event.preventDefault();
    this.put(this.#asked.at(-1));
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.#area.value.trim();
    if (!text) return;
    this.#turn += 1;
    this.#list.close();
    const voice = this.#voice.value.trim();
    const request = text.startsWith("/")
      ? { line: text }
      : { command: "speak", values: voice ? { text, voice } : { text } };
    this.#area.value = "";
    this.#changed();
    try {
      await this.#context.conversation.ask(request);
      this.#asked.push(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!this.#area.value) this.#area.value = text;
      this.#changed();
      this.#trouble.say(error.message);
    }
  }
}
