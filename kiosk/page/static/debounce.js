// Debounce: hands that tremble touch twice, and rest on a key: what was meant once is done once.
const MEANT_ONCE = 450;
const NEAR = 60;
let changed = -Infinity;
const NOWHERE = { x: -NEAR, y: -NEAR };
let lastTouch = NOWHERE;

// A new screen has come under the finger.
export function noteNewScreen() { changed = performance.now(); }

function isSecondTouch(event) {
  const isPointer = event.detail > 0;
  return isPointer && performance.now() - changed < MEANT_ONCE && Math.hypot(event.clientX - lastTouch.x, event.clientY - lastTouch.y) < NEAR;
}

export function setUpDebounce() {
  // Who has typed meanwhile has seen the new screen.
  ["keydown", "input"].forEach((name) => document.addEventListener(name, () => { lastTouch = NOWHERE; }, { capture: true }));
  document.addEventListener("click", (event) => {
    if (isSecondTouch(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else lastTouch = { x: event.clientX, y: event.clientY };
  }, { capture: true });
  document.addEventListener("keydown", (event) => {
    if (event.repeat && ["Enter", " "].includes(event.key) && event.target.closest("button, summary, label")) event.preventDefault();
  }, { capture: true });
}
