// On the audio thread: plays telephone sound in the order in which it came, and says when a mark has been reached.
import { RATE, decode } from "/try/static/sound/mulaw.js";
import { Resampler } from "/try/static/sound/resampler.js";

const PIECE = RATE / 50; // converted at a time, so that a long piece does not hold the audio thread up
const DELAY_SECONDS = 0.06; // gathered before sound begins: pieces come unevenly
const LEVEL_SAMPLES = 2048;

class Playback extends AudioWorkletProcessor {
  #queue = [];
  #resampler = new Resampler(RATE, sampleRate);
  #ready = new Float32Array(0);
  #at = 0;
  #delay = DELAY_SECONDS * sampleRate;
  #energy = 0;
  #measured = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#take(data);
  }

  process(_, [[out]]) {
    this.#passMarks();
    if (this.#delay > 0) {
      if (this.#queue.length > 0) this.#delay -= out.length;
    } else {
      this.#play(out);
    }
    this.#measure(out);
    return true;
  }

  #take({ audio, mark, clear }) {
    if (clear) this.#drop();
    if (mark !== undefined) this.#queue.push({ mark });
    for (let from = 0; audio && from < audio.length; from += PIECE) {
      this.#queue.push({ audio: audio.subarray(from, from + PIECE) });
    }
  }

  /** Marks whose sound was dropped count as reached, as with the provider. */
  #drop() {
    this.#queue.filter(({ mark }) => mark !== undefined).forEach(({ mark }) => this.port.postMessage({ mark }));
    this.#queue = [];
    this.#ready = new Float32Array(0);
    this.#at = 0;
    this.#resampler = new Resampler(RATE, sampleRate);
    this.#delay = DELAY_SECONDS * sampleRate;
  }

  #play(out) {
    for (let index = 0; index < out.length; index += 1) {
      while (this.#at >= this.#ready.length) {
        this.#passMarks();
        const next = this.#queue.shift();
        if (!next) {
          this.#delay = DELAY_SECONDS * sampleRate;
          return;
        }
        this.#ready = this.#resampler.take(decode(next.audio));
        this.#at = 0;
      }
      out[index] = this.#ready[this.#at];
      this.#at += 1;
    }
  }

  #passMarks() {
    while (this.#at >= this.#ready.length && this.#queue[0]?.mark !== undefined) {
      this.port.postMessage({ mark: this.#queue.shift().mark });
    }
  }

  #measure(out) {
    for (const sample of out) this.#energy += sample * sample;
    this.#measured += out.length;
    if (this.#measured < LEVEL_SAMPLES) return;
    this.port.postMessage({ level: Math.sqrt(this.#energy / this.#measured) });
    this.#energy = 0;
    this.#measured = 0;
  }
}

registerProcessor("playback", Playback);
