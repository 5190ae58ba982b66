// The telephone: its number, its screen and its keys.
import { text, whenLanguageChanges } from "/try/static/texts.js";

const LETTERS = ["", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"];

/** Build the twelve keys; `press` gets the sign of the key. */
export function buildKeypad(root, press) {
  const signs = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
  const keys = signs.map((sign) => {
    const key = document.createElement("button");
    key.type = "button";
    key.className = "key";
    key.append(sign);
    const letters = document.createElement("small");
    letters.textContent = sign === "0" ? "+" : LETTERS[Number(sign) - 1] ?? "";
    key.append(letters);
    key.addEventListener("click", () => press(sign));
    root.append(key);
    return [sign, key];
  });
  whenLanguageChanges(() => keys.forEach(([sign, key]) => {
    key.setAttribute("aria-label", { "*": text("star"), "#": text("hash") }[sign] ?? text("key", { key: sign }));
  }));
}

/** The list of messages on the screen; it survives a reload of the tab. */
export class Screen {
  #list;
  #kept;

  constructor(list) {
    this.#list = list;
    this.#kept = JSON.parse(sessionStorage.getItem("messages") ?? "[]");
    whenLanguageChanges(() => this.#redraw());
  }

  /** Show a message: `kind` is sent, received or failed; `cost` is what the server counted. */
  show(kind, words, cost = null) {
    this.#kept.push({ kind, words, cost });
    sessionStorage.setItem("messages", JSON.stringify(this.#kept.slice(-60)));
    this.#draw({ kind, words, cost });
  }

  /** Show that an answer is on its way; returns what ends it. */
  wait() {
    const dots = document.createElement("div");
    dots.className = "typing";
    dots.setAttribute("role", "img");
    dots.setAttribute("aria-label", text("waiting"));
    for (let index = 0; index < 3; index += 1) dots.append(document.createElement("i"));
    this.#list.append(dots);
    this.#list.scrollTop = this.#list.scrollHeight;
    return () => dots.remove();
  }

  clear() {
    this.#kept = [];
    sessionStorage.removeItem("messages");
    this.#list.replaceChildren();
  }

  #redraw() {
    this.#list.replaceChildren();
    this.#kept.forEach((message) => this.#draw(message));
  }

  #draw({ kind, words, cost }) {
    const message = document.createElement("div");
    message.className = `message ${kind}`;
    const bubble = document.createElement("p");
    bubble.className = "bubble";
    bubble.textContent = kind === "failed" ? text("failed") : words ?? text("silent");
    message.append(bubble);
    if (cost) {
      const price = document.createElement("p");
      price.className = "cost";
      price.textContent = text("cost", cost);
      message.append(price);
    }
    this.#list.append(message);
    // A long answer is read from its beginning.
    this.#list.scrollTop = message.offsetTop - this.#list.offsetTop - 8;
  }
}

/** This tab's made-up number. */
export function ownNumber() {
  return sessionStorage.getItem("number") ?? newNumber();
}

export function newNumber() {
  const last = String(Math.floor(Math.random() * 999)).padStart(3, "0");
  const number = `+84900000${last}`;
  sessionStorage.setItem("number", number);
  return number;
}

/** `+84900000123` as people write it: `090 0000 123`. */
export function written(number) {
  return `0${number.slice(3, 5)} ${number.slice(5, 9)} ${number.slice(9)}`;
}
