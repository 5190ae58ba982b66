// A question to the assistant: wait with a calm screen, then show what came back.
import { h, title } from "/kiosk/static/dom.js";
import { go } from "/kiosk/static/navigation.js";
import { forgetVisit, isStarting, pause, post, visitNumber } from "/kiosk/static/server.js";
import { currentLanguage, text } from "/kiosk/static/texts.js";
import { answerScreen } from "/kiosk/static/screens/answer.js";
import { last4Screen, codeScreen, oneTimeScreen } from "/kiosk/static/screens/dossier.js";
import { registryProofScreen } from "/kiosk/static/screens/registry.js";
import { talkScreen } from "/kiosk/static/screens/talk.js";
import { troubleScreen } from "/kiosk/static/screens/message.js";

// A box that is switched on, or a part of it that died, needs no longer.
const PATIENCE = 25_000;
// After so long it is shown that it is still being looked up; what is known here is answered sooner.
const SLOW = 3_000;
let latest = 0;
let visitors = 0;
let waiting = 0;

export const isAsking = () => waiting > 0;

function waitingScreen(words = "thinking") {
  return {
    name: "waiting",
    content: [h("div", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), title(text(words))],
  };
}

// Puts words ({ text }) or what a button stands for ({ wish }) to the assistant, again while it is starting; never for
// somebody who has gone.
export async function turn(said) {
  waiting += 1;
  try {
    return await answered(said);
  } finally {
    waiting -= 1;
  }
}

async function answered(said) {
  const mine = visitors;
  const until = performance.now() + PATIENCE;
  for (let renewed = false; ;) {
    try {
      return await post("turn", { visit: visitNumber(), language: currentLanguage(), ...said });
    } catch (error) {
      if (mine !== visitors) throw error;
      if (error.code === "visit_over" && !renewed) {
        renewed = true;
        forgetVisit();
      } else if (isStarting(error) && performance.now() < until) {
        await pause(1_000);
        if (mine !== visitors) throw error;
      } else throw error;
    }
  }
}

// Asks and goes to the screen that fits the answer. "replace": the screen asked from is not gone back to.
export async function ask(said, { replace = false } = {}) {
  const mine = ++latest;
  go(() => waitingScreen(), { replace });
  // Another system is being asked: whoever waits in front of a still screen goes away.
  const slow = setTimeout(() => mine === latest && go(() => waitingScreen("still_looking"), { replace: true }), SLOW);
  let answer;
  try {
    answer = await turn(said);
  } catch {
    if (mine === latest) go(() => troubleScreen(() => ask(said, { replace: true })), { replace: true });
    return;
  } finally {
    clearTimeout(slow);
  }
  if (mine === latest) go(screenFor(answer), { replace: true });
}

export function forgetAsked() {
  latest += 1;
  visitors += 1;
}

function screenFor(answer) {
  if (answer.expects === "last4") return () => last4Screen(answer);
  if (answer.expects === "one_time_code") return () => oneTimeScreen(answer);
  if (answer.expects === "dossier_code") return () => codeScreen();
  if (answer.expects === "registry_proof") return () => registryProofScreen(answer);
  return answer.card ? () => answerScreen(answer) : () => talkScreen(answer);
}
