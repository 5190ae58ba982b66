// Everything the assistant says that is no card: a question back, choices, a dossier's status, a ticket's number.
import { ask } from "/kiosk/static/asking.js";
import { button, h, title } from "/kiosk/static/dom.js";
import { go } from "/kiosk/static/navigation.js";
import { text } from "/kiosk/static/texts.js";
import { takingHome } from "/kiosk/static/taking_home.js";
import { canListen } from "/kiosk/static/screens/home.js";
import { listeningScreen } from "/kiosk/static/screens/listening.js";
import { officerScreen } from "/kiosk/static/screens/officer.js";
import { toHome } from "/kiosk/static/screens/message.js";
import { searchScreen } from "/kiosk/static/screens/search.js";
import { choiceLine } from "/kiosk/static/screens/situation.js";

const TICKET = /\b(\d{4} \d{4})\b/;
const BETWEEN_SENTENCES = /(?<=[.!?])\s+(?=\p{Lu})/u;

function lines(reply) {
  return [...reply.lines, reply.next, reply.source].filter(Boolean);
}

// One sentence is the heading: the question where something is asked, which is its last, else the first; the others stay
// small, but for the one with the ticket's number, which has a place of its own.
function inParts(answer) {
  const told = answer.replies.map(lines);
  const asks = answer.expects === "choice";
  // The question may follow facts that stand for themselves.
  const facts = asks ? answer.replies.at(-1).lines.slice(0, -1) : [];
  const [main = "", ...after] = (told.at(-1) ?? []).slice(facts.length);
  const sentences = main.split(BETWEEN_SENTENCES);
  const at = asks ? sentences.length - 1 : 0;
  return {
    notices: told.slice(0, -1).flat(), before: [...facts, ...sentences.slice(0, at)], heading: sentences[at],
    after: [sentences.slice(at + 1).filter((one) => !TICKET.test(one)).join(" "), ...after].filter(Boolean),
    ticket: told.flat().join(" ").match(TICKET)?.[1],
  };
}

function choices(answer) {
  const { choices: offered, kind } = answer.replies.at(-1);
  return [
    h("ul", { class: "lines" }, offered.map(({ wish, label }) => choiceLine(label, () => ask({ wish }, { replace: true })))),
    kind === "ask_back" && button(text("none_of_these"), () => go(() => searchScreen()), { icon: "keyboard", kind: "way" }),
  ];
}

function wordsWanted(answer, heading) {
  const typing = () => go(() => searchScreen({ heading, suggests: false, saysHeading: [answer.speech] }));
  return [h("div", { class: "stack" },
    canListen() && button(text("answer_by_voice"), () => go(() => listeningScreen({ answers: true })), { icon: "mic", kind: "huge main" }),
    button(text("answer_by_keys"), typing, { icon: "keyboard", kind: "huge" }),
    button(text("cancel"), () => ask({ wish: { do: "no" } }, { replace: true }), { icon: "cancel", kind: "huge" }))];
}

function waysOn(answer, ticket) {
  // Worth a sheet of paper: what was looked up, and the number of a report. Anything else leads to a human being.
  const keeps = ticket || answer.replies.at(-1)?.kind === "answer";
  return [h("div", { class: "stack" },
    keeps ? takingHome({ ...answer.shown, ...(ticket && { ticket: ticket.replace(" ", "") }) }) : button(text("officer"), () => go(() => officerScreen()), { icon: "officer", kind: "huge" }),
    canListen() && button(text("speak"), () => go(() => listeningScreen()), { icon: "mic", kind: "huge" }),
    button(text("type"), () => go(() => searchScreen()), { icon: "keyboard", kind: "huge" }), toHome("home"))];
}

// "more": further ways on, above the usual ones.
export function talkScreen(answer, more = []) {
  const { notices, before, heading, after, ticket } = inParts(answer);
  const ways = { choice: choices, words: wordsWanted }[answer.expects];
  return {
    name: "talk",
    say: [answer.speech],
    content: [
      notices.length > 0 && h("div", { class: "notice" }, notices.map((line) => h("p", {}, line))),
      before.length > 0 && h("div", { class: "lead" }, before.map((line) => h("p", {}, line))),
      title(heading),
      ticket && h("p", { class: "ticket" }, h("span", {}, text("ticket")), h("strong", {}, ticket)),
      after.length > 0 && h("div", { class: "lead" }, after.map((line) => h("p", {}, line))),
      more.length > 0 && h("div", { class: "home-ways" }, more),
      ...(ways ? ways(answer, heading) : waysOn(answer, ticket)),
    ],
  };
}
