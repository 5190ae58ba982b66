// The number pad; for dossier codes with the letters and signs that stand in them.
import { announce, h, sign } from "/kiosk/static/dom.js";
import { text } from "/kiosk/static/texts.js";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const LETTER = /^[A-Z]$/;
const CODE_SIGNS = ["H", "G", "K", ".", "-"];

// Shows what was pressed in an output; hidden digits are never in the page's text.
export function pad({ longest, hidden = false, code = false, group = null, value = "", changed }) {
  let entered = value;
  const shown = h("output", { class: "entered", "aria-live": "off" });

  function show() {
    const written = group ? group(entered) : entered;
    shown.textContent = hidden ? "●".repeat(entered.length) : written;
    shown.classList.toggle("empty", entered === "");
    announce(hidden ? text("entered_hidden", { count: entered.length }) : text("entered", { signs: [...entered].join(" ") }));
    changed(entered);
  }

  function press(pressed) {
    // A code begins with one letter, which stands there already: a reader sends its own, a visitor may correct it.
    if (LETTER.test(pressed) && LETTER.test(entered)) entered = pressed;
    else if (entered.length < longest) entered += pressed;
    show();
  }

  const one = (digit) => h("button", { type: "button", class: "key digit", onclick: () => press(digit) }, digit);
  const erase = h("button", {
    type: "button", class: "key digit", "aria-label": text("erase"),
    onclick: () => { entered = entered.slice(0, -1); show(); },
  }, sign("erase"));
  const eraseAll = h("button", {
    type: "button", class: "key digit words", onclick: () => { entered = ""; show(); },
  }, text("erase_all"));
  const keys = h("div", { class: code ? "pad with-signs" : "pad", role: "group", "aria-label": text("keyboard_label") },
    h("div", { class: "digits" }, DIGITS.map(one), eraseAll, one("0"), erase),
    code && h("div", { class: "signs" }, CODE_SIGNS.map(one)));

  // A real keyboard, a barcode reader or a keypad of steel types as well.
  function typed(event) {
    const pressed = event.key.toUpperCase();
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Backspace") { entered = entered.slice(0, -1); show(); }
    else if (/^[0-9]$/.test(pressed) || (code && /^[A-Z.\-]$/.test(pressed))) press(pressed);
  }
  return { shown, keys, typed, start: show };
}
