// Vietnamese as it is typed: one key after the other, marks by Telex keys or by keys of their own.
const TONES = { s: "\u0301", f: "\u0300", r: "\u0309", x: "\u0303", j: "\u0323" };
const CIRCUMFLEX = "\u0302", BREVE = "\u0306", HORN = "\u031b";
const SHAPES = /[\u0302\u0306\u031b]/;
const ANY_TONE = /[\u0300\u0301\u0303\u0309\u0323]/g;
const VOWEL = /[aeiouyAEIOUY]/;
const LAST_WORD = /[\p{L}\p{M}]*$/u;

// A word as letters with their shape mark, and its tone apart.
function taken(word) {
  const decomposed = word.normalize("NFD");
  const tone = (decomposed.match(ANY_TONE) ?? [""])[0];
  const letters = decomposed.replace(ANY_TONE, "").normalize("NFC").match(/./gu) ?? [];
  return { letters, tone };
}

const bare = (letter) => letter.normalize("NFD").charAt(0);
const shaped = (letter) => SHAPES.test(letter.normalize("NFD"));
const withMark = (letter, mark) => (bare(letter) + mark).normalize("NFC");

// The run of vowels that carries the tone: [start, end), without the u of "qu" and the i of "gia".
function vowels(letters) {
  let start = letters.findIndex((letter) => VOWEL.test(bare(letter)));
  if (start < 0) return null;
  let end = start;
  while (end < letters.length && VOWEL.test(bare(letters[end]))) end += 1;
  const lead = letters.slice(0, start).join("").toLowerCase();
  const first = letters[start].toLowerCase();
  if (end - start > 1 && ((lead === "q" && first === "u") || (lead === "g" && first === "i"))) start += 1;
  return [start, end];
}

// Where the tone stands: on a letter with a mark, else before the last of an open run, else on its last letter.
function tonePlace(letters) {
  const run = vowels(letters);
  if (!run) return -1;
  const [start, end] = run;
  for (let at = end - 1; at >= start; at -= 1) if (shaped(letters[at])) return at;
  if (end - start === 1) return start;
  if (end - start >= 3) return start + 1;
  return end < letters.length ? end - 1 : start;
}

function put({ letters, tone }) {
  const at = tone ? tonePlace(letters) : -1;
  return letters.map((letter, index) => (index === at ? (letter.normalize("NFD") + tone).normalize("NFC") : letter))
    .join("").normalize("NFC");
}

export function setTone(text, tone) {
  const word = text.match(LAST_WORD)[0];
  const parts = taken(word);
  if (tonePlace(parts.letters) < 0) return text;
  return text.slice(0, text.length - word.length) + put({ ...parts, tone: parts.tone === tone ? "" : tone });
}

export function typeLetter(text, letter) {
  const word = text.match(LAST_WORD)[0];
  const { letters, tone } = taken(word);
  return text.slice(0, text.length - word.length) + put({ letters: [...letters, letter], tone });
}

function marked(letters, key) {
  const last = letters.at(-1);
  const low = last?.toLowerCase();
  if (key === "d") {
    if (low === "d") return [...letters.slice(0, -1), last === "D" ? "Đ" : "đ"];
    if (low === "đ") return [...letters.slice(0, -1), last === "Đ" ? "D" : "d", key];
  }
  if ("aeo".includes(key) && last) {
    if (low === key) return [...letters.slice(0, -1), withMark(last, CIRCUMFLEX)];
    if (low === withMark(key, CIRCUMFLEX)) return [...letters.slice(0, -1), bare(last), key];
  }
  return key === "w" ? horned(letters) : null;
}

function horned(letters) {
  const run = vowels(letters);
  if (!run) return [...letters, "ư"];
  const [start, end] = run;
  const changed = [...letters];
  const names = letters.map((letter) => letter.toLowerCase());
  for (let at = start; at < end; at += 1) {
    if (names[at] === "ư" && names[at + 1] === "o") {
      changed[at + 1] = withMark(letters[at + 1], HORN);
      return changed;
    }
    if ("ươă".includes(names[at])) return [...letters.map((one, index) => (index >= start ? bare(one) : one)), "w"];
    if (names[at] === "u" && names[at + 1] === "o") {
      changed[at] = withMark(letters[at], HORN);
      changed[at + 1] = withMark(letters[at + 1], HORN);
      return changed;
    }
  }
  for (let at = end - 1; at >= start; at -= 1) {
    // In "ua" the horn belongs to the u: mưa, chưa.
    if (names[at] === "a" && names[at - 1] === "u" && at - 1 >= start) continue;
    if (names[at] === "a") { changed[at] = withMark(letters[at], BREVE); return changed; }
    if (names[at] === "u" || names[at] === "o") { changed[at] = withMark(letters[at], HORN); return changed; }
  }
  return [...letters, "w"];
}

// One key of a Telex keyboard; a second press of the same mark takes it back.
export function telex(text, key) {
  const word = text.match(LAST_WORD)[0];
  const before = text.slice(0, text.length - word.length);
  const parts = taken(word);
  const small = key.toLowerCase();
  if (small in TONES && tonePlace(parts.letters) >= 0) {
    if (parts.tone === TONES[small]) return before + put({ letters: [...parts.letters, key], tone: "" });
    return before + put({ ...parts, tone: TONES[small] });
  }
  if (small === "z" && parts.tone) return before + put({ ...parts, tone: "" });
  const letters = marked(parts.letters, small);
  return letters ? before + put({ letters, tone: parts.tone }) : typeLetter(text, key);
}

export const TONE_KEYS = [
  ["\u0300", "huyền"], ["\u0301", "sắc"], ["\u0309", "hỏi"], ["\u0303", "ngã"], ["\u0323", "nặng"],
];
