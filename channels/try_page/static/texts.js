// The page's own words. Answers always come from the assistant, in its language.
// Every language's texts, and its name: [{tag, name, texts}, ...].
const LANGUAGES = await (await fetch("/try/texts")).json();

let chosen = 0;
const listeners = [];

/** A text in the language of the page; `{marks}` are filled in. */
export function text(key, values = {}) {
  return LANGUAGES[chosen].texts[key].replace(/\{(\w+)\}/g, (_, mark) => values[mark]);
}

/** Call back now and whenever the language changes. */
export function whenLanguageChanges(listener) {
  listeners.push(listener);
  listener();
}

function following() { return (chosen + 1) % LANGUAGES.length; }

/** The language the page would switch to. */
export function otherLanguage() { return LANGUAGES[following()]; }

export function switchLanguage() {
  chosen = following();
  listeners.forEach((listener) => listener());
}

/** Write the texts of all elements that name one. */
export function writeTexts(root = document) {
  document.documentElement.lang = LANGUAGES[chosen].tag;
  document.title = text("document");
  root.querySelectorAll("[data-text]").forEach((node) => { node.textContent = text(node.dataset.text); });
  root.querySelectorAll("[data-label]").forEach((node) => { node.setAttribute("aria-label", text(node.dataset.label)); });
  root.querySelectorAll("[data-placeholder]").forEach((node) => { node.placeholder = text(node.dataset.placeholder); });
}
