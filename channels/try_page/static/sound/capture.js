// On the audio thread: what the microphone hears, as 20 ms pieces of telephone sound; silence while there is none.
import { RATE, encode } from "/try/static/sound/mulaw.js";
import { Resampler } from "/try/static/sound/resampler.js";

const FRAME = RATE / 50;

class Capture extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate, RATE);
  #silence = new Float32Array(128);
  #frame = new Uint8Array(FRAME);
  #filled = 0;
  #energy = 0;

  process([[heard]]) {
    for (const sample of this.#resampler.take(heard ?? this.#silence)) {
      this.#frame[this.#filled] = encode(sample);
      this.#energy += sample * sample;
      this.#filled += 1;
      if (this.#filled === FRAME) this.#hand();
    }
    return true;
  }

  #hand() {
    const frame = this.#frame.slice();
    this.port.postMessage({ frame, level: Math.sqrt(this.#energy / FRAME) }, [frame.buffer]);
    this.#filled = 0;
    this.#energy = 0;
  }
}

registerProcessor("capture", Capture);
