/** The player of a sound: play, seek by click and keys, speed, words that light up, and everything to download. */

import { get } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { menu } from "./menu.js";
import { announce } from "./notices.js";
import { clock } from "./say.js";
import { SpokenWords } from "./spoken_words.js";
import { Waveform } from "./waveform.js";

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10 };
const CAPTIONS = new Set(["srt", "vtt"]);
const NAMES = {
  wav: "WAV",
  mp3: "MP3",
  flac: "FLAC",
  "ogg-opus": "Opus (Ogg)",
  m4a: "M4A (AAC)",
  srt: "SRT",
  vtt: "VTT",
};

/** Only one sound is heard at a time. */
let playing = null;

/** Stop what is heard; says whether something was. */
export function hush() {
  const was = playing;
  was?.pause();
  return was !== null;
}

export class Player {
  #file;
  #audio;
  #wave = new Waveform();
  #words = null;
  #slider;
  #button;
  #time;
  #text = h("div.spoken-place");
  #downloads = h("span.downloads-place");
  #frame = 0;

  /** `file` is a file of a message; what else is to be known of it is asked for when the player comes into sight. */
  constructor(file) {
    this.#file = file;
    this.#audio = h("audio", { src: file.url, preload: "metadata" });
    this.#button = h(
      "button.play",
      { type: "button", "aria-label": `Play ${file.name}`, onclick: () => this.toggle() },
      icon("play"),
    );
    this.#time = h("span.time", {}, this.#clocks());
    this.#slider = this.#makeSlider();
    this.element = h(
      "div.player",
      { role: "group", "aria-label": `Sound: ${file.name}` },
      this.#audio,
      this.#text,
      h("div.player-row", {}, this.#button, this.#slider, this.#time),
      h("div.player-tools", {}, this.#speed(), this.#downloads),
    );
    this.#listen();
    this.#whenSeen(() => this.#learn());
  }

  /** Play, or pause. */
  toggle() {
    if (!this.#audio.paused) return this.#audio.pause();
    return this.#audio.play().catch((error) => {
      if (error.name !== "AbortError") this.#fail();
    });
  }

  get #seconds() {
    return Number.isFinite(this.#audio.duration) ? this.#audio.duration : (this.#file.seconds ?? 0);
  }

  #clocks() {
    return `${clock(this.#audio.currentTime)} / ${clock(Math.round(this.#seconds))}`;
  }

  #makeSlider() {
    return h(
      "div.seek",
      {
        role: "slider",
        tabindex: "0",
        "aria-label": "Position",
        "aria-valuemin": "0",
        "aria-valuemax": String(Math.ceil(this.#seconds)),
        "aria-valuenow": "0",
        "aria-valuetext": this.#spokenPlace(),
        onkeydown: (event) => this.#key(event),
        onpointerdown: (event) => this.#drag(event),
        onpointermove: (event) => event.buttons && this.#drag(event),
      },
      this.#wave.element,
    );
  }

  #spokenPlace() {
    return `${clock(this.#audio.currentTime)} of ${clock(Math.round(this.#seconds))}`;
  }

  #key(event) {
    if (event.key === " " || event.key === "Enter") this.toggle();
    else if (event.key in STEPS) this.seek(this.#audio.currentTime + STEPS[event.key]);
    else if (event.key === "Home") this.seek(0);
    else if (event.key === "End") this.seek(this.#seconds);
    else return;
    event.preventDefault();
  }

  #drag(event) {
    const { left, width } = this.#slider.getBoundingClientRect();
    this.#slider.setPointerCapture?.(event.pointerId);
    this.seek(((event.clientX - left) / width) * this.#seconds);
  }

  /** Go to a time, in seconds. */
  seek(seconds) {
    this.#audio.currentTime = Math.max(0, Math.min(this.#seconds, seconds));
    this.#show();
  }

  #listen() {
    const audio = this.#audio;
    audio.addEventListener("play", () => {
      if (playing !== audio) playing?.pause();
      playing = audio;
      this.#look("pause", "Pause");
      this.#run();
    });
    const rest = () => {
      if (playing === audio) playing = null;
      this.#look("play", "Play");
      cancelAnimationFrame(this.#frame);
      this.#show();
    };
    audio.addEventListener("pause", rest);
    audio.addEventListener("ended", () => {
      rest();
      this.#words?.clear();
    });
    audio.addEventListener("loadedmetadata", () => this.#show());
    audio.addEventListener("error", () => this.#fail());
  }

  #look(name, word) {
    this.#button.replaceChildren(icon(name));
    this.#button.setAttribute("aria-label", `${word} ${this.#file.name}`);
    this.element.classList.toggle("playing", name === "pause");
  }

  #run() {
    this.#show();
    this.#frame = requestAnimationFrame(() => this.#run());
  }

  #show() {
    const now = this.#audio.currentTime;
    this.#wave.show(this.#seconds ? now / this.#seconds : 0);
    if (now > 0 || !this.#audio.paused) this.#words?.show(now);
    const told = this.#clocks();
    if (this.#time.textContent === told) return;
    this.#time.textContent = told;
    this.#slider.setAttribute("aria-valuenow", String(Math.round(now)));
    this.#slider.setAttribute("aria-valuemax", String(Math.ceil(this.#seconds)));
    this.#slider.setAttribute("aria-valuetext", this.#spokenPlace());
  }

  #fail() {
    const gone = "This sound is not there any more; ask for it again.";
    this.element.replaceChildren(h("p.trouble", {}, icon("alert"), gone));
    announce(gone);
  }

  #speed() {
    const choose = h(
      "select.small",
      { "aria-label": "Speed of playing", onchange: () => (this.#audio.playbackRate = Number(choose.value)) },
      SPEEDS.map((speed) => h("option", { value: speed, selected: speed === 1 }, `${speed}×`)),
    );
    choose.value = "1";
    return choose;
  }

  #whenSeen(work) {
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some((each) => each.isIntersecting)) return;
      watch.disconnect();
      work();
    });
    watch.observe(this.element);
  }

  async #learn() {
    let info;
    try {
      info = await get(this.#file.info ?? `/api/v1/files/${this.#file.id}/info`);
    } catch {
      info = {}; // It can be heard without being known.
    }
    if (info.peaks?.length) this.#wave.set(info.peaks);
    if (info.text && info.words?.length) {
      this.#words = new SpokenWords(info, (seconds) => this.seek(seconds));
      this.#text.replaceChildren(this.#words.element);
    }
    this.#downloads.replaceChildren(menu("Download", "download", this.#links(info)));
  }

  #links(info) {
    const formats = info.formats?.length ? info.formats : [this.#file.format];
    const sounds = formats
      .filter((format) => !CAPTIONS.has(format))
      .map((format) => [
        NAMES[format] ?? format.toUpperCase(),
        `/api/v1/files/audio/${this.#file.id}?format=${encodeURIComponent(format)}&download=1`,
      ]);
    const captions = ["srt", "vtt"]
      .filter((kind) => info[kind])
      .map((kind) => [`Subtitles, ${NAMES[kind]}`, info[kind]]);
    return [...sounds, ...captions].map(([words, href]) => h("a", { href, download: "" }, words));
  }
}
