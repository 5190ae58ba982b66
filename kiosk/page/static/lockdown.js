// The page is all there is: keys, buttons and gestures that would lead out of it do nothing. A browser in full screen
// gives the page every key first; what is left of its own windows the policies take away (deploy/kiosk/policies.json).
const MOVING = new Set(["Tab", "Enter", " ", "Backspace", "Delete", "Escape", "ArrowLeft", "ArrowRight", "ArrowUp",
  "ArrowDown", "Home", "End", "PageUp", "PageDown", "Shift", "CapsLock", "Process", "Dead", "Unidentified"]);
const SWITCH = "F8";
const refuse = (event) => event.preventDefault();

function isOurs({ key, ctrlKey, altKey, metaKey }) {
  return !ctrlKey && !altKey && !metaKey && (key.length === 1 || MOVING.has(key) || key === SWITCH);
}

export function lockExits() {
  document.addEventListener("keydown", (event) => { if (!isOurs(event)) refuse(event); }, { capture: true });
  ["contextmenu", "dragstart", "dragover", "drop", "auxclick"].forEach((name) => document.addEventListener(name, refuse, { capture: true }));
  // The wheel's button, and those that mean back and forward.
  ["mousedown", "mouseup"].forEach((name) => document.addEventListener(name, (event) => { if (event.button > 0) refuse(event); }, { capture: true }));
  // A pinch, or the wheel with Ctrl: letters are made larger in the settings, where the next visitor gets them back.
  document.addEventListener("wheel", (event) => { if (event.ctrlKey) refuse(event); }, { capture: true, passive: false });
}
