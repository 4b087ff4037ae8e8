/** The voices that this person may use: read once, and again when something may have changed. */

import { get } from "./api.js";

let reading = null;

/** All voices, theirs first: `{name, title, language, sex, kind, mine, …}`. */
export function voices({ anew = false } = {}) {
  if (anew || !reading) {
    reading = get("/v1/voices").then((told) => (told.data ?? told.voices ?? told).map(plain));
    reading.catch(() => (reading = null));
  }
  return reading;
}

function plain(voice) {
  return {
    name: voice.name ?? voice.id,
    title: voice.title ?? "",
    language: voice.language ?? "",
    sex: voice.sex ?? "",
    kind: voice.kind ?? "builtin",
    engine: voice.engine ?? "",
    notes: voice.notes ?? "",
    mine: Boolean(voice.mine),
  };
}

const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });

/** 'British English' for en-GB; the tag itself where it has no name. */
export function languageName(tag) {
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** A voice in a few words: its title, or what it speaks where it has none. */
export function about(voice) {
  const parts = [voice.title || (voice.language && languageName(voice.language)), voice.sex];
  return parts.filter(Boolean).join(" · ");
}

/** Those that what is typed may mean, the likeliest first. */
export function matching(all, typed) {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return all;
  const rank = (voice) => {
    const [name, rest] = [voice.name.toLowerCase(), `${about(voice)} ${languageName(voice.language)}`.toLowerCase()];
    if (name.startsWith(wanted)) return 0;
    if (name.includes(wanted)) return 1;
    return rest.includes(wanted) ? 2 : 3;
  };
  return all.filter((voice) => rank(voice) < 3).sort((one, other) => rank(one) - rank(other));
}
