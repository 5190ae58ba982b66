// The telephone while it calls: state, time, levels, keys.
import { Call } from "/try/static/calls/call.js";
import { Transcript } from "/try/static/calls/transcript.js";
import { ownNumber } from "/try/static/phone.js";
import { text, whenLanguageChanges } from "/try/static/texts.js";

const KEYS = "0123456789*#";
const BETWEEN_KEYS_MILLISECONDS = 150;
const LOUD = 0.25; // a level that fills its bar; speech is far below full scale

const byId = (id) => document.getElementById(id);

/** Wire the call keys; `turned()` is called when a call begins or ends, and when texts are back on the screen. */
export class CallView {
  #call = null;
  #state = "texting";
  #microphone = "asked";
  #began = 0;
  #turned;
  #transcript = new Transcript(byId("call-lines"));

  constructor(turned) {
    this.#turned = turned;
    byId("dial").addEventListener("click", () => this.dial());
    byId("hang-up").addEventListener("click", () => this.#red());
    document.addEventListener("keydown", (event) => this.#typed(event));
    addEventListener("pagehide", () => this.#call?.hangUp());
    whenLanguageChanges(() => this.#show());
    setInterval(() => this.#showTime(), 1000);
  }

  get isCalling() {
    return this.#call !== null;
  }

  /** Whether the screen shows a call, which may be over. */
  get isShown() {
    return this.#state !== "texting";
  }

  dial() {
    if (this.#call) return;
    this.#transcript.clear();
    this.#microphone = "asked";
    this.#began = 0;
    byId("call-time").textContent = "00:00";
    this.#call = new Call(ownNumber(), {
      state: (state) => this.#change(state),
      said: (said) => this.#transcript.said(said),
      microphone: (state) => { this.#microphone = state; this.#show(); },
      level: (side, level) => this.#showLevel(side, level),
    });
    this.#call.start();
  }

  press(key) {
    if (this.#state !== "talking") return;
    this.#call.press(key);
    this.#transcript.pressed(key);
  }

  /** Press several keys, as fast as a finger does. */
  async pressAll(keys) {
    for (const key of keys) {
      this.press(key);
      await new Promise((wake) => { setTimeout(wake, BETWEEN_KEYS_MILLISECONDS); });
    }
  }

  /** The red key ends a call, and then puts the telephone back to texting. */
  #red() {
    if (this.#call) this.#call.hangUp();
    else this.#change("texting");
  }

  #typed(event) {
    const isTyping = event.target.matches("input, textarea") || event.ctrlKey || event.metaKey || event.altKey;
    if (!this.#call || isTyping || event.repeat || event.key.length !== 1 || !KEYS.includes(event.key)) return;
    event.preventDefault();
    this.press(event.key);
  }

  #change(state) {
    this.#state = state;
    if (state === "talking" && !this.#began) this.#began = Date.now();
    if (["over", "failed", "impossible"].includes(state)) {
      this.#showTime();
      this.#call = null;
      this.#showLevel("microphone", 0);
      this.#showLevel("loudspeaker", 0);
    }
    this.#turned();
    this.#show();
  }

  #show() {
    const isTexting = !this.isShown;
    document.body.classList.toggle("calling", !isTexting);
    byId("call").hidden = isTexting;
    byId("messages").hidden = !isTexting;
    byId("composer").hidden = !isTexting;
    byId("levels").hidden = !this.isCalling;
    byId("dial").disabled = this.isCalling;
    byId("hang-up").disabled = isTexting;
    byId("hang-up-text").textContent = text(this.isCalling || isTexting ? "hang_up" : "to_texts");
    byId("call-state").textContent = isTexting ? "" : text(`call_${this.#state}`);
    byId("call-note").textContent = this.isCalling ? text(`microphone_${this.#microphone}`) : "";
  }

  #showTime() {
    if (!this.#call || !this.#began) return;
    const seconds = Math.floor((Date.now() - this.#began) / 1000);
    const parts = [Math.floor(seconds / 60), seconds % 60];
    byId("call-time").textContent = parts.map((part) => String(part).padStart(2, "0")).join(":");
  }

  #showLevel(side, level) {
    // Ears hear ratios: the bar is the square root.
    const percent = Math.round(100 * Math.min(1, Math.sqrt(level / LOUD)));
    const meter = byId(`${side}-level`);
    meter.setAttribute("aria-valuenow", percent);
    meter.firstElementChild.style.width = `${percent}%`;
  }
}
