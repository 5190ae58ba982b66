// The keyboard on the screen: letters with their marks as keys of their own, and Telex for those who know it.
import { button, h, sign } from "/kiosk/static/dom.js";
import { TONE_KEYS, setTone, telex, typeLetter } from "/kiosk/static/telex.js";
import { text } from "/kiosk/static/texts.js";

const MARKED = ["ă", "â", "đ", "ê", "ô", "ơ", "ư"];
const ROWS = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

// Types into a field; tells it with an "input" event, as a keyboard of the browser would.
export function keyboard(field) {
  let capital = false;
  let telexOn = true;
  const letters = [];

  function write(change) {
    const atEnd = change(field.value.slice(0, field.selectionStart)) ;
    const rest = field.value.slice(field.selectionEnd);
    field.value = atEnd + rest;
    field.setSelectionRange(atEnd.length, atEnd.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function showCase() {
    letters.forEach((key) => {
      key.textContent = capital ? key.dataset.key.toUpperCase() : key.dataset.key;
    });
    shift.setAttribute("aria-pressed", String(capital));
  }

  function press(letter) {
    const typed = capital ? letter.toUpperCase() : letter;
    const composes = telexOn && /^[a-z]$/.test(letter);
    write((before) => (composes ? telex(before, typed) : typeLetter(before, typed)));
    if (capital) { capital = false; showCase(); }
  }

  function key(letter, kind = "") {
    const made = h("button", { type: "button", class: `key ${kind}`, "data-key": letter, onclick: () => press(letter) });
    made.textContent = letter;
    letters.push(made);
    return made;
  }

  function toneKey([tone, name]) {
    return h("button", {
      type: "button", class: "key mark", "aria-label": name, "data-tone": name,
      onclick: () => write((before) => setTone(before, tone)),
    }, h("span", { "aria-hidden": "true" }, `a${tone}`.normalize("NFC")));
  }

  const shift = h("button", {
    type: "button", class: "key wide", "aria-label": text("shift"), "aria-pressed": "false",
    onclick: () => { capital = !capital; showCase(); },
  }, "⇧");
  const erase = h("button", {
    type: "button", class: "key wide", "aria-label": text("erase"),
    onclick: () => write((before) => before.replace(/\P{M}\p{M}*$/u, "")),
  }, sign("erase"));
  const mode = button(text("telex_on"), () => {
    telexOn = !telexOn;
    mode.textContent = text(telexOn ? "telex_on" : "telex_off");
    mode.setAttribute("aria-pressed", String(telexOn));
  }, { kind: "key mode", "aria-pressed": "true" });

  const rows = [
    h("div", { class: "keys" }, MARKED.map((letter) => key(letter, "mark")), TONE_KEYS.map(toneKey)),
    ...ROWS.slice(0, 3).map((row) => h("div", { class: "keys" }, [...row].map((letter) => key(letter)))),
    h("div", { class: "keys" }, shift, [...ROWS[3]].map((letter) => key(letter)), erase),
    h("div", { class: "keys" }, mode,
      h("button", { type: "button", class: "key space", onclick: () => write((before) => `${before} `) }, text("space")),
      h("button", { type: "button", class: "key", onclick: () => write((before) => `${before}.`) }, "."),
      h("button", { type: "button", class: "key", onclick: () => write((before) => `${before}-`) }, "-")),
  ];
  return h("div", { class: "keyboard", role: "group", "aria-label": text("keyboard_label") }, rows);
}
