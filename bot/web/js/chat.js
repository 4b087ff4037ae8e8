/** The chat: what was said, the newest below; what came before is read as one scrolls up. */

import { Refusal } from "./api.js";
import { Composer } from "./composer.js";
import { h, roving } from "./dom.js";
import { drawMessage } from "./message.js";
import { announce, notice } from "./notices.js";

/** Pixels from the top at which older messages are read. */
const NEAR = 240;
/** Pixels from the end within which somebody is taken to read the end. */
const END = 80;
const IDEAS = [
  ["Say something", { command: "speak", given: { text: "Hello! I am Mynah, and I say what you write." } }],
  ["Choose a voice", { view: "voices" }],
  ["Clone a voice", { command: "clone" }],
  ["See what else I can do", { command: "help", ask: true }],
];

export class Chat {
  #context;
  #list = h("ol.messages", { "aria-label": "Messages" });
  #scroller;
  #drawn = new Map();
  #tickets = new Map();
  #ghost = null;
  #empty;
  #pinned = true;
  #tellOlder = h("p.older.dim", { hidden: true }, "Reading what came before …");

  constructor(context) {
    this.#context = context;
    this.#empty = this.#drawEmpty();
    this.#scroller = h(
      "div.scroller",
      { tabindex: "0", role: "region", "aria-label": "Conversation", "aria-busy": "true" },
      this.#tellOlder,
      this.#empty,
      this.#list,
    );
    this.composer = new Composer(context);
    this.element = h(
      "section.view.chat",
      { "aria-label": "Chat" },
      h("h1.unseen", {}, "Chat"),
      this.#scroller,
      this.composer.element,
    );
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // What is drawn grows when more is known of it; who reads the end goes on reading the end.
    const growth = new ResizeObserver(() => this.#pinned && this.#toEnd());
    growth.observe(this.#list);
    growth.observe(this.#scroller);
    roving(this.#list, "li.message");
    this.#takeDrops();
    this.#follow(context.conversation);
  }

  /** Read the latest messages. */
  async begin() {
    await this.#readOlder();
    this.#toEnd();
    this.#empty.hidden = this.#drawn.size > 0;
    this.#scroller.setAttribute("aria-busy", "false");
    this.composer.focus();
  }

  shown() {
    if (this.#pinned) this.#toEnd();
    this.composer.focus();
  }

  #scrolled() {
    this.#pinned = this.#isAtEnd();
    if (this.#scroller.scrollTop < NEAR) this.#readOlder();
  }

  #follow(conversation) {
    conversation.addEventListener("added", (event) => this.#added(event.detail.message));
    conversation.addEventListener("changed", (event) => this.#changed(event.detail.message));
    conversation.addEventListener("older", (event) => this.#older(event.detail.messages));
    conversation.addEventListener("progress", (event) => this.#tickets.get(event.detail.job)?.progress(event.detail));
    conversation.addEventListener("job", (event) => this.#tickets.get(event.detail.job)?.state(event.detail.state));
    conversation.addEventListener("asking", (event) => this.#showGhost(event.detail.request));
    conversation.addEventListener("asked", () => this.#dropGhost());
    conversation.addEventListener("passing", (event) =>
      notice(event.detail.message.text, { wrong: Boolean(event.detail.message.error) }),
    );
  }

  #added(message) {
    const follow = this.#pinned || message.from === "you";
    const drawn = this.#draw(message);
    const after = [...this.#drawn.keys()].filter((id) => id < message.id).sort((one, other) => other - one)[0];
    if (after === undefined) this.#list.prepend(drawn.element);
    else this.#drawn.get(after).after(drawn.element);
    this.#drawn.set(message.id, drawn.element);
    this.#empty.hidden = true;
    if (message.from === "you") this.#dropGhost();
    else if (!message.ticket) announce(`Mynah: ${message.text.slice(0, 300)}`);
    if (follow) this.#toEnd();
  }

  #changed(message) {
    const drawn = this.#draw(message);
    this.#drawn.get(message.id).replaceWith(drawn.element);
    this.#drawn.set(message.id, drawn.element);
  }

  #older(messages) {
    const anchor = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    const fragment = document.createDocumentFragment();
    for (const message of messages) {
      const { element } = this.#draw(message);
      this.#drawn.set(message.id, element);
      fragment.append(element);
    }
    this.#list.prepend(fragment);
    this.#scroller.scrollTop = this.#scroller.scrollHeight - anchor;
    this.#empty.hidden = this.#drawn.size > 0;
  }

  /** Draw a message; the answer to a job takes the place of its ticket. */
  #draw(message) {
    const drawn = drawMessage(message, this.#context);
    if (message.from !== "mynah" || !message.job) return drawn;
    if (!drawn.ticket) this.#retire(message.job);
    else if (this.#context.conversation.answerTo(message.job)) drawn.element.hidden = true;
    else {
      this.#retire(message.job);
      this.#tickets.set(message.job, drawn.ticket);
    }
    return drawn;
  }

  #retire(job) {
    const ticket = this.#tickets.get(job);
    if (!ticket) return;
    ticket.drop();
    ticket.element.closest("li").hidden = true;
    this.#tickets.delete(job);
  }

  #showGhost(request) {
    this.#dropGhost();
    if (!request) return;
    const words = request.line ?? request.values?.text ?? `/${request.command}`;
    this.#ghost = h(
      "li.message.from-you.ghost",
      { "aria-hidden": "true" },
      h("div.message-body", {}, h("p.prose", {}, String(words).slice(0, 2000))),
    );
    this.#list.append(this.#ghost);
    this.#empty.hidden = true;
    this.#toEnd();
  }

  #dropGhost() {
    this.#ghost?.remove();
    this.#ghost = null;
    this.#empty.hidden = this.#drawn.size > 0;
  }

  async #readOlder() {
    const { conversation } = this.#context;
    if (!conversation.more) return;
    this.#tellOlder.hidden = this.#drawn.size === 0;
    try {
      await conversation.older();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      announce(error.message);
    } finally {
      this.#tellOlder.hidden = true;
    }
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < END;
  }

  #toEnd() {
    this.#pinned = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #drawEmpty() {
    const ideas = IDEAS.map(([words, idea]) =>
      h("button.idea", { type: "button", onclick: () => this.#context.open(idea) }, words),
    );
    return h(
      "div.empty",
      { hidden: true },
      h("img", { src: "/app/icons/mynah.svg", alt: "", width: 72, height: 72 }),
      h("h2", {}, "What shall I say?"),
      h("p.lead", {}, "Write below and press Enter. It is spoken where Mynah runs, and goes nowhere else."),
      h("div.ideas", {}, ideas),
      h("p.dim", {}, "Type ", h("kbd", {}, "/"), " for commands, or drop a recording here to clone a voice."),
    );
  }

  #takeDrops() {
    const over = (event, on) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      this.element.classList.toggle("over", on);
    };
    this.element.addEventListener("dragover", (event) => over(event, true));
    this.element.addEventListener("dragleave", (event) => over(event, this.element.contains(event.relatedTarget)));
    this.element.addEventListener("drop", (event) => {
      over(event, false);
      if (event.dataTransfer.files[0]) this.#context.offer(event.dataTransfer.files[0]);
    });
  }
}
