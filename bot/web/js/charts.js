/** Charts of days, drawn by hand: bars or lines, with the same figures as a table for those who cannot see them. */

import { h, svg } from "./dom.js";
import { tableOf } from "./tables.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [330, 150, 42, 20, 10];

/**
 * A chart with its title and its table.
 *
 * @param title what it shows
 * @param days `[{day: "2026-11-27", …}]`, the oldest first
 * @param series `[{key, words, kind: "bar" | "line", tone}]`
 * @param say how a figure is said, such as '12 s'
 */
export function chart(title, days, series, say = String) {
  const most = niceTop(Math.max(0, ...days.flatMap((day) => series.map(({ key }) => day[key] ?? 0))));
  const total = `${title}, ${days.length} days; the highest is ${say(Math.max(0, ...days.flatMap((day) => series.map(({ key }) => day[key] ?? 0))))}.`;
  const drawing = svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": total });
  drawing.append(...grid(most, say), ...dates(days));
  series.forEach((each, at) => {
    const tone = each.tone ?? at + 1;
    if (each.kind === "line") drawing.append(line(days, each, most, tone));
    else drawing.append(...bars(days, each, most, tone, say));
  });
  const legend =
    series.length > 1
      ? h(
          "p.legend",
          { "aria-hidden": "true" },
          series.map((each, at) => h("span", {}, h(`i.tone-${each.tone ?? at + 1}`), each.words)),
        )
      : null;
  const head = [{ words: "Day" }, ...series.map((each) => ({ words: each.words, number: true }))];
  const rows = days.map((day) => [
    day.day,
    ...series.map(({ key }) => (day[key] === null || day[key] === undefined ? "–" : say(day[key]))),
  ]);
  const figures = h("details.figures", {}, h("summary", {}, "Figures"), tableOf(title, head, rows.toReversed()));
  return h("figure.chart-box", {}, h("figcaption", {}, title), drawing, legend, figures);
}

function niceTop(value) {
  if (value <= 0) return 2;
  const ten = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 8, 10].map((each) => each * ten).find((each) => each >= value);
}

const across = (at, all) => LEFT + ((WIDTH - LEFT - 4) * (at + 0.5)) / all;
const upward = (value, most) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * value) / most;

function grid(most, say) {
  return [0, 0.5, 1].flatMap((share) => {
    const y = upward(most * share, most);
    const words = svg("text", { class: "axis", x: LEFT - 6, y: y + 3.5, "text-anchor": "end" }, say(most * share));
    return [svg("line", { class: "rule", x1: LEFT, x2: WIDTH, y1: y, y2: y }), words];
  });
}

function dates(days) {
  const step = Math.max(1, Math.ceil(days.length / 5));
  return days.flatMap((day, at) => {
    if ((days.length - 1 - at) % step) return [];
    const said = new Date(`${day.day}T12:00:00`).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
    const last = at === days.length - 1;
    const place = last ? { x: WIDTH, "text-anchor": "end" } : { x: across(at, days.length), "text-anchor": "middle" };
    return [svg("text", { class: "axis", y: HEIGHT - 5, ...place }, said)];
  });
}

function bars(days, { key, words }, most, tone, say) {
  const wide = Math.min(26, ((WIDTH - LEFT) / days.length) * 0.68);
  return days.map((day, at) => {
    const y = upward(day[key] ?? 0, most);
    const bar = svg("rect", {
      class: `tone-${tone}`,
      x: across(at, days.length) - wide / 2,
      y,
      width: wide,
      height: HEIGHT - BOTTOM - y,
      rx: 2,
    });
    bar.append(svg("title", {}, `${day.day}: ${say(day[key] ?? 0)} ${words}`));
    return bar;
  });
}

function line(days, { key }, most, tone) {
  const known = days.map((day, at) => [at, day[key]]).filter(([, value]) => value !== null && value !== undefined);
  const points = known.map(([at, value]) => `${across(at, days.length).toFixed(1)},${upward(value, most).toFixed(1)}`);
  const drawn = svg("g", { class: `line tone-${tone}` }, svg("polyline", { points: points.join(" "), fill: "none" }));
  for (const point of points) {
    const [cx, cy] = point.split(",");
    drawn.append(svg("circle", { cx, cy, r: 2.4 }));
  }
  return drawn;
}
