// Wires the page: what is typed or tapped goes to the server, what comes back is shown.
import { CallView } from "/try/static/calls/view.js";
import { showKiosk } from "/try/static/kiosk.js";
import { Screen, buildKeypad, newNumber, ownNumber, written } from "/try/static/phone.js";
import { showDossiers, showQuestions } from "/try/static/samples.js";
import { counterFor } from "/try/static/segments.js";
import { otherLanguage, switchLanguage, text, whenLanguageChanges, writeTexts } from "/try/static/texts.js";

const byId = (id) => document.getElementById(id);
const draft = byId("draft");
const screen = new Screen(byId("messages"));
let count = null;
let sending = false;

function showCounter() {
  byId("counter").textContent = count && draft.value ? text("counter", count(draft.value)) : "";
}

/** Texts wait while one is on its way, and while the telephone calls. */
function showBusy() {
  byId("send").disabled = isBusy();
  document.querySelectorAll(".chip:not(.when-calling)").forEach((chip) => { chip.disabled = isBusy(); });
}

function isBusy() {
  return sending || calls.isShown;
}

async function send(words) {
  if (isBusy()) return;
  sending = true;
  showBusy();
  screen.show("sent", words, count?.(words));
  const answered = screen.wait();
  try {
    const response = await fetch("/try/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ from: ownNumber(), text: words }),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const { messages } = await response.json();
    answered();
    if (messages.length === 0) screen.show("received", null);
    messages.forEach((message) => screen.show("received", message.text, message));
  } catch {
    answered();
    screen.show("failed", null);
  } finally {
    sending = false;
    showBusy();
  }
}

function sendDraft() {
  const words = draft.value.trim();
  if (!words || isBusy()) return;
  draft.value = "";
  showCounter();
  send(words);
}

function type(signs) {
  draft.setRangeText(signs, draft.selectionStart, draft.selectionEnd, "end");
  showCounter();
}

function eraseOne() {
  if (draft.selectionStart === draft.selectionEnd && draft.selectionStart > 0) draft.selectionStart -= 1;
  type("");
}

function showNumber() {
  byId("number").textContent = written(ownNumber());
}

function showClock() {
  const now = new Date();
  byId("clock").textContent = now.toTimeString().slice(0, 5);
  setTimeout(showClock, 60_000 - (now % 60_000));
}

byId("composer").addEventListener("submit", (event) => { event.preventDefault(); sendDraft(); });
draft.addEventListener("keydown", (event) => {
  // Enter chooses a word while an input method is composing Vietnamese.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  sendDraft();
});
draft.addEventListener("input", showCounter);
byId("erase").addEventListener("click", eraseOne);
byId("language").addEventListener("click", switchLanguage);
byId("renew").addEventListener("click", () => {
  newNumber();
  screen.clear();
  showNumber();
  byId("notice").textContent = text("renewed", { number: written(ownNumber()) });
  draft.focus();
});

const calls = new CallView(() => {
  showBusy();
  byId("renew").disabled = calls.isCalling;
});
buildKeypad(byId("keypad"), (sign) => (calls.isCalling ? calls.press(sign) : type(sign)));
showNumber();
showClock();
whenLanguageChanges(() => {
  writeTexts();
  byId("language").textContent = otherLanguage().name;
  byId("language").lang = otherLanguage().tag;
  showCounter();
});
const setup = await (await fetch("/try/setup")).json();
showQuestions(byId("samples"), setup.questions, send);
count = counterFor(setup.alphabet);
showCounter();
if (setup.kiosk) showKiosk(byId("kiosk"), byId("kiosk-open"));
if (setup.dossiers) showDossiers(byId("dossiers"), byId("dossier-list"), send, (keys) => calls.pressAll(keys));
