/** The shape of a sound, drawn as bars; what was played is coloured. */

import { fresh, svg } from "./dom.js";

const BARS = 96;
const HEIGHT = 40;
const STEP = 4;

/** Draw peaks (0 to 1 each); `show(share)` colours what lies before that share. */
export class Waveform {
  #cut;
  #clip = fresh("played");

  constructor(peaks = []) {
    const width = BARS * STEP;
    this.#cut = svg("rect", { x: 0, y: 0, width: 0, height: HEIGHT });
    this.element = svg(
      "svg",
      { class: "waveform", viewBox: `0 0 ${width} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("clipPath", { id: this.#clip }, this.#cut),
    );
    this.set(peaks);
  }

  /** Draw other peaks. */
  set(peaks) {
    const shape = outline(thinned(peaks));
    for (const old of this.element.querySelectorAll("path")) old.remove();
    this.element.append(
      svg("path", { class: "unplayed", d: shape }),
      svg("path", { class: "played", d: shape, "clip-path": `url(#${this.#clip})` }),
    );
  }

  /** Colour what was played, as a share from 0 to 1. */
  show(share) {
    this.#cut.setAttribute("width", String(share * BARS * STEP));
  }
}

/** As many peaks as there are bars, the loudest of each stretch; a flat line where nothing is known. */
function thinned(peaks) {
  if (!peaks.length) return Array(BARS).fill(0.04);
  const loudest = Math.max(...peaks, 0.001);
  return Array.from({ length: BARS }, (_, bar) => {
    const from = Math.floor((bar * peaks.length) / BARS);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / BARS));
    return Math.max(0.04, Math.max(...peaks.slice(from, to)) / loudest);
  });
}

function outline(bars) {
  return bars
    .map((peak, bar) => {
      const half = (peak * (HEIGHT - 4)) / 2;
      const x = bar * STEP + 0.6;
      return `M${x} ${(HEIGHT / 2 - half).toFixed(2)}h2.600v${(2 * half).toFixed(2)}h-2.600z`;
    })
    .join("");
}
