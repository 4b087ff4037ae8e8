/** What can be done next: a button for each thing, some of which ask for a value first. */

import { Refusal } from "./api.js";
import { h } from "./dom.js";
import { Form } from "./form.js";
import { icon } from "./icons.js";
import { Trouble } from "./trouble.js";

/** Make the row of a message's actions; `next`: the first of them is what one would do now. */
export function actionRow(actions, context, { next = true } = {}) {
  const place = h("div.action-place");
  const trouble = new Trouble();
  const buttons = actions.map((action, at) => {
    const button = h(
      `button.action${at === 0 && next ? ".first" : ".small"}`,
      { type: "button" },
      action.label,
      action.asks ? icon("chevron") : null,
    );
    button.addEventListener("click", () =>
      action.asks ? choose(action, button, place, context) : press(action, button, trouble, context),
    );
    if (action.asks) button.setAttribute("aria-expanded", "false");
    return button;
  });
  return h("div.actions", {}, h("div.action-row", {}, buttons), place, trouble.element);
}

async function press(action, button, trouble, context) {
  trouble.say("");
  button.disabled = true;
  try {
    await context.conversation.ask({ command: action.command, values: action.values ?? {} });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    trouble.say(error.message);
  } finally {
    button.disabled = false;
  }
}

/** Ask for the one value that an action lacks, right below it. */
function choose(action, button, place, context) {
  const open = button.getAttribute("aria-expanded") === "true";
  for (const each of place.parentElement.querySelectorAll("[aria-expanded]"))
    each.setAttribute("aria-expanded", "false");
  place.replaceChildren();
  if (open) return;
  const command = context.commands.named(action.command);
  if (!command) return;
  const close = () => {
    button.setAttribute("aria-expanded", "false");
    place.replaceChildren();
    button.focus();
  };
  const form = new Form(command, context, {
    only: [action.asks],
    words: action.label,
    onDone: close,
    send: (values) => context.conversation.ask({ command: action.command, values: { ...action.values, ...values } }),
  });
  form.element.addEventListener("keydown", (event) => event.key === "Escape" && close());
  button.setAttribute("aria-expanded", "true");
  place.append(form.element);
  form.focus();
}
