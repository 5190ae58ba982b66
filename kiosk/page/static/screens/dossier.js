// How far a dossier is: its code, then four digits, or those of a one-time code, which stay hidden.
import { abilities } from "/kiosk/static/capabilities.js";
import { ask, turn } from "/kiosk/static/asking.js";
import { button, counted, h, title } from "/kiosk/static/dom.js";
import { back, go } from "/kiosk/static/navigation.js";
import { pad } from "/kiosk/static/number_pad.js";
import { newKey, post, visitNumber } from "/kiosk/static/server.js";
import { currentLanguage, spoken, text } from "/kiosk/static/texts.js";
import { messageScreen, toHome, troubleScreen } from "/kiosk/static/screens/message.js";
import { phoneScreen } from "/kiosk/static/screens/phone.js";
import { talkScreen } from "/kiosk/static/screens/talk.js";
import { ticketButton } from "/kiosk/static/screens/ticket.js";

// "step": [which, of how many], so that nobody fears a form without an end.
export function padScreen({ name, heading, lead, say, keys, act, complete, instead = false, step = null }) {
  const next = button(text("next"), () => act(), { icon: "next", kind: "main huge" });
  const digits = pad({ ...keys, changed: (entered) => { next.disabled = !complete(entered); act.value = entered; } });
  const typed = (event) => {
    if (event.key === "Enter" && event.target.tagName !== "BUTTON" && !next.disabled) act();
    else if (!document.querySelector("dialog[open]")) digits.typed(event);
  };
  return {
    name: `pad-screen ${name}`, say,
    content: [
      h("div", { class: "asked" }, step && counted(step), title(heading), h("p", { class: "lead" }, lead), digits.shown, instead),
      h("div", { class: "answering" }, digits.keys, next),
    ],
    shown: () => { document.addEventListener("keydown", typed); digits.start(); },
    leave: () => document.removeEventListener("keydown", typed),
  };
}

export function codeScreen({ value = "H" } = {}) {
  const act = () => lookUp(act.value);
  return padScreen({
    name: "code", step: [1, 2], heading: text("code_title"), lead: text("code_lead"), say: [spoken("say_code")],
    keys: { longest: 32, code: true, value }, act, complete: (entered) => entered.replace(/\D/g, "").length >= 9,
    instead: ticketButton(),
  });
}

// Asked already now, so that a code typed wrong is seen before the digits are; it is no dead end.
const lookUp = (code) => ask({ wish: { do: "dossier", code } });

export function last4Screen(answer) {
  const act = () => check(act.value, answer.dossier);
  const lines = answer.replies.at(-1).lines;
  return padScreen({
    name: "last4", step: [2, 2], heading: text("last4_title"), lead: lines.length > 1 ? lines.join(" ") : text("last4_lead"),
    say: [answer.speech], keys: { longest: 4, hidden: true }, act, complete: (entered) => entered.length === 4,
    instead: abilities.textsOut && sendButton(answer.dossier),
  });
}

export function oneTimeScreen(answer) {
  const act = () => check(act.value, answer.dossier);
  return padScreen({
    name: "one-time", step: [2, 2], heading: text("one_time_title"), lead: answer.replies.at(-1).lines.join(" "),
    say: [answer.speech], keys: { longest: 6, hidden: true }, act, complete: (entered) => entered.length === 6,
  });
}

// To the number in the dossier, whoever's it is: the answer is the same where there is none.
const sendButton = (code) => button(text("send_code"), () => ask({ wish: { do: "dossier", send_code: true, ...(code && { code }) } }), { icon: "phone", kind: "way" });

async function check(digits, code) {
  let answer;
  try {
    answer = await turn({ wish: { do: "dossier", last4: digits, ...(code && { code }) } });
  } catch {
    go(() => troubleScreen(() => check(digits, code)), { replace: true });
    return;
  }
  if (answer.replies.at(-1)?.kind === "ask_detail" || answer.expects === "last4") {
    const again = answer.expects === "one_time_code"
      ? button(text("try_one_time"), back, { icon: "retry", kind: "main huge" })
      : button(text("try_last4"), () => go(() => last4Screen({ ...answer, dossier: code })), { icon: "retry", kind: "main huge" });
    go(() => messageScreen({
      words: answer.replies.at(-1).lines[0], say: [answer.speech],
      extra: [h("p", { class: "lead" }, answer.replies.at(-1).lines.slice(1).join(" "))],
      actions: [again, abilities.textsOut && sendButton(code),
        button(text("try_code"), () => go(() => codeScreen()), { icon: "dossier", kind: "huge" }), toHome("home")].filter(Boolean),
    }));
    return;
  }
  const last = answer.replies.at(-1);
  const later = last?.later && code && abilities.looksUpLater;
  go(() => talkScreen(answer, later ? [laterButton(code, digits)] : []), { replace: true });
}

// Without a line: the centre looks it up when it hears of it, and answers by text message.
function laterButton(code, digits) {
  const act = (number) => keep(newKey(), { code, last4: digits, number });
  return button(text("later"), () => go(() => phoneScreen({ forText: true, lead: text("later_lead"), act })),
    { icon: "phone", kind: "way main" });
}

async function keep(key, wish) {
  try {
    await post("look-up-later", { visit: visitNumber(), key, language: currentLanguage(), ...wish });
  } catch {
    go(() => troubleScreen(() => keep(key, wish)), { replace: true });
    return;
  }
  go(() => messageScreen({ words: text("later_kept"), say: [spoken("say_later_kept")], actions: [toHome()] }), { replace: true });
}
