/** What is offered while a line is typed: commands, their parameters, and values. */

import { suggested } from "./fields.js";
import { placeIn, quoted, usage } from "./line.js";
import { option } from "./say.js";
import { about, matching, voices } from "./voice_shelf.js";

const MOST = 30;

/** Find what could come where the cursor is; each item has `value`, the whole line with it, and `caret` behind it. */
export async function completions(text, caret, commands) {
  const place = placeIn(text, caret, commands);
  if (!place) return { place, items: [] };
  const put = (item, written) => ({
    ...item,
    line: text.slice(0, place.from) + written + text.slice(caret),
    caret: place.from + written.length,
  });
  if (place.stage === "command") {
    const found = commands.matching(place.typed).slice(0, MOST);
    return {
      place,
      items: found.map((each) =>
        put({ value: each.name, words: `/${each.name}`, hint: each.summary }, `/${each.name} `),
      ),
    };
  }
  if (place.stage === "param") {
    const found = place.command.params.filter(
      (each) =>
        option(each.name).startsWith(place.typed.toLowerCase()) &&
        !place.given.has(option(each.name)) &&
        each.kind !== "file",
    );
    return {
      place,
      items: found.map((each) =>
        put({ value: each.name, words: `${option(each.name)}=`, hint: each.help }, `${option(each.name)}=`),
      ),
    };
  }
  const found = await valuesOf(place).catch(() => []);
  return { place, items: found.slice(0, MOST).map((each) => put(each, `${quoted(each.value)} `)) };
}

async function valuesOf({ command, param, typed }) {
  const begins = (value) => value.toLowerCase().startsWith(typed.toLowerCase());
  if (param.choices?.length) return param.choices.filter(begins).map((value) => ({ value }));
  if (param.kind === "switch") return ["yes", "no"].filter(begins).map((value) => ({ value }));
  if (param.kind === "voice")
    return matching(await voices(), typed).map((each) => ({ value: each.name, hint: about(each) }));
  return param.suggests ? suggested(command, param, typed) : [];
}

/** What stands above the list: how the command is written, or what the parameter means. */
export function hintOf(place) {
  if (place?.stage === "param") return `${usage(place.command)} · ${place.command.summary}`;
  return place?.stage === "value" ? `${option(place.param.name)}: ${place.param.help}` : "";
}
