/** The question whether somebody agrees to a copy of their voice: what to say, large, and a microphone. */

import { Refusal } from "./api.js";
import { h } from "./dom.js";
import { FileField } from "./file_field.js";
import { icon } from "./icons.js";
import { Trouble } from "./trouble.js";

/** Seconds in which one can draw breath. */
const COUNTDOWN = 3;

/** Make the panel for a question: a statement, words, and the number under which it is answered. */
export function consentPanel(question, context) {
  const trouble = new Trouble();
  const give = h("button.primary", { type: "button", hidden: true }, icon("send"), "Give this answer");
  const param = context.commands.named("consent answer")?.params.find((each) => each.kind === "file");
  const field = new FileField(param ?? { endings: ["webm", "wav", "ogg"] }, {
    most: context.me.upload_bytes,
    countdown: COUNTDOWN,
    words: "Record your answer",
    onFail: (words) => trouble.say(words),
    onChange: () => (give.hidden = !field.value),
  });
  give.addEventListener("click", () => send(question, field, give, trouble, context));
  const { words, minutes, least } = question;
  const heard = least ? `At least ${least} of the ${words.length} words have to be heard. ` : "";
  return h(
    "section.consent",
    { "aria-label": "Your consent" },
    says(question),
    field.element,
    trouble.element,
    h("div.form-foot", {}, give),
    h("p.dim", {}, `${heard}The question stays open for ${minutes} minutes.`),
    h("p.dim", {}, "With /revoke you can take it back at any time."),
  );
}

function says({ statement, words }) {
  const list = words.map((word) => h("li", {}, word));
  return h("blockquote.consent-says", {}, h("p.statement", {}, statement), h("ol.consent-words", {}, list));
}

async function send(question, field, give, trouble, context) {
  give.disabled = true;
  trouble.say("");
  try {
    const values = { recording: field.value, number: question.consent };
    await context.conversation.ask({ command: "consent answer", values });
    give.hidden = true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    trouble.say(error.message);
  } finally {
    give.disabled = false;
  }
}
