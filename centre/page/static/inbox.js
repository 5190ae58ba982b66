// News of tickets without reloading, and the inbox by keys alone. Without this file every page still works.

const news = document.querySelector("#news");
const sound = document.querySelector("[data-sound]");
const ring = sound?.querySelector("input");
const KEPT = "motcua.centre.sound";
let seen = null;

if (sound) {
  sound.hidden = false;
  ring.checked = localStorage.getItem(KEPT) === "yes";
  ring.addEventListener("change", () => localStorage.setItem(KEPT, ring.checked ? "yes" : "no"));
}

/** Two short notes; a browser that has not been touched yet stays silent. */
function chime() {
  const audio = new AudioContext();
  for (const [pitch, begin] of [[660, 0], [880, .18]]) {
    const tone = audio.createOscillator();
    const level = audio.createGain();
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(.15, audio.currentTime + begin);
    level.gain.exponentialRampToValueAtTime(.001, audio.currentTime + begin + .4);
    tone.connect(level).connect(audio.destination);
    tone.start(audio.currentTime + begin);
    tone.stop(audio.currentTime + begin + .4);
  }
  setTimeout(() => audio.close(), 1000);
}

if (news) {
  // The answer ends at once and the browser asks again: no thread of the server waits for it.
  new EventSource(news.dataset.events).addEventListener("tickets", (event) => {
    const now = JSON.parse(event.data);
    if (seen && (now.changed !== seen.changed || now.open !== seen.open)) {
      news.textContent = news.dataset.said;
      document.body.dispatchEvent(new CustomEvent("news"));
      if (now.open > seen.open && ring?.checked) chime();
    }
    seen = now;
  });
}

const links = () => [...document.querySelectorAll("#list tbody a")];
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector("input[name=q]")?.focus();
    return;
  }
  const step = { j: 1, k: -1 }[event.key];
  const all = links();
  if (!step || !all.length) return;
  const at = all.indexOf(document.activeElement);
  all[Math.min(all.length - 1, Math.max(0, at + step))].focus();
});
