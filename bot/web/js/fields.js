/** A parameter of a command as a field of a form: what it is decides what one sees. */

import { get } from "./api.js";
import { fresh, h, settled } from "./dom.js";
import { FileField } from "./file_field.js";
import { completing } from "./listbox.js";
import { previewButton, previewMark } from "./preview.js";
import { count, label } from "./say.js";
import { Trouble } from "./trouble.js";
import { about, matching, voices } from "./voice_shelf.js";

const OFFERED = 40;
/** The widest range that a slider can be set in exactly. */
const SLIDES = 1000;

/**
 * Make the field of a parameter. What comes back has `element`, `name`, `value()` (undefined where it is as it would be
 * anyway), `fail(sentence)`, `focus()`, `ready()` and `drop()`.
 */
export function makeField(command, param, context, given) {
  const id = fresh("field");
  const trouble = new Trouble({ id: `${id}-trouble`, spoken: false });
  const help = h("p.help", { id: `${id}-help` }, param.help);
  const fail = (words) => {
    trouble.say(words);
    if (words) control.focusable.setAttribute("aria-invalid", "true");
    else control.focusable.removeAttribute("aria-invalid");
  };
  const kind = KINDS[param.kind] ?? words;
  const control = kind({ command, param, id, context, given, fail });
  control.focusable.setAttribute("aria-describedby", `${id}-help ${id}-trouble`);
  const head = control.isGroup
    ? h("span.field-label", { id: `${id}-label` }, label(param.name))
    : h("label.field-label", { for: id }, label(param.name));
  const mark =
    param.required && !param.instead
      ? null
      : h("span.optional", {}, param.instead ? `or ${param.instead}` : "optional");
  return {
    name: param.name,
    element: h(
      `div.field.kind-${param.kind}`,
      { dataset: { param: param.name } },
      h("div.field-head", {}, head, mark),
      control.element,
      help,
      trouble.element,
    ),
    value: () => control.value(),
    fail,
    focus: () => control.focusable.focus(),
    ready: () => control.ready?.() ?? Promise.resolve(),
    drop: () => control.drop?.(),
    take: (file) => control.take?.(file),
  };
}

function unlessDefault(value, param) {
  const usual = param.default ?? "";
  return value === "" || String(value) === String(usual) ? undefined : value;
}

function text({ param, id, given }) {
  const area = h("textarea", {
    id,
    rows: "4",
    dir: "auto",
    value: given ?? param.default ?? "",
    required: param.required && !param.instead,
    maxlength: param.high ?? null,
  });
  return { element: area, focusable: area, value: () => (area.value.trim() ? area.value : undefined) };
}

function words({ command, param, id, given, context }) {
  const input = h("input", {
    id,
    type: "text",
    dir: "auto",
    spellcheck: "false",
    value: given ?? param.default ?? "",
    required: param.required && !param.instead,
  });
  const list = param.suggests
    ? completing(input, label(param.name), (typed) => suggested(command, param, typed))
    : null;
  return {
    element: h("div.combo", {}, input, list),
    focusable: input,
    value: () => unlessDefault(input.value.trim(), param),
  };
}

/** What the server offers for what is typed. */
export async function suggested(command, param, typed) {
  const query = new URLSearchParams({ command: command.name, param: param.name, typed });
  const found = await get(`/api/page/suggest?${query}`);
  return found.map((each) => ({ value: each }));
}

function voice({ param, id, given, context }) {
  const input = h("input", {
    id,
    type: "text",
    spellcheck: "false",
    value: given ?? param.default ?? "",
    required: param.required,
    placeholder: param.required ? "" : "the one that speaks for you",
  });
  const find = async (typed) =>
    matching(await voices(), typed)
      .slice(0, OFFERED)
      .map((each) => ({ value: each.name, hint: about(each), extra: previewMark(each.name, context.conversation) }));
  const hear = h("span.hear");
  const showHear = () =>
    hear.replaceChildren(...(input.value.trim() ? [previewButton(input.value.trim(), context.conversation)] : []));
  input.addEventListener("input", settled(showHear, 200));
  input.addEventListener("change", showHear);
  showHear();
  return {
    element: h("div.combo.with-hear", {}, input, completing(input, "Voices", find), hear),
    focusable: input,
    value: () => unlessDefault(input.value.trim(), param),
  };
}

function choice({ param, id, given }) {
  const start = given ?? param.default ?? "";
  const open = param.required || param.default ? [] : [h("option", { value: "" }, "any")];
  const select = h(
    "select",
    { id },
    open,
    param.choices.map((each) => h("option", { value: each }, each)),
  );
  select.value = start === "" && param.required ? param.choices[0] : start;
  return {
    element: select,
    focusable: select,
    value: () => (param.required ? select.value : unlessDefault(select.value, param)),
  };
}

function number(parts) {
  const { param } = parts;
  const span = param.high - param.low;
  const usual = typeof param.default === "number";
  if (usual && Number.isFinite(span) && span > 0 && span <= SLIDES && param.name !== "page") return slider(parts);
  const input = h("input", {
    id: parts.id,
    type: "text",
    inputmode: "decimal",
    value: parts.given ?? param.default ?? "",
    required: param.required,
  });
  return { element: input, focusable: input, value: () => unlessDefault(input.value.trim(), param) };
}

function slider({ param, id, given }) {
  const whole = param.kind === "whole" || param.high - param.low >= 20;
  const start = given ?? param.default;
  const range = h("input", { id, type: "range", min: param.low, max: param.high, step: whole ? 1 : 0.05 });
  range.value = String(start);
  const said = h("output", { for: id }, count(Number(start)));
  const back = h("button.quiet.small", { type: "button", onclick: () => set(param.default) }, "usual");
  const set = (value) => {
    range.value = String(value);
    show();
  };
  const show = () => {
    said.textContent = count(Number(range.value));
    back.hidden = Number(range.value) === Number(param.default);
  };
  range.addEventListener("input", show);
  show();
  return {
    element: h("div.slider", {}, range, said, back),
    focusable: range,
    value: () => (Number(range.value) === Number(param.default) ? undefined : Number(range.value)),
  };
}

function onOff({ param, id, given }) {
  const box = h("input", { id, type: "checkbox", role: "switch", checked: Boolean(given ?? param.default) });
  return {
    element: h("div.switch", {}, box),
    focusable: box,
    value: () => (box.checked === Boolean(param.default) ? undefined : box.checked),
  };
}

function file({ param, id, context, fail }) {
  const field = new FileField(param, { most: context.me.upload_bytes, onFail: fail });
  field.element.setAttribute("role", "group");
  field.element.setAttribute("aria-labelledby", `${id}-label`);
  return {
    element: field.element,
    focusable: field.focusable,
    isGroup: true,
    value: () => field.value,
    ready: () => field.ready(),
    drop: () => field.drop(),
    take: (each) => field.take(each),
  };
}

const KINDS = { text, words, voice, choice, whole: number, number, switch: onOff, file };
