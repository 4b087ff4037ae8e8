/** What was said, in order: the history that was read, and what comes in. It draws nothing. */

import { eventId } from "./dom.js";
import { call, get, post } from "./api.js";

const PAGE = 40;

/** Sends 'added', 'changed' and 'passing' {message}, 'older' {messages}, 'progress', 'job', 'asking' and 'asked'. */
export class Conversation extends EventTarget {
  #messages = new Map();
  #jobs = new Map();
  #more = true;
  #reading = null;

  /** Take what the stream tells. */
  follow(stream) {
    stream.addEventListener("message", (event) => this.take(event.detail));
    stream.addEventListener("progress", (event) => this.#tell("progress", event.detail));
    stream.addEventListener("job", (event) => this.#note(event.detail));
  }

  /** Whether there is more to read above. */
  get more() {
    return this.#more;
  }

  /** All that is known, the oldest first. */
  get all() {
    return [...this.#messages.values()].sort((one, other) => one.id - other.id);
  }

  /** Read what came before; one reading at a time. */
  older() {
    this.#reading ??= this.#readOlder().finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #readOlder() {
    if (!this.#more) return;
    const first = this.all[0];
    const before = first ? `&before=${first.id}` : "";
    const page = await get(`/api/page/history?limit=${PAGE}${before}`);
    this.#more = page.more;
    const fresh = page.messages.filter((message) => !this.#messages.has(message.id));
    for (const message of fresh) this.#keep(message);
    this.#tell("older", { messages: fresh });
  }

  /** Add a message, wherever it came from; what is known already changes nothing. */
  take(message) {
    if (!message?.id || this.#messages.has(message.id)) return;
    this.#keep(message);
    this.#tell("added", { message });
  }

  /** What is told once (a new key) is in the answer only, and may come after what is kept of it. */
  #replace(message) {
    this.#keep(message);
    this.#tell("changed", { message });
  }

  #keep(message) {
    this.#messages.set(message.id, message);
    if (message.from === "mynah" && message.job && !message.ticket) this.#jobs.set(message.job, message);
  }

  /** What a person asked, by the id of its request. */
  asked(event) {
    return [...this.#messages.values()].find((message) => message.from === "you" && message.event === event)?.ask;
  }

  /** The question that a consent was asked by, where it is here. */
  question(consent) {
    return this.all.findLast(({ data }) => data?.consent === consent && data.words && data.statement)?.data;
  }

  /** The answer to a job, where it is here. */
  answerTo(job) {
    return this.#jobs.get(job);
  }

  #note(told) {
    this.#tell("job", told);
  }

  /**
   * Ask for something: `{command, values}` or `{line}`. Returns the message that answers, a ticket where it is a job.
   *
   * @throws Refusal, where nothing came of it.
   */
  async ask(request) {
    return this.#send("/api/page/ask", { event: eventId(), ...timed(request) }, request);
  }

  /** Complete what was asked before and lacked something. */
  async complete(draft, values) {
    return this.#send(`/api/page/drafts/${encodeURIComponent(draft)}`, { event: eventId(), values }, null);
  }

  /** Stop a job; what it has cost comes back. */
  async cancel(job) {
    return call("DELETE", `/api/v1/jobs/${job}`);
  }

  /** Wait for the answer of a job; at once where it is here. */
  answer(job) {
    const here = this.answerTo(job);
    if (here) return Promise.resolve(here);
    return new Promise((resolve) => {
      const look = (event) => {
        const { message } = event.detail;
        if (message.from !== "mynah" || message.job !== job || message.ticket) return;
        this.removeEventListener("added", look);
        resolve(message);
      };
      this.addEventListener("added", look);
    });
  }

  async #send(path, body, request) {
    this.#tell("asking", { request });
    try {
      const message = await post(path, body);
      const kept = this.#messages.get(message.id);
      if (kept && kept.text !== message.text) this.#replace(message);
      else if (message.id) this.take(message);
      else this.#tell("passing", { message }); // What was just forgotten keeps no messages.
      return message;
    } finally {
      this.#tell("asked", {});
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** What is said is said with the times of its words, for they light up; unless somebody has chosen that themselves. */
function timed(request) {
  const speaks = request.line ? /^\/speak\s+\S/.test(request.line) : request.command === "speak";
  const chosen = request.line ? /\stimestamps=/.test(request.line) : request.values?.timestamps !== undefined;
  return speaks && !chosen ? { ...request, values: { ...request.values, timestamps: "words" } } : request;
}
