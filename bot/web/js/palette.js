/** All commands in a list that can be searched; choosing one opens its form, or asks it where it needs nothing. */

import { fresh, h, roving } from "./dom.js";
import { icon } from "./icons.js";

/** Open the list; `onChoose(command)` is called with what was chosen. */
export function openPalette(commands, onChoose) {
  const heading = fresh("palette");
  const dialog = h("dialog.sheet.palette", { "aria-labelledby": heading });
  const search = h("input", {
    type: "search",
    "aria-label": "Search the commands",
    placeholder: "Search",
    spellcheck: "false",
  });
  const list = h("div.palette-list", {});
  const enterable = roving(list, "button.entry");
  const choose = (command) => {
    dialog.close();
    onChoose(command);
  };
  const show = () => {
    const found = commands.matching(search.value);
    const parts = search.value.trim() ? [["", found]] : grouped(found);
    list.replaceChildren(...parts.map(([name, members]) => section(name, members, choose)));
    if (!found.length) list.replaceChildren(h("p.dim", {}, "No command is like that."));
    enterable();
  };
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => {
    const first = list.querySelector("button.entry");
    if (event.key === "ArrowDown") first?.focus();
    else if (event.key === "Enter") first?.click();
    else return;
    event.preventDefault();
  });
  const close = h(
    "button.quiet.icon-only",
    { type: "button", "aria-label": "Close", onclick: () => dialog.close() },
    icon("close"),
  );
  dialog.append(
    h("header.sheet-head", {}, h("h2", { id: heading }, "Commands"), close),
    h("div.search", {}, icon("search"), search),
    list,
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("pointerdown", (event) => event.target === dialog && dialog.close());
  show();
  document.body.append(dialog);
  dialog.showModal();
  search.focus();
}

/** Those that stand alone first, then each family under its name. */
function grouped(commands) {
  const groups = new Map([["", []]]);
  for (const command of commands) {
    const name = command.name.includes(" ") ? command.name.split(" ")[0] : "";
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(command);
  }
  return [...groups].filter(([, members]) => members.length);
}

function section(name, members, choose) {
  const entries = members.map((command) =>
    h(
      "button.entry",
      { type: "button", tabindex: "-1", onclick: () => choose(command) },
      h("span.entry-name", {}, `/${command.name}`),
      h("span.entry-words", {}, command.summary),
      command.for_owner ? h("span.badge", {}, "admins") : null,
    ),
  );
  return h(
    "section",
    name ? { "aria-label": name } : {},
    name ? h("h3", {}, name[0].toUpperCase() + name.slice(1)) : null,
    entries,
  );
}
