/** A job that waits or is under way: its place, how far it is, when it is done, and a button to stop it. */

import { Refusal } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { announce } from "./notices.js";
import { count, roughly } from "./say.js";
import { Trouble } from "./trouble.js";

const OVER = new Set(["succeeded", "failed", "cancelled"]);

export class TicketCard {
  #context;
  #ticket;
  #bar = h("progress", { max: "1", "aria-label": "How far it is" });
  #words = h("span.ticket-words");
  #cancel;
  #trouble = new Trouble();
  #tenth = 0;
  #until = 0;
  #timer = 0;

  constructor(ticket, context) {
    this.#context = context;
    this.#ticket = { ...ticket };
    this.#cancel = h(
      "button.quiet.small.cancel",
      { type: "button", onclick: () => this.#stop() },
      icon("close"),
      "Cancel",
    );
    this.element = h(
      "div.ticket",
      {},
      h("div.ticket-row", {}, this.#bar, this.#cancel),
      this.#words,
      this.#trouble.element,
    );
    if (ticket.left) this.#until = Date.now() + ticket.left * 1000;
    this.#show();
  }

  get job() {
    return this.#ticket.job;
  }

  /** Take how far it is. */
  progress({ share, left, note }) {
    if (OVER.has(this.#ticket.state)) return;
    this.#ticket.state = "running";
    this.#bar.value = share;
    this.#until = left === null || left === undefined ? 0 : Date.now() + left * 1000;
    this.#ticket.note = note;
    if (Math.floor(share * 10) > this.#tenth) {
      this.#tenth = Math.floor(share * 10);
      if (this.#tenth % 2 === 0) announce(`${this.#tenth * 10} percent`);
    }
    this.#show();
  }

  /** Take what became of it. */
  state(state) {
    this.#ticket.state = state;
    this.#show();
    if (state === "cancelled") announce("Cancelled");
  }

  /** Tick no more. */
  drop() {
    clearTimeout(this.#timer);
  }

  #show() {
    const { state, place, note } = this.#ticket;
    const over = OVER.has(state);
    this.element.classList.toggle("over", over);
    this.#cancel.hidden = over;
    this.#bar.hidden = over;
    clearTimeout(this.#timer);
    if (state === "cancelled") return this.#offerAgain();
    if (over) return this.#words.replaceChildren(state === "failed" ? "It did not work." : "Done.");
    const left = this.#until ? Math.max(0, (this.#until - Date.now()) / 1000) : null;
    const waits =
      state === "running"
        ? note || "Under way"
        : place > 0
          ? `In line: ${count(place, "job")} before it`
          : "It is next";
    this.#words.replaceChildren(left > 0.5 ? `${waits} · ready in about ${roughly(left)}` : waits);
    if (left > 1) this.#timer = setTimeout(() => this.#show(), 1000);
  }

  #offerAgain() {
    const again = () =>
      this.#try(() => this.#context.conversation.ask({ command: "jobs retry", values: { job: this.#ticket.job } }));
    this.#words.replaceChildren(
      "Cancelled; it costs nothing. ",
      h("button.quiet.small", { type: "button", onclick: again }, icon("retry"), "Ask again"),
    );
  }

  async #stop() {
    this.#cancel.disabled = true;
    const worked = await this.#try(() => this.#context.conversation.cancel(this.#ticket.job));
    this.#cancel.disabled = false;
    if (worked) this.state("cancelled");
  }

  async #try(work) {
    this.#trouble.say("");
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#trouble.say(error.message);
      return false;
    }
  }
}
