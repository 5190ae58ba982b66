// How far a dossier is: its code, then four digits, which stay hidden.
import { ask, turn } from "/kiosk/static/asking.js";
import { button, h, title } from "/kiosk/static/dom.js";
import { back, go } from "/kiosk/static/navigation.js";
import { pad } from "/kiosk/static/pad.js";
import { spoken, text } from "/kiosk/static/texts.js";
import { messageScreen, toHome, troubleScreen } from "/kiosk/static/screens/message.js";
import { talkScreen } from "/kiosk/static/screens/talk.js";

export function padScreen({ name, heading, lead, say, keys, act, complete }) {
  const next = button(text("next"), () => act(), { icon: "next", kind: "main huge" });
  const digits = pad({ ...keys, changed: (entered) => { next.disabled = !complete(entered); act.value = entered; } });
  const typed = (event) => {
    if (event.key === "Enter" && event.target.tagName !== "BUTTON" && !next.disabled) act();
    else if (!document.querySelector("dialog[open]")) digits.typed(event);
  };
  return {
    name: `pad-screen ${name}`, say,
    content: [
      h("div", { class: "asked" }, title(heading), h("p", { class: "lead" }, lead), digits.shown),
      h("div", { class: "answering" }, digits.keys, next),
    ],
    shown: () => { document.addEventListener("keydown", typed); digits.start(); },
    leave: () => document.removeEventListener("keydown", typed),
  };
}

export function codeScreen({ value = "H" } = {}) {
  const act = () => look(act.value);
  return padScreen({
    name: "code", heading: text("code_title"), lead: text("code_lead"), say: [spoken("say_code")],
    keys: { longest: 32, code: true, value }, act, complete: (entered) => entered.replace(/\D/g, "").length >= 9,
  });
}

// The look-up begins anew each time, so that a code typed wrong is no dead end.
async function look(code) {
  try {
    await turn("xem hồ sơ");
  } catch {
    go(() => troubleScreen(() => look(code)));
    return;
  }
  ask(code);
}

export function last4Screen(answer) {
  const act = () => check(act.value);
  const lines = answer.replies.at(-1).lines;
  return padScreen({
    name: "last4", heading: text("last4_title"), lead: lines.length > 1 ? lines.join(" ") : text("last4_lead"),
    say: [answer.speech], keys: { longest: 4, hidden: true }, act, complete: (entered) => entered.length === 4,
  });
}

async function check(digits) {
  let answer;
  try {
    answer = await turn(digits);
  } catch {
    go(() => troubleScreen(() => check(digits)), { replace: true });
    return;
  }
  if (answer.replies.at(-1)?.kind === "ask_detail" || answer.expects === "last4") {
    go(() => messageScreen({
      words: answer.replies.at(-1).lines[0], say: [answer.speech],
      extra: [h("p", { class: "lead" }, answer.replies.at(-1).lines.slice(1).join(" "))],
      actions: [button(text("try_last4"), back, { icon: "again", kind: "main huge" }),
        button(text("try_code"), () => go(() => codeScreen()), { icon: "dossier", kind: "huge" }), toHome("home")],
    }));
    return;
  }
  go(() => talkScreen(answer), { replace: true });
}
