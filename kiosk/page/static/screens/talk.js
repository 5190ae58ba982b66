// Everything the assistant says that is no card: a question back, choices, a dossier's status, a ticket's number.
import { ask } from "/kiosk/static/asking.js";
import { button, h, title } from "/kiosk/static/dom.js";
import { go } from "/kiosk/static/navigation.js";
import { text } from "/kiosk/static/texts.js";
import { takingHome } from "/kiosk/static/taking_home.js";
import { canListen } from "/kiosk/static/screens/home.js";
import { listeningScreen } from "/kiosk/static/screens/listening.js";
import { toHome } from "/kiosk/static/screens/message.js";
import { searchScreen } from "/kiosk/static/screens/search.js";
import { choiceLine } from "/kiosk/static/screens/situation.js";

const TICKET = /\b(\d{4} \d{4})\b/;

function lines(reply) {
  return [...reply.lines, reply.next, reply.source].filter(Boolean);
}

function ways(answer, question) {
  if (answer.expects === "choice") {
    const { choices } = answer.replies.at(-1);
    return [h("ul", { class: "lines" }, choices.map(({ key, label }) => choiceLine(label, () => ask(key, { replace: true }))))];
  }
  const answers = answer.expects === "words";
  const typing = () => go(() => searchScreen({
    heading: answers ? question : null, suggests: !answers, saysHeading: answers ? [answer.speech] : null,
  }));
  const ask_ = [
    canListen() && button(text(answers ? "answer_by_voice" : "speak"), () => go(() => listeningScreen({ answers })),
      { icon: "mic", kind: `huge ${answers ? "main" : ""}` }),
    button(text(answers ? "answer_by_keys" : "type"), typing, { icon: "keyboard", kind: "huge" }),
  ];
  if (answers) return [h("div", { class: "stack" }, ask_.filter(Boolean))];
  return [h("div", { class: "home-ways" }, takingHome(answer.shown)), h("div", { class: "stack" }, ask_.filter(Boolean), toHome("home"))];
}

// "more": further ways on, above the usual ones.
export function talkScreen(answer, more = []) {
  const told = answer.replies.map(lines);
  const [question = "", ...rest] = told.at(-1) ?? [];
  const before = told.slice(0, -1).flat();
  const ticket = told.flat().join(" ").match(TICKET)?.[1];
  return {
    name: "talk",
    say: [answer.speech],
    content: [
      before.length > 0 && h("div", { class: "notice" }, before.map((line) => h("p", {}, line))),
      title(question),
      ticket && h("p", { class: "ticket" }, h("span", {}, text("ticket")), h("strong", {}, ticket)),
      h("div", { class: "lead" }, rest.map((line) => h("p", {}, line))),
      more.length > 0 && h("div", { class: "home-ways" }, more),
      ...ways(answer, question),
    ],
  };
}
