// Starts the page: what this box can do, the bar at the bottom, the first screen, and the end of every visit.
import { button, title } from "/kiosk/static/dom.js";
import { forgetAsked, isAsking } from "/kiosk/static/asking.js";
import { noteNewScreen, setUpDebounce } from "/kiosk/static/debounce.js";
import { drawHall, setUpHall } from "/kiosk/static/hall.js";
import { Idle } from "/kiosk/static/idle.js";
import { abilities, setAbilities } from "/kiosk/static/capabilities.js";
import { back, depth, go, home, leaveScreen, setUpNavigation } from "/kiosk/static/navigation.js";
import { preferences, USUAL, prefer } from "/kiosk/static/preferences.js";
import { lockExits } from "/kiosk/static/lockdown.js";
import { setUpScanning } from "/kiosk/static/scanning.js";
import { endVisit, get, hasVisit, pause, whenThere } from "/kiosk/static/server.js";
import { setTexts, text, currentLanguage } from "/kiosk/static/texts.js";
import { canSpeak, forgetSpoken, isSpeaking, sayAgain, setUpVoice, silence } from "/kiosk/static/voice.js";
import { homeScreen } from "/kiosk/static/screens/home.js";
import { isListening } from "/kiosk/static/screens/listening.js";
import { isWatching } from "/kiosk/static/screens/sign_video.js";
import { settingsScreen } from "/kiosk/static/screens/settings.js";

const RETRY = 1_000;
const bar = document.getElementById("bar");
let shown = null;
let isLeaving = false;

const isInUse = () => !isLeaving && (hasVisit() || depth() > 1 || currentLanguage() !== abilities.languages[0].tag
  || Object.keys(USUAL).some((name) => preferences[name] !== USUAL[name]));

function drawBar() {
  const again = isSpeaking()
    ? button(text("silence"), silence, { icon: "silence" })
    : button(text("again"), sayAgain, { icon: "again" });
  const focused = document.activeElement?.dataset?.bar;
  const buttons = [
    depth() > 1 && button(text("back"), back, { icon: "back", "data-bar": "back" }),
    depth() > 2 && button(text("home"), () => home(homeScreen), { icon: "house", "data-bar": "home" }),
    canSpeak() && !isListening() && again,
    shown !== "settings" && button(text("settings"), () => go(settingsScreen), { icon: "settings", "data-bar": "settings" }),
    isInUse() && button(text("done"), () => finish(), { icon: "done", kind: "finish", "data-bar": "done" }),
  ].filter(Boolean);
  again.dataset.bar = "again";
  bar.replaceChildren(...buttons);
  if (focused) bar.querySelector(`[data-bar="${focused}"]`)?.focus();
}

// Erases everything: at the server, in this page, and this page itself, which is loaded afresh.
async function finish() {
  if (isLeaving) return;
  isLeaving = true;
  forgetAsked();
  leaveScreen(title(text("bye")));
  forgetSpoken();
  bar.replaceChildren();
  await endVisit();
  await whenThere();
  location.replace("/kiosk");
}

async function start() {
  document.documentElement.dataset.begun = "yes";
  let setup;
  while (!(setup = await get("setup").catch(() => null))) await pause(RETRY);
  setTexts(setup.texts);
  setAbilities(setup);
  setUpVoice(setup.speaks, drawBar);
  setUpScanning();
  setUpDebounce();
  Object.entries(USUAL).forEach(([name, value]) => prefer(name, value));
  setUpNavigation((screen) => { shown = screen.name; noteNewScreen(); drawBar(); drawHall(); });
  setUpHall(isInUse);
  home(homeScreen);
  new Idle({
    idleSeconds: abilities.idleSeconds, warningSeconds: abilities.warningSeconds,
    isBusy: () => isSpeaking() || isListening() || isAsking() || isWatching(), isInUse, over: finish,
  });
  // Somebody who begins to touch a silent start screen is told what to do; browsers allow sound from then on.
  document.documentElement.dataset.ready = "yes";
}

window.addEventListener("pagehide", () => { endVisit(); });
// A page kept by the browser for "back" would show the last visitor's answer.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
lockExits();
start();
