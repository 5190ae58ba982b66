// A question to the assistant: wait with a calm screen, then show what came back.
import { h, title } from "/kiosk/static/dom.js";
import { go } from "/kiosk/static/navigation.js";
import { post, visitNumber } from "/kiosk/static/server.js";
import { currentLanguage, text } from "/kiosk/static/texts.js";
import { answerScreen } from "/kiosk/static/screens/answer.js";
import { last4Screen, codeScreen } from "/kiosk/static/screens/dossier.js";
import { talkScreen } from "/kiosk/static/screens/talk.js";
import { troubleScreen } from "/kiosk/static/screens/message.js";

let latest = 0;

function waitingScreen() {
  return {
    name: "waiting",
    content: [h("div", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), title(text("thinking"))],
  };
}

export const turn = (words) => post("turn", { visit: visitNumber(), language: currentLanguage(), text: words });

// Asks and goes to the screen that fits the answer. "replace": the screen asked from is not gone back to.
export async function ask(words, { replace = false } = {}) {
  const mine = ++latest;
  go(waitingScreen, { replace });
  let answer;
  try {
    answer = await turn(words);
  } catch {
    if (mine === latest) go(() => troubleScreen(() => ask(words, { replace: true })), { replace: true });
    return;
  }
  if (mine === latest) go(screenFor(answer), { replace: true });
}

export function forgetAsked() { latest += 1; }

function screenFor(answer) {
  if (answer.expects === "last4") return () => last4Screen(answer);
  if (answer.expects === "dossier_code") return () => codeScreen();
  return answer.card ? () => answerScreen(answer) : () => talkScreen(answer);
}
