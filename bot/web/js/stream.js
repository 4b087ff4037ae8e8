/**
 * The server's events, read from one long answer.
 *
 * It is fetch and not EventSource: the first request too says from which message on, a lost key is told from a lost
 * server, and what has gone quiet is noticed (a comment comes every 15 s) instead of being waited for.
 */

import { refusalOf } from "./api.js";

const QUIET = 40_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8_000;

/** Sends 'message', 'progress' and 'job' with their data, and 'state' with 'open' or 'lost'. */
export class Stream extends EventTarget {
  #last;
  #pause = FIRST_PAUSE;
  #stop = null;
  #timer = 0;
  #closed = false;

  /** `last` is the id of the last message that is known already. */
  constructor(last) {
    super();
    this.#last = last;
    // A connection that was cut by the network says nothing of it for a long time.
    window.addEventListener("offline", () => this.#stop?.abort());
    window.addEventListener("online", () => (this.#timer ? this.#again() : this.#stop?.abort()));
    document.addEventListener("visibilitychange", () => !document.hidden && this.#timer && this.#again());
  }

  /** Listen, again and again, until `close`. */
  async open() {
    this.#timer = 0;
    this.#stop = new AbortController();
    let watch = 0;
    try {
      const headers = { Accept: "text/event-stream", "Last-Event-ID": String(this.#last) };
      const answer = await fetch("/api/page/events", { headers, signal: this.#stop.signal, cache: "no-store" });
      if (answer.status === 401) this.close();
      if (!answer.ok) throw await refusalOf(answer);
      this.#pause = FIRST_PAUSE;
      this.#tell("state", "open");
      const restart = () => {
        clearTimeout(watch);
        watch = setTimeout(() => this.#stop.abort(), QUIET);
      };
      await this.#read(answer.body.getReader(), restart);
    } catch {
      // However it ended, what comes next is the same.
    }
    clearTimeout(watch);
    if (this.#closed) return;
    this.#tell("state", "lost");
    this.#timer = setTimeout(() => this.open(), this.#pause);
    this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
  }

  /** Listen no more. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#stop?.abort();
  }

  #again() {
    if (!this.#timer || this.#closed) return;
    clearTimeout(this.#timer);
    this.#pause = FIRST_PAUSE;
    this.open();
  }

  async #read(reader, restart) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      restart();
      const { value, done } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true }).replaceAll("\r", "");
      const blocks = rest.split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block) {
    const told = { event: "message", data: [], id: "" };
    for (const line of block.split("\n")) {
      const at = line.indexOf(":");
      if (at < 1) continue;
      const value = line.slice(at + 1).replace(/^ /, "");
      if (line.slice(0, at) === "data") told.data.push(value);
      else told[line.slice(0, at)] = value;
    }
    if (!told.data.length) return;
    if (told.id) this.#last = told.id;
    this.#tell(told.event, JSON.parse(told.data.join("\n")));
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
