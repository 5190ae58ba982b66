// Which screen is shown, and the way back. A screen is a function that makes one.
import { watchLength } from "/kiosk/static/scroll_hint.js";
import { restartScanning } from "/kiosk/static/scanning.js";
import { say, silence } from "/kiosk/static/voice.js";

const stage = document.getElementById("screen");
const way = [];
let leave = () => {};
let whenShown = () => {};

export function setUpNavigation(onShow) { whenShown = onShow; }
export const depth = () => way.length;

function draw(screen, { spoken = true } = {}) {
  leave();
  silence();
  const made = screen();
  leave = made.leave ?? (() => {});
  stage.className = `screen ${made.name}`;
  stage.replaceChildren(...made.content.filter(Boolean));
  stage.scrollTop = 0;
  made.shown?.();
  (made.focus ?? stage.querySelector("h1"))?.focus({ preventScroll: true });
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
