/** Puts the page together: who it is for, what they may do, and what they see first. */

import { Refusal, get } from "./api.js";
import { Chat } from "./chat.js";
import { Commands } from "./commands.js";
import { Conversation } from "./conversation.js";
import { openForm } from "./form.js";
import { Frame } from "./frame.js";
import { enterByAddress, gate } from "./gate.js";
import { notice } from "./notices.js";
import { offerFile } from "./offer.js";
import { Owner } from "./owner.js";
import { openPalette } from "./palette.js";
import { Stream } from "./stream.js";
import { Voices } from "./voices.js";

const app = document.getElementById("app");

/** Show the gate in place of everything. */
function lock(trouble = "") {
  app.replaceChildren(gate(() => location.reload(), trouble));
  app.className = "app locked";
  app.setAttribute("aria-busy", "false");
  document.title = "Mynah";
}

/** What everything on the page works with. */
class Context {
  constructor(me, commands) {
    this.me = me;
    this.commands = new Commands(commands);
    this.conversation = new Conversation();
    this.chat = new Chat(this);
    const views = { chat: this.chat, voices: new Voices(this), ...(me.owner ? { owner: new Owner(this) } : {}) };
    this.frame = new Frame(this, views);
  }

  /** Open what can be done: a view, a command's form, or (`ask`) the command itself. */
  open({ view, command, given = {}, files = {}, title = "", ask = false }) {
    if (view) return this.frame.go(view);
    const found = this.commands.named(command);
    if (!found) return notice(`/${command} is not for you here.`, { wrong: true });
    if (!ask) return openForm(found, this, { given, files, title });
    this.frame.go("chat");
    return this.ask({ command, values: given });
  }

  /** Ask, and tell beside the page where it is refused. */
  async ask(request) {
    try {
      return await this.conversation.ask(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      notice(error.message, { wrong: true });
      return null;
    }
  }

  /** All commands, to choose from. */
  palette() {
    if (document.querySelector("dialog[open]")) return;
    openPalette(this.commands, (command) => this.open({ command: command.name, ask: command.params.length === 0 }));
  }

  /** A file that somebody has given, for whichever command takes it. */
  offer(file) {
    if (file) offerFile(file, this);
  }

  /** What was asked before, to be asked anew with changes. */
  reopen(command, values) {
    const plain = Object.entries(values).filter(([, value]) => value === null || typeof value !== "object");
    this.open({ command, given: Object.fromEntries(plain) });
  }

  write(text) {
    this.frame.go("chat");
    this.chat.composer.put(text);
  }

  useVoice(name) {
    this.frame.go("chat");
    this.chat.composer.choose(name);
  }
}

async function begin() {
  const entered = await enterByAddress();
  let me, commands;
  try {
    [me, commands] = await Promise.all([get("/api/page/me"), get("/api/page/commands")]);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) return lock(entered.tried ? entered.trouble : "");
    document.getElementById("opening-words").textContent = error.message;
    return setTimeout(() => location.reload(), 5000);
  }
  const context = new Context(me, commands);
  app.replaceChildren(...context.frame.elements);
  app.setAttribute("aria-busy", "false");
  const stream = new Stream(me.cursor);
  stream.addEventListener("state", (event) => context.frame.connection(event.detail));
  context.conversation.follow(stream);
  window.addEventListener("mynah:locked", () => {
    stream.close();
    lock("The key of this page is no longer good.");
  });
  context.frame.connection("open");
  context.frame.go(location.hash.slice(1) || "chat");
  await context.chat.begin();
  stream.open();
}

begin();
