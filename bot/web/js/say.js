/** Numbers as people say them. */

/** '0:07', '12:30', '1:02:09'. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** '7 s', '3 min', '2 h'. */
export function roughly(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds === 0) return "0 s";
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 360) / 10} h`;
}

/** '312 B', '14 kB', '2.1 MB'. */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [amount, unit] = [bytes || 0, 0];
  while (amount >= 1000 && unit < units.length - 1) [amount, unit] = [amount / 1000, unit + 1];
  return `${amount >= 10 || unit === 0 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`;
}

/** '1,234'; with a word, '1 voice' and '3 voices'. */
export function count(number, word = "") {
  const said = (number ?? 0).toLocaleString("en");
  return word ? `${said} ${word}${number === 1 ? "" : "s"}` : said;
}

/** '14:05' today, '3 Nov, 14:05' before. */
export function moment(ms) {
  const then = new Date(ms);
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === new Date().toDateString()) return time;
  return `${then.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, ${time}`;
}

/** A parameter's name for people: 'sample-rate' for sample_rate. */
export function option(name) {
  return name.replaceAll("_", "-");
}

/** The same at the head of a field: 'Sample rate'. */
export function label(name) {
  const words = name.replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
}
