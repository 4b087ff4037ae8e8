/** A file that was dropped, chosen or recorded without saying what for: what can be done with it is offered. */

import { fresh, h } from "./dom.js";
import { openForm } from "./form.js";
import { icon } from "./icons.js";
import { notice } from "./notices.js";

/** Open the form that takes the file; where several do, ask which. */
export function offerFile(file, context) {
  const found = context.commands.taking(file.name);
  if (!found.length)
    return notice(`I do not know what to do with ${file.name}. A recording, a text or a voice's zip I do.`, {
      wrong: true,
    });
  const open = ({ command, param }) => openForm(command, context, { files: { [param.name]: file } });
  if (found.length === 1) return open(found[0]);
  const heading = fresh("offer");
  const dialog = h("dialog.sheet.offer", { "aria-labelledby": heading });
  const choices = found.map((each) => {
    const choose = () => {
      dialog.close();
      open(each);
    };
    return h(
      "button.entry",
      { type: "button", onclick: choose },
      h("span.entry-name", {}, `/${each.command.name}`),
      h("span.entry-words", {}, each.command.summary),
    );
  });
  const close = h(
    "button.quiet.icon-only",
    { type: "button", "aria-label": "Close", onclick: () => dialog.close() },
    icon("close"),
  );
  dialog.append(
    h("header.sheet-head", {}, h("h2", { id: heading }, "What is it for?"), close),
    h("p.lead.file-name", {}, file.name),
    h("div.palette-list", {}, choices),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
