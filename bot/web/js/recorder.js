/** The microphone: a level while somebody speaks, a timer, and what was said as WebM with Opus. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { announce } from "./notices.js";
import { clock } from "./say.js";
import { Trouble } from "./trouble.js";

const LONGEST = 600;
const LIGHTS = 24;
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

/** `onDone(blob, name, seconds)` gets the recording; `countdown` seconds pass first, so that one can draw breath. */
export class Recorder {
  #onDone;
  #countdown;
  #button;
  #time = h("span.time", { role: "timer" }, "0:00");
  #lights = Array.from({ length: LIGHTS }, () => h("i"));
  #meter = h("span.meter", { "aria-hidden": "true" }, this.#lights);
  #trouble = new Trouble();
  #words;
  #stop = null;

  constructor(onDone, { countdown = 0, words = "Record" } = {}) {
    this.#onDone = onDone;
    this.#countdown = countdown;
    this.#words = words;
    this.#button = h("button.record", { type: "button", onclick: () => (this.#stop ? this.#stop() : this.#start()) });
    this.element = h("div.recorder", {}, this.#button, this.#meter, this.#time, this.#trouble.element);
    this.#look(false);
  }

  /** Stop, and keep nothing. */
  drop() {
    this.#stop?.(true);
  }

  #look(on) {
    this.element.classList.toggle("recording", on);
    this.#button.replaceChildren(icon(on ? "stop" : "mic"), on ? "Stop" : this.#words);
    this.#meter.hidden = this.#time.hidden = !on;
  }

  async #start() {
    this.#trouble.say("");
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) {
      return this.#trouble.say(
        "This browser records only on a page of this machine or with https. Choose a file instead.",
      );
    }
    let sound;
    try {
      // What cleans a call up also takes from a voice what makes it that voice.
      const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
      sound = await navigator.mediaDevices.getUserMedia({ audio: plain });
    } catch (error) {
      return this.#trouble.say(reason(error));
    }
    this.#look(true);
    await this.#record(sound);
  }

  async #record(sound) {
    const kind = KINDS.find((each) => MediaRecorder.isTypeSupported(each)) ?? "";
    const recorder = new MediaRecorder(sound, { mimeType: kind, audioBitsPerSecond: 128_000 });
    const watch = this.#watch(sound);
    let dropped = false;
    this.#stop = (drop = false) => {
      dropped = drop;
      if (recorder.state === "recording") recorder.stop();
      else finish();
    };
    const pieces = [];
    let begun = 0;
    const finish = () => {
      watch.close();
      for (const track of sound.getTracks()) track.stop();
      this.#stop = null;
      this.#look(false);
      const seconds = begun ? (performance.now() - begun) / 1000 : 0;
      if (!dropped && pieces.length)
        this.#onDone(new Blob(pieces, { type: kind }), `recording.${ending(kind)}`, seconds);
    };
    recorder.ondataavailable = (event) => event.data.size && pieces.push(event.data);
    recorder.onstop = finish;
    for (let left = this.#countdown; left > 0 && this.#stop; left -= 1) {
      this.#time.textContent = `in ${left}`;
      announce(String(left));
      await new Promise((go) => setTimeout(go, 1000));
    }
    if (!this.#stop) return;
    recorder.start(250);
    begun = performance.now();
    announce("Recording");
    watch.tell = (level) => {
      const seconds = (performance.now() - begun) / 1000;
      this.#show(level, seconds);
      if (seconds >= LONGEST) this.#stop?.();
    };
  }

  #show(level, seconds) {
    const lit = Math.round(level * LIGHTS);
    this.#lights.forEach((each, at) => each.classList.toggle("on", at < lit));
    const told = clock(seconds);
    if (this.#time.textContent !== told) this.#time.textContent = told;
  }

  /** Watch how loud it is, some times a second. */
  #watch(sound) {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    context.createMediaStreamSource(sound).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const watch = { tell: () => {}, close: () => (clearInterval(timer), context.close()) };
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
      watch.tell(Math.min(1, Math.max(0, 1 + (10 * Math.log10(power + 1e-7)) / 55)));
    }, 60);
    return watch;
  }
}

function ending(kind) {
  if (kind.startsWith("audio/ogg")) return "ogg";
  return kind.startsWith("audio/mp4") ? "m4a" : "webm";
}

function reason(error) {
  if (error.name === "NotAllowedError")
    return "The browser does not let this page hear you. Allow the microphone beside the address, and try again.";
  if (error.name === "NotFoundError") return "There is no microphone here. Plug one in, or choose a file.";
  return "The microphone cannot be used just now; another program may hold it.";
}
