/** What those see who run this Mynah: what waits, who uses how much, what went wrong, and how it has been. */

import { Refusal, get } from "./api.js";
import { chart } from "./charts.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { menu } from "./menu.js";
import { announce, notice } from "./notices.js";
import { count, label, moment, roughly, size } from "./say.js";
import { panel } from "./tables.js";
import { Trouble } from "./trouble.js";

const PAUSE = 5000;

export class Owner {
  #context;
  #body = h("div.owner-body", {});
  #stale = new Trouble();
  #timer = 0;
  #last = "";

  constructor(context) {
    this.#context = context;
    const anew = h("button.quiet", { type: "button", onclick: () => this.#read(true) }, icon("retry"), "Read again");
    this.element = h(
      "section.view.owner",
      { "aria-label": "Owner" },
      h("header.view-head", {}, h("h1", {}, "Owner"), anew),
      this.#stale.element,
      this.#body,
    );
  }

  shown() {
    this.#read();
  }

  gone() {
    clearTimeout(this.#timer);
  }

  /** `asked`: somebody wants to see it now, whatever they are about. */
  async #read(asked = false) {
    clearTimeout(this.#timer);
    try {
      const told = await get("/api/v1/owner/overview");
      this.#stale.say("");
      this.#draw(told, asked);
      if (asked) announce("Read again.");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#stale.say(error.message);
    }
    if (this.element.isConnected && !this.element.hidden) this.#timer = setTimeout(() => this.#read(), PAUSE);
  }

  /** Draw anew only what has changed, and not under somebody's hands. */
  #draw(told, asked) {
    const now = JSON.stringify(told);
    const busy = !asked && this.#body.querySelector("details[open], :focus");
    if (now === this.#last || (busy && this.#last)) return;
    this.#last = now;
    // Where nobody asked for anything, nobody waited: that is no wait of 0 s.
    const days = (told.days ?? []).map((day) => (day.generations ? day : { ...day, wait_p50: null, wait_p90: null }));
    this.#body.replaceChildren(
      this.#tiles(told),
      h(
        "div.charts",
        {},
        chart("Generations a day", days, [{ key: "generations", words: "generations" }], (value) =>
          count(Math.round(value * 10) / 10),
        ),
        chart("Seconds of sound a day", days, [{ key: "seconds", words: "seconds", tone: 2 }], roughly),
        chart(
          "Wait",
          days,
          [
            { key: "wait_p50", words: "half wait less", kind: "line", tone: 1 },
            { key: "wait_p90", words: "nine in ten wait less", kind: "line", tone: 3 },
          ],
          seconds,
        ),
      ),
      this.#queue(told.queue ?? []),
      this.#people(told.people ?? []),
      this.#places(told.places ?? []),
      this.#failures(told.failures ?? []),
      this.#engines(told.engines ?? []),
    );
  }

  #tiles({ queue = [], days = [], storage = {}, people = [] }) {
    const today = days.at(-1) ?? {};
    const running = queue.filter((job) => job.state === "running").length;
    const tile = (words, figure, more) =>
      h("div.tile", {}, h("dt", {}, words), h("dd", {}, h("strong", {}, figure), h("span.dim", {}, more)));
    return h(
      "dl.tiles",
      {},
      tile("Under way", count(running), `${count(queue.length - running)} waiting`),
      tile("Today", count(today.generations ?? 0), `${roughly(today.seconds ?? 0)} of sound`),
      tile("Usual wait", seconds(today.wait_p50 ?? 0), "today, for half of all"),
      tile(
        "People",
        count(people.length),
        people.some((each) => each.blocked)
          ? `${count(people.filter((each) => each.blocked).length)} blocked`
          : "none blocked",
      ),
      tile("Storage", size(storage.bytes), `${count(storage.files ?? 0, "file")} · ${size(storage.free)} free`),
    );
  }

  #queue(jobs) {
    const head = [
      { words: "Job", number: true },
      { words: "Who" },
      { words: "What" },
      { words: "State" },
      { words: "Before it", number: true },
      { words: "Ready in", number: true },
      { words: "Since" },
      { words: "" },
    ];
    const rows = jobs.map((job) => [
      String(job.job),
      job.person,
      `/${job.command}`,
      h(`span.state.${job.state}`, {}, job.state),
      job.place === null ? "–" : count(job.place),
      roughly(job.left) || "–",
      job.waiting_since ? moment(job.waiting_since) : "–",
      h(
        "button.small",
        {
          type: "button",
          "aria-label": `Cancel job ${job.job}`,
          onclick: () => this.#act("admin cancel", { job: job.job }),
        },
        "Cancel",
      ),
    ]);
    return panel("Queue", head, rows, "Nothing waits. What people ask for appears here.");
  }

