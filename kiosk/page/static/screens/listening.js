// The microphone listens: how loud it is and what is understood is seen at once; then it is shown and can be corrected.
import { ask } from "/kiosk/static/asking.js";
import { button, h, sign, title } from "/kiosk/static/dom.js";
import { Utterance } from "/kiosk/static/microphone.js";
import { go } from "/kiosk/static/navigation.js";
import { preferences } from "/kiosk/static/preferences.js";
import { spoken, text } from "/kiosk/static/texts.js";
import { messageScreen, toHome } from "/kiosk/static/screens/message.js";
import { searchScreen } from "/kiosk/static/screens/search.js";

let listening = false;
export const isListening = () => listening;

// "answers" goes with a question of the assistant's: then nothing is looked up while it is corrected.
export function listeningScreen({ answers = false } = {}) {
  const byHand = preferences.hold === "on";
  const words = h("p", { class: "heard", "aria-live": "polite" });
  // To be held it is the button; else the one below it is, and this shows how loud it is.
  const disc = byHand
    ? h("button", { type: "button", class: "disc listening", "aria-label": text("listening_hold") }, sign("mic"))
    : h("div", { class: "disc listening", "aria-hidden": "true" }, sign("mic"));
  let utterance = null;

  function tell(news) {
    if (news.type === "level") disc.style.setProperty("--level", news.level.toFixed(2));
    else if (news.type === "partial") words.textContent = news.text;
    else if (news.type === "final") { listening = false; go(() => heardScreen(news, { answers }), { replace: true }); }
    else if (news.type === "nothing") { listening = false; go(() => nothingScreen(news, { answers }), { replace: true }); }
    else if (news.type === "failed") { listening = false; go(deafScreen, { replace: true }); }
  }

  function begin() {
    if (utterance) return;
    listening = true;
    utterance = new Utterance(tell, { byHand });
    utterance.start();
    disc.classList.add("on");
  }
  const stop = () => utterance?.stop();

  if (byHand) {
    disc.addEventListener("pointerdown", begin);
    ["pointerup", "pointercancel", "pointerleave"].forEach((name) => disc.addEventListener(name, stop));
    disc.addEventListener("keydown", (event) => { if ("Enter ".includes(event.key) && !event.repeat) begin(); });
    disc.addEventListener("keyup", (event) => { if ("Enter ".includes(event.key)) stop(); });
  } else {
    disc.addEventListener("click", stop);
  }
  return {
    name: "listening-screen",
    content: [
      title(text(byHand ? "listening_hold" : "listening")),
      h("p", { class: "lead" }, text("listening_lead")),
      words, disc,
      !byHand && button(text("listening_stop"), stop, { icon: "done", kind: "main huge" }),
    ],
    shown: () => { if (!byHand) begin(); },
    leave: () => { listening = false; utterance?.cancel(); },
  };
}

function heardScreen({ text: heard, loud }, { answers }) {
  const again = () => go(() => listeningScreen({ answers }), { replace: true });
  return {
    name: "heard-screen",
    say: [spoken("say_heard")],
    content: [
      title(text("heard_title")),
      h("p", { class: "heard final" }, heard),
      loud && h("p", { class: "lead" }, text("loud")),
      h("div", { class: "stack" },
        button(text("heard_right"), () => ask({ text: heard }, { replace: true }), { icon: "done", kind: "main huge" }),
        button(text("heard_edit"), () => go(() => searchScreen({ value: heard, suggests: !answers }), { replace: true }),
          { icon: "keyboard", kind: "huge" }),
        button(text("heard_again"), again, { icon: "mic", kind: "huge" })),
    ],
  };
}

function nothingScreen({ loud }, { answers }) {
  return messageScreen({
    words: text(loud ? "too_loud" : "nothing_heard"), say: [spoken(loud ? "say_too_loud" : "say_nothing_heard")],
    actions: [
      button(text("heard_again"), () => go(() => listeningScreen({ answers }), { replace: true }), { icon: "mic", kind: "main huge" }),
      button(text("type"), () => go(() => searchScreen({ suggests: !answers }), { replace: true }), { icon: "keyboard", kind: "huge" }),
    ],
  });
}

function deafScreen() {
  return messageScreen({
    words: text("no_microphone"), say: [spoken("say_no_microphone")],
    actions: [button(text("type"), () => go(() => searchScreen(), { replace: true }), { icon: "keyboard", kind: "main huge" }),
      toHome("home")],
  });
}
