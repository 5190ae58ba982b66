// A procedure as a card: papers to tick off, fee, time, place, steps; and how to take it home.
import { ask } from "/kiosk/static/asking.js";
import { button, h, sign, title } from "/kiosk/static/dom.js";
import { go } from "/kiosk/static/navigation.js";
import { abilities } from "/kiosk/static/capabilities.js";
import { officerScreen } from "/kiosk/static/screens/officer.js";
import { signVideoScreen } from "/kiosk/static/screens/sign_video.js";
import { text } from "/kiosk/static/texts.js";
import { takingHome } from "/kiosk/static/taking_home.js";

// Characters above which a fact is a sentence to read, not a figure to remember.
const LONG = 60;

const paragraphs = (lines) => lines.map((line) => h("p", {}, line));

function fact(side, lines, wanted) {
  const [first, ...more] = lines;
  if (!first) return null;
  return h("section", { class: `fact ${wanted ? "wanted" : ""}` },
    h("h2", {}, sign(side), text(side)), h("p", { class: first.length > LONG ? "first long" : "first" }, first), paragraphs(more));
}

function checklist(papers) {
  return h("ul", { class: "papers" }, papers.map((paper) => h("li", {}, h("label", {},
    h("input", { type: "checkbox" }), h("span", {}, paper)))));
}

function cases(checklists) {
  if (checklists.length === 0) return null;
  return h("section", { class: "cases" }, h("h2", {}, text("more_cases")),
    checklists.map((one) => h("details", {}, h("summary", {}, h("span", {}, one.case), sign("down")), checklist(one.papers))));
}

function notices(answer) {
  return answer.replies.filter((reply) => reply.kind !== "answer")
    .map((reply) => h("div", { class: "notice" }, paragraphs([...reply.lines, reply.next].filter(Boolean))));
}

// The side that was asked for, when the card itself has no box for it.
function asked(answer) {
  if (!["legal_basis", "form"].includes(answer.side)) return null;
  const told = answer.replies.find((reply) => reply.kind === "answer");
  return h("section", { class: "fact wanted told" }, paragraphs(told.lines));
}

// Where we are texted to, the code holds that message: it takes no internet, and no camera either.
function cameraCode(code) {
  const ours = abilities.serviceNumber;
  return h("figure", {}, h("img", { src: `/kiosk/api/qr/${code}.svg`, alt: text(ours ? "qr_text_label" : "qr_label"), width: "132", height: "132" }),
    h("figcaption", {}, ours ? text("qr_text_lead", { code, ours }) : text("qr_lead")));
}

export function answerScreen(answer) {
  const { card, side } = answer;
  const { sides } = card;
  const everybody = sides.checklists.filter((one) => one.case === null);
  const special = sides.checklists.filter((one) => one.case !== null);
  return {
    name: "answer",
    say: [answer.speech],
    shown: () => document.querySelector(".card .wanted")?.scrollIntoView({ block: "nearest" }),
    content: [
      h("div", { class: "card", tabindex: "0", role: "group", "aria-label": sides.name },
        ...notices(answer),
        title(sides.name),
        sides.summary && h("p", { class: "lead" }, sides.summary),
        asked(answer),
        h("div", { class: "sides" },
          h("section", { class: `fact papers-box ${side === "papers" ? "wanted" : ""}` },
            h("h2", {}, sign("papers"), text("papers")),
            everybody.length > 0 ? everybody.map((one) => checklist(one.papers))
              : special.length === 0 && paragraphs([answer.replies.at(-1).lines.at(0)])),
          h("div", { class: "facts" },
            fact("fee", sides.fee, side === "fee"), fact("time", sides.time, side === "time"),
            fact("where", sides.where, side === "where"), fact("online", sides.online, side === "online"),
            fact("result", sides.result, side === "result"))),
        cases(special),
        sides.conditions.length > 0 && h("section", { class: `fact ${side === "conditions" ? "wanted" : ""}` },
          h("h2", {}, sign("done"), text("conditions")),
          h("ul", { class: "conditions" }, sides.conditions.map((one) => h("li", {}, one)))),
        sides.steps.length > 0 && h("section", { class: `fact steps-box ${side === "steps" ? "wanted" : ""}` },
          h("h2", {}, sign("steps"), text("steps")),
          h("ol", { class: "steps" }, sides.steps.map((step) => h("li", {}, step)))),
        h("div", { class: "follow-ups" },
          button(text("form_ask"), () => ask({ wish: { do: "ask", procedure: card.code, aspect: "form" } }, { replace: true }), { kind: "quiet" })),
        sides.warnings.map((warning) => h("p", { class: "warning" }, warning)),
        h("footer", { class: "source" },
          h("p", {}, card.source),
          cameraCode(card.code))),
      h("div", { class: "home-ways" }, h("div", { class: "more-place" }),
        abilities.signVideos.includes(card.code) && button(text("sign_video"), () => go(() => signVideoScreen(card.code, sides.name)), { icon: "hand", kind: "way" }),
        takingHome({ code: card.code }), button(text("officer"), () => go(() => officerScreen(card.code)), { icon: "officer", kind: "way" })),
    ],
  };
}
