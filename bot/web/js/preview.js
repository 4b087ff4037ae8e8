/** Hearing a voice before it is chosen: one button for each, one sound at a time. */

import { Refusal } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { announce, notice } from "./notices.js";
import { hush } from "./player.js";

const heard = new Map();
let sounding = null;

/** A button that plays how a voice sounds; it is made when it is first asked for. */
export function previewButton(name, conversation) {
  return hearing(
    h("button.preview", { type: "button", "aria-label": `Hear ${name}`, title: `Hear ${name}` }),
    name,
    conversation,
  );
}

/** The same within an option of a list, which may hold no button: for the mouse; by keys it is the right arrow. */
export function previewMark(name, conversation) {
  return hearing(h("span.preview", { "aria-hidden": "true", title: `Hear ${name}` }), name, conversation);
}

function hearing(button, name, conversation) {
  show(button, "play");
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    if (sounding?.button === button) stop();
    else play(name, button, conversation);
  });
  return button;
}

function stop() {
  const was = sounding;
  sounding = null;
  was?.audio?.pause();
  if (was) show(was.button, "play");
}

function show(button, name) {
  button.replaceChildren(icon(name));
  button.setAttribute("aria-busy", String(name === "retry"));
}

async function play(name, button, conversation) {
  stop();
  hush();
  const mine = { button, audio: null };
  sounding = mine;
  show(button, "retry");
  try {
    const address = heard.get(name) ?? (await make(name, conversation));
    heard.set(name, address);
    if (sounding !== mine) return;
    mine.audio = new Audio(address);
    mine.audio.addEventListener("ended", () => sounding === mine && stop());
    await mine.audio.play();
    show(button, "stop");
    announce(`${name} speaks`);
  } catch (error) {
    heard.delete(name);
    if (sounding === mine) stop();
    notice(error instanceof Refusal ? error.message : `${name} cannot be heard just now.`, { wrong: true });
  }
}

async function make(name, conversation) {
  let message = await conversation.ask({ command: "voices preview", values: { name } });
  if (message.ticket) message = await conversation.answer(message.ticket.job);
  const sound = message.files?.find((file) => file.seconds !== null);
  if (!sound) throw new Refusal(0, message.error, message.text);
  return sound.url;
}
