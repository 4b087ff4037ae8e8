/** The form of a command, made from what the command declares. */

import { Refusal } from "./api.js";
import { fresh, h } from "./dom.js";
import { icon } from "./icons.js";
import { makeField } from "./fields.js";
import { announce, notice } from "./notices.js";
import { option } from "./say.js";
import { Trouble } from "./trouble.js";

/** What is seen of an optional parameter without asking for more. */
const SHOWN = 3;

/** Open the form of a command over the page; `given` are values to begin with, `files` those that were dropped. */
export function openForm(command, context, { given = {}, files = {}, title = "" } = {}) {
  const heading = fresh("form");
  const dialog = h("dialog.sheet", { "aria-labelledby": heading });
  const form = new Form(command, context, { given, files, onDone: () => dialog.close() });
  const close = h(
    "button.quiet.icon-only",
    { type: "button", "aria-label": "Close", onclick: () => dialog.close() },
    icon("close"),
  );
  dialog.append(
    h("header.sheet-head", {}, h("h2", { id: heading }, title || `/${command.name}`), close),
    h("p.lead", {}, command.summary),
    command.description
      ? h(
          "details.more-words",
          {},
          h("summary", {}, "How it works"),
          command.description.split("\n\n").map((each) => h("p", {}, each)),
        )
      : "",
    form.element,
  );
  dialog.addEventListener("close", () => {
    form.drop();
    dialog.remove();
  });
  dialog.addEventListener("pointerdown", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  form.focus();
  return form;
}

/** The fields and the button; `send(values)` asks, and is `conversation.ask` unless told otherwise. */
export class Form {
  #command;
  #context;
  #fields;
  #onDone;
  #send;
  #trouble = new Trouble();
  #button;

  constructor(
    command,
    context,
    { given = {}, files = {}, onDone = () => {}, send = null, only = null, words = "" } = {},
  ) {
    this.#command = command;
    this.#context = context;
    this.#onDone = onDone;
    this.#send = send ?? ((values) => context.conversation.ask({ command: command.name, values }));
    const params = command.params.filter((param) => !only || only.includes(param.name));
    this.#fields = params.map((param) => makeField(command, param, context, given[param.name]));
    this.#button = h("button.primary", { type: "submit" }, words || verb(command));
    this.element = h("form.command-form", { novalidate: true, onsubmit: (event) => this.#submit(event) });
    this.element.append(
      ...this.#laidOut(params, { ...given, ...files }),
      this.#trouble.element,
      h("div.form-foot", {}, this.#button),
    );
    for (const field of this.#fields) if (files[field.name]) field.take(files[field.name]);
  }

  /** Go to the first field that has nothing yet. */
  focus() {
    (this.#fields.find((field) => field.value() === undefined) ?? this.#fields[0])?.focus();
    if (!this.#fields.length) this.#button.focus();
  }

  /** Stop what goes on in the fields. */
  drop() {
    for (const field of this.#fields) field.drop();
  }

  #laidOut(params, given) {
    const first = this.#fields.filter((_, at) => params[at].required || given[params[at].name] !== undefined);
    const rest = this.#fields.filter((field) => !first.includes(field));
    const shown = first.length + rest.length <= SHOWN + 1 ? rest : rest.slice(0, Math.max(0, SHOWN - first.length));
    const more = rest.filter((field) => !shown.includes(field));
    const parts = [...first, ...shown].map((field) => field.element);
    if (more.length)
      parts.push(
        h(
          "details.more",
          {},
          h("summary", {}, "More settings"),
          more.map((field) => field.element),
        ),
      );
    return parts;
  }

  async #submit(event) {
    event.preventDefault();
    this.#trouble.say("");
    for (const field of this.#fields) field.fail("");
    this.#button.disabled = true;
    this.element.setAttribute("aria-busy", "true");
    try {
      await Promise.all(this.#fields.map((field) => field.ready()));
      const values = this.#values();
      const lacking = this.#lacking(values);
      if (lacking) return this.#blame(lacking.name, `This is needed. ${lacking.help}`);
      const message = await this.#send(values);
      if (message.missing && this.#blame(message.missing, message.text)) return;
      if (message.error && this.#blameByWords(message.text)) return;
      this.#onDone(message);
      if (this.#context.frame.view !== "chat") notice(firstLine(message.text), { wrong: Boolean(message.error) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#blameByWords(error.message);
    } finally {
      this.#button.disabled = false;
      this.element.removeAttribute("aria-busy");
    }
  }

  #values() {
    const pairs = this.#fields.map((field) => [field.name, field.value()]);
    return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
  }

  #lacking(values) {
    const shown = new Set(this.#fields.map((field) => field.name));
    return this.#command.params.find(
      (param) =>
        shown.has(param.name) &&
        param.required &&
        values[param.name] === undefined &&
        !(param.instead && values[param.instead] !== undefined),
    );
  }

  /** Say at a field what is wrong with it. */
  #blame(name, words) {
    const field = this.#fields.find((each) => each.name === name);
    if (!field) return false;
    field.element.closest("details")?.setAttribute("open", "");
    field.fail(words);
    field.focus();
    announce(words);
    return true;
  }

  /** A sentence of the server begins with the parameter that it is about; else it stands above the button. */
  #blameByWords(words) {
    const field = this.#fields.find((each) => new RegExp(`^${option(each.name)}\\b`, "i").test(words));
    if (field) return this.#blame(field.name, words);
    this.#trouble.say(words);
    return true;
  }
}

function verb(command) {
  const last = command.name.split(" ").pop();
  const word = command.name.includes(" ") && command.params.length === 0 ? command.name : last;
  return word[0].toUpperCase() + word.slice(1);
}

function firstLine(words) {
  return words.split("\n")[0] || "Done.";
}
