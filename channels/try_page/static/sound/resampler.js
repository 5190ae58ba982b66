// Changes the rate of a stream of samples, piece by piece, with a windowed-sinc low-pass against aliases.
const CROSSINGS = 8; // zero crossings of the sinc on each side
const STEPS = 64; // points of the kernel between two crossings; in between it is interpolated
const MARGIN = 0.92; // where the pass band ends, as a part of the lower half rate

const KERNEL = Float32Array.from({ length: CROSSINGS * STEPS + 2 }, (_, index) => {
  const x = index / STEPS;
  if (x >= CROSSINGS) return 0;
  const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / CROSSINGS);
  return x === 0 ? 1 : (window * Math.sin(Math.PI * x)) / (Math.PI * x);
});

export class Resampler {
  #step;
  #scale;
  #reach;
  #held;
  #position;

  constructor(from, to) {
    this.#step = from / to;
    this.#scale = MARGIN * Math.min(1, to / from);
    this.#reach = Math.ceil(CROSSINGS / this.#scale);
    this.#held = new Float32Array(this.#reach);
    this.#position = this.#reach;
  }

  /** The next samples in, what is complete by now out. */
  take(samples) {
    const all = new Float32Array(this.#held.length + samples.length);
    all.set(this.#held);
    all.set(samples, this.#held.length);
    const room = all.length - this.#reach - this.#position;
    const made = new Float32Array(Math.max(0, Math.ceil(room / this.#step)));
    for (let index = 0; index < made.length; index += 1) {
      made[index] = this.#at(all, this.#position);
      this.#position += this.#step;
    }
    const passed = Math.max(0, Math.floor(this.#position) - this.#reach);
    this.#held = all.slice(passed);
    this.#position -= passed;
    return made;
  }

  #at(all, position) {
    const first = Math.max(0, Math.ceil(position - this.#reach));
    const last = Math.min(all.length - 1, Math.floor(position + this.#reach));
    let sum = 0;
    for (let index = first; index <= last; index += 1) {
      const place = Math.min(Math.abs(index - position) * this.#scale, CROSSINGS) * STEPS;
      const below = Math.floor(place);
      sum += all[index] * (KERNEL[below] + (KERNEL[below + 1] - KERNEL[below]) * (place - below));
    }
    return sum * this.#scale;
  }
}
