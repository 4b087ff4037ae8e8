/** A line as it is typed: `/quota set metric=characters lim|`, and what could come where the cursor is. */

import { option } from "./say.js";

/**
 * Tell where the cursor is.
 *
 * @returns {{stage: "command", typed: string, from: number}
 *   | {stage: "param", command, typed: string, from: number, given: Set<string>}
 *   | {stage: "value", command, param, typed: string, from: number} | null} null where a text is written
 */
export function placeIn(text, caret, commands) {
  const before = text.slice(0, caret);
  if (!before.startsWith("/")) return null;
  const command = commandOf(before, commands);
  if (!command) return before.includes("\n") ? null : { stage: "command", typed: before.slice(1), from: 0 };
  const rest = before.slice(command.name.length + 1);
  const from = before.length - lastToken(rest).length;
  const token = before.slice(from);
  if (textHasBegun(command, before.slice(command.name.length + 1, from))) return null;
  const named = /^([\w-]+)=([\s\S]*)$/.exec(token);
  if (named) {
    const param = command.params.find((each) => option(each.name) === named[1] || each.name === named[1]);
    return param
      ? { stage: "value", command, param, typed: named[2].replace(/^"/, ""), from: from + named[1].length + 1 }
      : null;
  }
  const given = new Set([...rest.matchAll(/(?:^|\s)([\w-]+)=/g)].map((found) => found[1]));
  return { stage: "param", command, typed: token, from, given };
}

/** Options come first, and what follows is said as it stands: behind the first word of it nothing is completed. */
function textHasBegun(command, rest) {
  if (!command.params.some((param) => param.kind === "text" && param.required)) return false;
  return rest.replace(/[\w-]+=("[^"]*"|\S+)/g, "").trim() !== "";
}

/** The command that a line begins with, if it is all there and a blank stands behind it. */
export function commandOf(text, commands) {
  const found = commands.all.filter((each) => text.startsWith(`/${each.name} `) || text.startsWith(`/${each.name}\n`));
  return found.sort((one, other) => other.name.length - one.name.length)[0] ?? null;
}

function lastToken(text) {
  let [token, quoted] = ["", false];
  for (const sign of text) {
    if (sign === '"') quoted = !quoted;
    token = !quoted && /\s/.test(sign) ? "" : token + sign;
  }
  return token;
}

/** A value as it is written in a line. */
export function quoted(value) {
  return /[\s"]/.test(value) ? `"${value.replaceAll('"', '\\"')}"` : value;
}

/** How a command is written: '/speak … TEXT', options before the text. */
export function usage(command) {
  const needed = command.params.filter((param) => param.required).map((param) => option(param.name).toUpperCase());
  const more = command.params.length > needed.length ? ["…"] : [];
  const textLast = command.params.some((param) => param.kind === "text" && param.required);
  return [`/${command.name}`, ...(textLast ? [...more, ...needed] : [...needed, ...more])].join(" ");
}
