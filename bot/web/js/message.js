/** One message, drawn: what was asked, or what came of it. Text stays text, whatever is in it. */

import { actionRow } from "./actions.js";
import { consentPanel } from "./consent.js";
import { h } from "./dom.js";
import { Form } from "./form.js";
import { icon } from "./icons.js";
import { commandOf } from "./line.js";
import { Player } from "./player.js";
import { moment, option, size } from "./say.js";
import { TicketCard } from "./ticket.js";

const LONG = 600;
/** What a player offers among its downloads. */
const BESIDE = new Set(["json", "srt", "vtt"]);

/** Draw a message. What comes back has `element`, and `ticket` where it is a job that goes on. */
export function drawMessage(message, context) {
  return message.from === "you" ? { element: drawAsked(message, context) } : drawAnswer(message, context);
}

function shell(message, who, ...children) {
  const time = h("time.dim", { datetime: new Date(message.at).toISOString() }, moment(message.at));
  const head = h("header.message-head", {}, h("strong", {}, who), time);
  return h(
    `li.message.from-${message.from}`,
    { tabindex: "-1", dataset: { id: message.id, job: message.job ?? "" } },
    head,
    h("div.message-body", {}, children),
  );
}

function drawAsked(message, context) {
  const { command, values = {}, line } = message.ask ?? {};
  if (!command) return shell(message, "You", prose(message.text || line || ""));
  const main = values.text ?? "";
  const isOurs = (name, value) => name === "timestamps" && value === "words";
  const rest = Object.entries(values).filter(
    ([name, value]) => name !== "text" && value !== null && value !== "" && !isOurs(name, value),
  );
  const again = h(
    "button.quiet.small.again",
    {
      type: "button",
      title: "Ask this again, changed",
      "aria-label": "Ask this again, changed",
      onclick: () => context.reopen(command, values),
    },
    icon("retry"),
  );
  const chips = rest.map(([name, value]) => h("span.chip", {}, h("span.dim", {}, option(name)), " ", shown(value)));
  const head =
    command === "speak" && main && !chips.length
      ? null
      : h("div.chips", {}, h("span.chip.command", {}, `/${command}`), chips);
  const drawn = shell(message, "You", head, main ? prose(String(main)) : null);
  drawn.querySelector("header").prepend(again);
  return drawn;
}

function shown(value) {
  if (value && typeof value === "object") return value.name ?? "a file";
  if (value === true) return "yes";
  return value === false ? "no" : String(value);
}

/** Text with its lines; a long one is folded. */
function prose(words) {
  const made = h("p.prose", { dir: "auto" }, words);
  if (words.length <= LONG) return made;
  made.classList.add("folded");
  const unfold = h("button.quiet.small", { type: "button", "aria-expanded": "false" }, "Show all of it");
  unfold.addEventListener("click", () => {
    const folded = made.classList.toggle("folded");
    unfold.textContent = folded ? "Show all of it" : "Show less";
    unfold.setAttribute("aria-expanded", String(!folded));
  });
  return h("div", {}, made, unfold);
}

function drawAnswer(message, context) {
  const ticket = message.ticket ? new TicketCard(message.ticket, context) : null;
  const files = message.files ?? [];
  const sounds = files.filter(isSound);
  const question = asksConsent(message, context);
  const words = wordsOf(message, question, sounds);
  const parts = [
    files.filter((file) => file.format === "png").map((file) => picture(file, message)),
    ticket || sounds.length ? null : words,
    ticket?.element,
    sounds.map((file) => new Player(file).element),
    sounds.length ? words : null,
    files
      .filter((file) => file.format !== "png" && !isSound(file) && !(sounds.length && BESIDE.has(file.format)))
      .map(download),
    question ? consentPanel(question, context) : null,
    message.draft && message.missing && !question ? missingForm(message, context) : null,
    message.actions?.length ? actionRow(message.actions, context, { next: !sounds.length }) : null,
  ];
  const element = shell(message, "Mynah", parts);
  if (message.error) element.classList.add("failed");
  return { element, ticket };
}

/** The words of an answer; what a panel or a player beside them shows is not said twice. */
function wordsOf({ text, error }, question, sounds) {
  if (error) return h("p.trouble.prose", {}, icon("alert"), text);
  if (question) return prose(withoutQuote(text, question));
  const said = sounds.length ? /^(".*" · )(.*)$/.exec(text) : null;
  if (said) return h("p.prose.caption", {}, h("span.quoted", {}, said[1]), said[2]);
  return text ? prose(text) : null;
}

/** A text without the line that is nothing but what is to be said. */
function withoutQuote(text, { statement }) {
  const lines = text.split(/\n+/).filter((line) => !/^\W/.test(line) || !line.includes(statement));
  return lines.join("\n");
}

/** What somebody is to say who is asked to agree, or to say it once more. */
function asksConsent({ data }, context) {
  if (data?.words && data.statement) return data;
  return data?.consent && data.status === "asked" ? context.conversation.question(data.consent) : null;
}

function isSound(file) {
  return file.seconds !== null && file.seconds !== undefined;
}

/** The report card; its figures stand beside it in words, so the picture needs no more than a name. */
function picture(file, message) {
  const voice = message.data?.voice ? ` of ${message.data.voice}` : "";
  return h(
    "figure.picture",
    {},
    h("img", { src: file.url, alt: `The report card${voice}; what it shows is told below.`, loading: "lazy" }),
  );
}

function download(file) {
  return h(
    "a.file-link",
    { href: `${file.url}${file.url.includes("?") ? "&" : "?"}download=1`, download: file.name },
    icon("file"),
    h("span.file-name", {}, file.name),
    h("span.dim", {}, size(file.bytes)),
    icon("download"),
  );
}

/** The field for what a request lacks, right where it is asked for. */
function missingForm(message, context) {
  const { missing, draft } = message;
  const ask = context.conversation.asked(message.event);
  const command = context.commands.named(ask?.command ?? "") ?? commandOf(`${ask?.line ?? ""} `, context.commands);
  if (!command) return null;
  const place = h("div.missing");
  const form = new Form(command, context, {
    only: command.params
      .filter((param) => param.name === missing || param.instead === missing)
      .map((param) => param.name),
    send: (values) => context.conversation.complete(draft, values),
    words: "Go on",
    onDone: () => place.remove(),
  });
  place.append(form.element);
  return place;
}
