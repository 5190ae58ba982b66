// An answer to take home: on paper, as a file, as a text message.
import { abilities } from "/kiosk/static/abilities.js";
import { announce, button } from "/kiosk/static/dom.js";
import { go } from "/kiosk/static/navigation.js";
import { newKey, post, postForAnything, visitNumber } from "/kiosk/static/server.js";
import { currentLanguage, spoken, text } from "/kiosk/static/texts.js";
import { say } from "/kiosk/static/voice.js";
import { messageScreen, toHome } from "/kiosk/static/screens/message.js";
import { phoneScreen } from "/kiosk/static/screens/phone.js";

const PRINTING_MILLISECONDS = 60_000;

// "what" is {code} of a procedure, or a text of the server's: {text, token}.
export function takingHome(what) {
  const wanted = () => ({ language: currentLanguage(), ...what });
  const paper = button(text(abilities.prints ? "print" : "pdf"), () => print(paper, wanted()), { icon: "print", kind: "way" });
  return [
    paper,
    abilities.textsOut && button(text("text_me"), () => go(() => phoneScreen({
      forText: true, act: (number) => textMessage(newKey(), number, wanted()),
    })), { icon: "phone", kind: "way" }),
  ].filter(Boolean);
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
    const response = await postForAnything("print", { visit: visitNumber(), document: wanted }, PRINTING_MILLISECONDS);
    if (abilities.prints) {
      label(paper, text("printed"));
      say(spoken("say_printed"));
    } else {
      download(await response.blob());
      label(paper, text("pdf_ready"));
    }
  } catch {
    label(paper, abilities.textsOut ? text("print_failed") : spoken("say_print_failed").text);
    say(spoken("say_print_failed"));
  }
  paper.removeAttribute("aria-disabled");
}

function download(file) {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = "mot-cua.pdf";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
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