  #people(people) {
    const head = [{ words: "Who" }, { words: "Where" }, { words: "Used" }, { words: "" }];
    const rows = people.map((person) => [
      h("span", {}, person.name || "Somebody", person.blocked ? h("span.badge.wait", {}, "blocked") : null),
      person.platform ?? "",
      uses(person),
      this.#quotaMenu(`what ${person.name} may use`, { member: String(person.id), everywhere: true }, person.blocked),
    ]);
    return panel("People", head, rows, "Nobody has asked for anything yet.");
  }

  #places(places) {
    const head = [{ words: "Place" }, { words: "Where" }, { words: "Jobs today", number: true }, { words: "" }];
    const named = (place) => place.name || (place.kind === "direct" ? "Direct messages" : `Place ${place.id}`);
    const rows = places.map((place) => [
      named(place),
      place.platform,
      count(place.jobs),
      this.#quotaMenu(`what each in ${named(place)} may use`, { place: String(place.id) }),
    ]);
    return panel("Places", head, rows, "Mynah is in no server and no group yet.");
  }

  #quotaMenu(title, given, blocked = null) {
    const open = (command, words) =>
      h(
        "button",
        { type: "button", onclick: () => this.#context.open({ command, given, title: `${words}: ${title}` }) },
        words,
      );
    const items = [open("quota set", "Set a limit"), open("quota reset", "Begin anew")];
    if (given.member) {
      items.splice(1, 0, open("quota grant", "Grant more"));
      items.push(blocked ? open("admin unblock", "Unblock") : open("admin block", "Block"));
    }
    return menu("Change", "people", items);
  }

  #failures(failures) {
    const head = [
      { words: "Last" },
      { words: "Why" },
      { words: "Times", number: true },
      { words: "Job", number: true },
    ];
    const rows = failures.map((failure) => [
      moment(failure.at),
      failure.reason,
      count(failure.count ?? 1),
      String(failure.job ?? "–"),
    ]);
    return panel("What went wrong", head, rows, "Nothing has gone wrong lately.");
  }

  #engines(engines) {
    const head = [
      { words: "Engine" },
      { words: "State" },
      { words: "Version" },
      { words: "Licence" },
      { words: "Note" },
    ];
    const rows = engines.map((engine) => [
      engine.name,
      h(`span.state.${engine.state}`, {}, engine.state),
      engine.version ?? "",
      engine.licence ?? "",
      engine.note ?? "",
    ]);
    return panel("Engines", head, rows, "No engine is open.");
  }

  async #act(command, values) {
    try {
      const message = await this.#context.conversation.ask({ command, values });
      notice(message.text.split("\n")[0], { wrong: Boolean(message.error) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      notice(error.message, { wrong: true });
    }
    this.#read(true);
  }
}

function seconds(value) {
  if (!value) return "0 s";
  return value < 1 ? `${Math.round(value * 1000)} ms` : roughly(value);
}

/** What was used of what, each with a bar where there is a limit. */
function uses({ used = {}, limits = {} }) {
  const names = [...new Set([...Object.keys(used), ...Object.keys(limits)])].sort();
  const [some, none] = [names.filter((name) => used[name]), names.filter((name) => !used[name])];
  const listed = (those) =>
    h(
      "ul.uses",
      {},
      those.map((name) => use(name, used[name] ?? 0, limits[name])),
    );
  const rest = none.length
    ? h("details.figures", {}, h("summary", {}, some.length ? "What else there is" : "Nothing yet"), listed(none))
    : null;
  return h("div", {}, some.length ? listed(some) : null, rest);
}

function use(name, amount, limit) {
  const limited = typeof limit === "number" && limit >= 0;
  const said = name.startsWith("bytes") ? size : count;
  const words = limited ? `${said(amount)} of ${said(limit)}` : said(amount);
  const [what, period] = name.split("_");
  const named = period ? `${label(what)} a ${period}` : label(what);
  const most = limit || 1;
  const bar = limited
    ? h("meter", {
        min: 0,
        max: most,
        value: Math.min(amount, most),
        high: 0.9 * most,
        "aria-label": `${named}: ${words}`,
      })
    : null;
  return h("li", {}, h("span.dim", {}, named), " ", words, bar);
}
