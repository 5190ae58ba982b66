// An answer to take home: on paper, or as a text message.
import { abilities } from "/kiosk/static/capabilities.js";
import { announce, button } from "/kiosk/static/dom.js";
import { go } from "/kiosk/static/navigation.js";
import { newKey, post, visitNumber } from "/kiosk/static/server.js";
import { currentLanguage, spoken, text } from "/kiosk/static/texts.js";
import { say } from "/kiosk/static/voice.js";
import { messageScreen, toHome } from "/kiosk/static/screens/message.js";
import { phoneScreen } from "/kiosk/static/screens/phone.js";

const PRINTING_MILLISECONDS = 60_000;

// "what" is {code} of a procedure, or a text of the server's: {text, token}.
export function takingHome(what) {
  const wanted = () => ({ language: currentLanguage(), ...what });
  const paper = button(text("print"), () => print(paper, wanted()), { icon: "print", kind: "way" });
  return [
    abilities.prints && paper,
    abilities.textsOut && button(text("text_me"), () => go(() => phoneScreen({
      forText: true, act: (number) => textMessage(newKey(), number, wanted()),
    })), { icon: "phone", kind: "way" }),
  ].filter(Boolean);
}

// What is kept about a number is shown to, and erased for, whoever answers from it by text message.
export function ownData() {
  return abilities.textsOut && button(text("own_data"), () => go(() => phoneScreen({
    forText: true, lead: text("own_data_lead"),
    act: (number) => textMessage(newKey(), number, { language: currentLanguage(), own_data: true }),
  })), { icon: "phone", kind: "way" });
}

function label(paper, words) {
  paper.querySelector("span").textContent = words;
  announce(words);
}

async function print(paper, wanted) {
  if (paper.ariaDisabled === "true") return;
  paper.setAttribute("aria-disabled", "true");
  label(paper, text("printing"));
  try {
    await post("print", { visit: visitNumber(), document: wanted }, PRINTING_MILLISECONDS);
    label(paper, text("printed"));
    say(spoken("say_printed"));
  } catch {
    label(paper, abilities.textsOut ? text("print_failed") : spoken("say_print_failed").text);
    say(spoken("say_print_failed"));
  }
  paper.removeAttribute("aria-disabled");
}

async function textMessage(key, number, wanted) {
  let sent = true;
  try {
    await post("text-message", { visit: visitNumber(), key, number, document: wanted });
  } catch {
    sent = false;
  }
  go(() => messageScreen({
    words: text(sent ? "text_sent" : "text_failed"), say: [spoken(sent ? "say_text_sent" : "say_text_failed")],
    actions: [toHome()],
  }), { replace: true });
}
