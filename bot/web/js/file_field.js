/** A file that somebody chooses, drops or records; it is sent at once, so that asking is quick then. */

import { Refusal, upload } from "./api.js";
import { fresh, h } from "./dom.js";
import { icon } from "./icons.js";
import { Recorder } from "./recorder.js";
import { clock, size } from "./say.js";

const SOUNDS = new Set(["webm", "ogg", "wav", "mp3"]);

/** `endings` are those that it may have, without dots; sounds can be recorded too. */
export class FileField {
  #endings;
  #input;
  #place;
  #recorder = null;
  #sent = null;
  #sending = null;
  #onChange;
  #fail;
  #most;

  constructor(
    param,
    { most = Infinity, onChange = () => {}, onFail = () => {}, countdown = 0, words = "Record" } = {},
  ) {
    this.#endings = param.endings ?? [];
    this.#onChange = onChange;
    this.#fail = onFail;
    this.#most = most;
    this.id = fresh("file");
    const accept = this.#endings.map((ending) => `.${ending}`).join(",");
    this.#input = h("input.unseen", {
      type: "file",
      id: this.id,
      accept,
      tabindex: "-1",
      "aria-hidden": "true",
      onchange: () => this.take(this.#input.files[0]),
    });
    this.#place = h("div.file-place", { "aria-live": "polite" });
    const choose = h(
      "button.choose",
      { type: "button", onclick: () => this.#input.click() },
      icon("file"),
      "Choose a file",
    );
    const tools = h("div.file-tools", {}, choose);
    if (this.#endings.some((ending) => SOUNDS.has(ending))) {
      this.#recorder = new Recorder((blob, name) => this.take(new File([blob], name, { type: blob.type })), {
        countdown,
        words,
      });
      tools.append(this.#recorder.element);
    }
    this.focusable = choose;
    this.element = h(
      "div.file-field",
      {},
      this.#input,
      tools,
      h("p.dim.drop-hint", {}, "or drop it here"),
      this.#place,
    );
    this.#takeDrops();
  }

  /** What goes into the request; undefined while there is nothing. */
  get value() {
    return this.#sent ? { upload: this.#sent.upload } : undefined;
  }

  /** Wait until what was chosen has been sent. */
  async ready() {
    await this.#sending;
  }

  /** Stop what goes on. */
  drop() {
    this.#recorder?.drop();
  }

  /** Take a file, and send it. */
  take(file) {
    if (!file) return;
    const ending = file.name.split(".").pop().toLowerCase();
    if (this.#endings.length && !this.#endings.includes(ending)) {
      return this.#fail(`${file.name} is none of these: ${this.#endings.map((each) => `.${each}`).join(", ")}.`);
    }
    if (file.size > this.#most)
      return this.#fail(`${file.name} is ${size(file.size)}; ${size(this.#most)} is the most.`);
    this.#fail("");
    this.#sending = this.#send(file);
  }

  async #send(file) {
    const stop = new AbortController();
    const bar = h("progress", { max: "1", value: 0, "aria-label": `Sending ${file.name}` });
    const remove = h(
      "button.quiet.small",
      { type: "button", "aria-label": `Take ${file.name} away`, onclick: () => (stop.abort(), this.#clear()) },
      icon("close"),
    );
    const facts = h("span.dim", {}, size(file.size));
    this.#place.replaceChildren(
      h("div.file-chosen", {}, icon("attach"), h("span.file-name", {}, file.name), facts, bar, remove),
    );
    try {
      this.#sent = await upload(file, file.name, (share) => (bar.value = share), stop.signal);
      if (this.#sent.seconds) facts.textContent = `${clock(this.#sent.seconds)} · ${size(file.size)}`;
      bar.remove();
      this.#hear(file);
      this.#onChange();
    } catch (error) {
      this.#clear();
      if (error instanceof Refusal) this.#fail(error.message);
    }
  }

  /** What was recorded can be heard before it is given. */
  #hear(file) {
    if (!file.type.startsWith("audio/")) return;
    const address = URL.createObjectURL(file);
    this.#place.append(h("audio.own", { src: address, controls: true, "aria-label": `Listen to ${file.name}` }));
  }

  #clear() {
    const heard = this.#place.querySelector("audio");
    if (heard) URL.revokeObjectURL(heard.src);
    this.#sent = null;
    this.#input.value = "";
    this.#place.replaceChildren();
    this.#onChange();
  }

  #takeDrops() {
    const over = (event, on) => {
      event.preventDefault();
      event.stopPropagation();
      this.element.classList.toggle("over", on);
    };
    this.element.addEventListener("dragover", (event) => over(event, true));
    this.element.addEventListener("dragleave", (event) => over(event, false));
    this.element.addEventListener("drop", (event) => {
      over(event, false);
      this.take(event.dataTransfer.files[0]);
    });
  }
}
