// Nobody touches anything: ask whether somebody is there, count down, then erase everything.
import { button, h } from "/kiosk/static/dom.js";
import { post } from "/kiosk/static/server.js";
import { hasVisit, visitNumber } from "/kiosk/static/server.js";
import { say, silence } from "/kiosk/static/voice.js";
import { spoken, text } from "/kiosk/static/texts.js";

const SIGNS_OF_LIFE = ["pointerdown", "keydown", "wheel", "touchmove"];
const ITS_KEYS = ["Tab", "Shift", "Enter", " ", "F8"];
const TELL_SERVER_EVERY = 20_000;

// How many idle times a reading voice alone may keep a visit: whoever listens touches the glass now and then.
const LONGEST_READING = 5;

// isBusy says whether a voice speaks, a microphone listens or an answer is waited for: then somebody is there.
export class Idle {
  constructor({ idleSeconds, warningSeconds, isBusy, isInUse, over }) {
    Object.assign(this, { idleSeconds, warningSeconds, isBusy, isInUse, over });
    this.dialog = document.getElementById("idle");
    this.dialog.addEventListener("cancel", (event) => { event.preventDefault(); this.stay(); });
    this.told = 0;
    SIGNS_OF_LIFE.forEach((name) => document.addEventListener(name, (event) => this.touch(event), { passive: true, capture: true }));
    this.touched = performance.now();
    this.alive();
    setInterval(() => this.tick(), 250);
  }

  touch(event) {
    // The buttons of the question are pressed, not taken away under the finger.
    if (this.dialog.open && (ITS_KEYS.includes(event.key) || event.target.closest("#idle button"))) return;
    this.touched = performance.now();
    this.alive();
  }

  alive() {
    this.last = performance.now();
    if (this.dialog.open) this.stay();
    if (hasVisit() && this.last - this.told > TELL_SERVER_EVERY) {
      this.told = this.last;
      post("still-here", { visit: visitNumber() }).catch(() => {});
    }
  }

  tick() {
    if (!this.isInUse()) { this.last = this.touched = performance.now(); return; }
    if (!this.dialog.open) {
      const untouched = performance.now() - this.touched;
      if (this.isBusy() && untouched < this.idleSeconds * LONGEST_READING * 1000) this.alive();
      else if (performance.now() - this.last > this.idleSeconds * 1000) this.warn();
      return;
    }
    const left = Math.ceil((this.until - performance.now()) / 1000);
    if (left <= 0) { this.close(); this.over(); return; }
    if (left !== this.shown) {
      this.shown = left;
      this.count.textContent = text("idle_lead", { seconds: left });
      this.ring.style.setProperty("--left", String((this.until - performance.now()) / (this.warningSeconds * 1000)));
    }
  }

  warn() {
    this.until = performance.now() + this.warningSeconds * 1000;
    this.shown = null;
    this.count = h("p", { class: "lead", role: "timer" });
    this.ring = h("div", { class: "ring", "aria-hidden": "true" });
    this.dialog.replaceChildren(
      h("h2", { id: "idle-title" }, text("idle_title")), this.ring, this.count,
      button(text("idle_stay"), () => this.stay(), { icon: "done", kind: "main huge" }),
      button(text("done"), () => { this.close(); this.over(); }, { kind: "huge" }),
    );
    this.dialog.showModal();
    say(spoken("say_idle"));
    this.tick();
  }

  stay() {
    if (!this.dialog.open) return;
    this.close();
    silence();
    this.last = this.touched = performance.now();
  }

  close() {
    this.dialog.close();
    this.dialog.replaceChildren();
  }
}
