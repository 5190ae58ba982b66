// The words of the page, in the language of this visit.
let all = {};
let language = document.documentElement.lang;

export function setTexts(texts) { all = texts; }
export function currentLanguage() { return language; }

export function useLanguage(tag) {
  language = tag;
  document.documentElement.lang = tag;
}

export function text(key, values = {}) {
  const found = all[language][key];
  return found.replace(/\{(\w+)\}/g, (mark, name) => (name in values ? values[name] : mark));
}

// A text of the server's that may be spoken: {text, token}.
export function spoken(key) { return all[language][key]; }
