// Which screen is shown, and the way back. A screen is a function that makes one.
import { announce } from "/kiosk/static/dom.js";
import { watchLength } from "/kiosk/static/scroll_hint.js";
import { restartScanning } from "/kiosk/static/scanning.js";
import { say, silence } from "/kiosk/static/voice.js";

const stage = document.getElementById("screen");
const way = [];
const TOLD_AFTER = 150;
let telling = null;
let leave = () => {};
let whenShown = () => {};

export function setUpNavigation(onShow) { whenShown = onShow; }
export const depth = () => way.length;

// A screen reader whose place has vanished looks for another one by itself, and then takes the focus that follows for no news
// (Orca 43): the heading is told to it by the status line, too.
function tellHeading(before) {
  clearTimeout(telling);
  if (before?.isConnected !== false) return;
  announce("");
  telling = setTimeout(() => announce(stage.querySelector("h1")?.textContent ?? ""), TOLD_AFTER);
}

function draw(screen, { spoken = true } = {}) {
  leave();
  silence();
  const made = screen();
  leave = made.leave ?? (() => {});
  const before = document.activeElement;
  stage.className = `screen ${made.name}`;
  stage.replaceChildren(...made.content.filter(Boolean));
  stage.scrollTop = 0;
  made.shown?.();
  (made.focus ?? stage.querySelector("h1"))?.focus({ preventScroll: true });
  tellHeading(before);
  whenShown(made);
  watchLength(stage);
  restartScanning();
  if (spoken && made.say) say(...made.say);
}

// Takes down everything of the screen that is shown, for one line in its place.
export function leaveScreen(line) {
  leave();
  leave = () => {};
  way.length = 0;
  stage.className = "screen message";
  stage.replaceChildren(line);
  watchLength(stage);
}

// Goes to a screen; "replace" leaves no way back to the one before.
export function go(screen, { replace = false } = {}) {
  if (replace) way.pop();
  way.push(screen);
  draw(screen);
}

export function back() {
  if (way.length < 2) return;
  way.pop();
  draw(way.at(-1));
}

export function home(screen) {
  way.length = 0;
  go(screen);
}

export function redraw() { draw(way.at(-1), { spoken: false }); }
