// Reading aloud: one text at a time, stopped by the next one.
import { postForSound } from "/kiosk/static/server.js";
import { preferences } from "/kiosk/static/preferences.js";
import { currentLanguage } from "/kiosk/static/texts.js";

const VOLUMES = { off: 0, low: 0.35, normal: 0.7, loud: 1 };
const caption = document.getElementById("caption");
const SPEEDS = { slow: 0.8, normal: 1, fast: 1.25 };
let speaks = false;
let last = [];
let playing = null;
let whenChanged = () => {};

export function setUpVoice(canSpeak, onChange) {
  speaks = canSpeak;
  whenChanged = onChange;
}
export const canSpeak = () => speaks;
export const isSpeaking = () => playing !== null;

export function silence() {
  if (!playing) return;
  playing.stop.abort();
  playing.sound?.pause();
  if (playing.address) URL.revokeObjectURL(playing.address);
  playing = null;
  showCaption("");
  whenChanged();
}

// Large and live, for whoever hears little: what is being said, and nothing else.
function showCaption(words) {
  caption.textContent = preferences.captions === "on" ? words : "";
  caption.hidden = caption.textContent === "";
}

export function forgetSpoken() {
  silence();
  last = [];
}

export const sayAgain = () => say(...last);

// Texts are {text, token} as the server signed them.
export async function say(...texts) {
  silence();
  last = texts;
  if (!speaks || texts.length === 0 || preferences.volume === "off") return;
  const mine = { stop: new AbortController(), sound: null, address: null };
  playing = mine;
  whenChanged();
  try {
    for (const { text, token } of texts) {
      if (!text) continue;
      const wish = { text, token, language: currentLanguage(), speed: SPEEDS[preferences.speed] };
      const fetched = (part) => postForSound("speech", { ...wish, part }, mine.stop.signal);
      let next = fetched(0);
      for (let part = 0, parts = 1; part < parts; part += 1) {
        const found = await next;
        parts = found.parts;
        // The next part is on its way while this one is heard.
        if (part + 1 < parts) { next = fetched(part + 1); next.catch(() => {}); }
        if (playing !== mine) return;
        showCaption(found.words);
        if (found.sound.size) await played(mine, found.sound);
        if (playing !== mine) return;
      }
    }
  } catch {
    // A silent kiosk still shows everything.
  }
  if (playing === mine) silence();
}

function played(mine, sound) {
  return new Promise((resolve) => {
    mine.address = URL.createObjectURL(sound);
    mine.sound = new Audio(mine.address);
    mine.sound.volume = VOLUMES[preferences.volume];
    mine.sound.addEventListener("ended", resolve);
    mine.sound.addEventListener("error", resolve);
    mine.stop.signal.addEventListener("abort", resolve);
    mine.sound.play().catch(resolve);
  }).finally(() => {
    URL.revokeObjectURL(mine.address);
    mine.address = null;
  });
}
