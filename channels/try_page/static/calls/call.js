// One call from dialling to hanging up: follows what the provider is told, joins sound and stream.
import { ProviderStream } from "/try/static/calls/provider-stream.js";
import { openSound, soundIsPossible } from "/try/static/sound/sound.js";

const RING_MILLISECONDS = 2500;
const ASK_MILLISECONDS = 400; // between two questions for the words of what is heard

export class Call {
  #number;
  #on;
  #id = null;
  #sound = null;
  #stream = null;
  #lastAsked = -Infinity;
  #willAsk = false;
  #over = false;

  /**
   * `on.state(name)` is told calling, talking, ringing, over, failed or impossible; `on.said({sequence, lines})` what
   * the assistant says; `on.microphone(state)` and `on.level(side, level)` come from the sound.
   */
  constructor(number, on) {
    this.#number = number;
    this.#on = on;
  }

  async start() {
    if (!soundIsPossible()) {
      this.#finish("impossible");
      return;
    }
    this.#on.state("calling");
    await this.#tried(async () => {
      const sound = await openSound({
        frame: (bytes) => this.#stream?.sound(bytes),
        mark: (name) => this.#stream?.heard(name),
        microphone: this.#on.microphone,
        level: this.#on.level,
      });
      if (this.#over) {
        sound.close();
        return;
      }
      this.#sound = sound;
      await this.#follow(await this.#tell(""));
    });
  }

  press(key) {
    if (this.#over) return;
    this.#sound?.tone(key);
    this.#stream?.key(key);
  }

  hangUp() {
    this.#finish("over");
  }

  /** Do what the provider is told to do next. */
  async #follow(step) {
    this.#id = step.call;
    if (this.#over) this.#end();
    else if (step.then === "stream") this.#open(step.stream);
    else if (step.then === "ring") await this.#ring(step.ring);
    else this.#finish("over");
  }

  #open(stream) {
    let answered = false;
    this.#stream = new ProviderStream(this.#id, stream, {
      started: () => this.#on.state("talking"),
      audio: (bytes) => {
        answered = true;
        this.#sound.play(bytes);
        this.#readWords();
      },
      mark: (name) => this.#sound.mark(name),
      clear: () => this.#sound.clear(),
      closed: () => this.#tried(() => this.#streamEnded(answered)),
    });
  }

  async #streamEnded(answered) {
    this.#stream = null;
    this.#sound.clear();
    if (!answered) {
      this.#finish("failed");
      return;
    }
    const step = await this.#tell("/stream-ended");
    // A provider would go on with keys and its own voice. This one has none: the line is broken.
    if (step.then === "stream") this.#finish("failed");
    else await this.#follow(step);
  }

  async #ring({ sequence }) {
    this.#on.state("ringing");
    await new Promise((wake) => { setTimeout(wake, RING_MILLISECONDS); });
    if (!this.#over) await this.#follow(await this.#tell("/nobody-answered", { sequence }));
  }

  /** Sound comes: it may be of words that were not shown yet. */
  #readWords() {
    if (this.#willAsk) return;
    this.#willAsk = true;
    setTimeout(() => this.#askForWords(), Math.max(0, this.#lastAsked + ASK_MILLISECONDS - performance.now()));
  }

  async #askForWords() {
    this.#lastAsked = performance.now();
    this.#willAsk = false;
    if (this.#over) return;
    try {
      const said = await this.#tell("/said");
      if (said.sequence > 0 && !this.#over) this.#on.said(said);
    } catch {
      // The call is heard all the same.
    }
  }

  async #tried(act) {
    try {
      await act();
    } catch {
      this.#finish("failed");
    }
  }

  async #tell(path, fields = {}, keepalive = false) {
    const response = await fetch(`/try/calls${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ from: this.#number, ...(this.#id && { call: this.#id }), ...fields }),
      keepalive,
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return response.status === 204 ? null : response.json();
  }

  #finish(state) {
    if (this.#over) return;
    this.#over = true;
    this.#stream?.stop();
    this.#sound?.close();
    if (this.#id) this.#end();
    this.#on.state(state);
  }

  /** Also when the page is being left; the assistant forgets the call by itself should this get lost. */
  #end() {
    this.#tell("/end", {}, true).catch(() => {});
  }
}
