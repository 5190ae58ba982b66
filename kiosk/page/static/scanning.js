// For one switch: a frame moves over what can be pressed, the switch presses it. F8 is the switch; it also begins.
import { prefer, preferences, whenPreferencesChange } from "/kiosk/static/preferences.js";

const STEP = 1_800;
const PRESSABLE = "button:not([disabled]), summary, input:not([disabled]), a[href]";
let timer = null;
let at = -1;

function pressable() {
  const dialog = document.querySelector("dialog[open]");
  return [...(dialog ?? document).querySelectorAll(PRESSABLE)].filter((one) => one.checkVisibility());
}

function step() {
  const all = pressable();
  if (all.length === 0) return;
  at = (at + 1) % all.length;
  all[at].focus();
  all[at].scrollIntoView({ block: "nearest" });
}

function begin() {
  clearInterval(timer);
  at = -1;
  document.documentElement.classList.add("scanning");
  timer = setInterval(step, STEP);
  step();
}

function stopScanning() {
  clearInterval(timer);
  timer = null;
  document.documentElement.classList.remove("scanning");
}

export function restartScanning() { if (timer) begin(); }

export function setUpScanning() {
  whenPreferencesChange((name, value) => {
    if (name !== "scanning") return;
    if (value === "on") begin();
    else stopScanning();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F8") return;
    event.preventDefault();
    if (preferences.scanning === "off") prefer("scanning", "on");
    else document.activeElement?.click();
  });
}
