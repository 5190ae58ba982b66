// How far a ticket is: its number, then for an officer's words the last four digits of the telephone number left with it.
import { abilities } from "/kiosk/static/capabilities.js";
import { button, h } from "/kiosk/static/dom.js";
import { go } from "/kiosk/static/navigation.js";
import { post, visitNumber } from "/kiosk/static/server.js";
import { takingHome } from "/kiosk/static/taking_home.js";
import { currentLanguage, spoken, text } from "/kiosk/static/texts.js";
import { padScreen } from "/kiosk/static/screens/dossier.js";
import { messageScreen, toHome, troubleScreen } from "/kiosk/static/screens/message.js";
import { officerScreen } from "/kiosk/static/screens/officer.js";

const TICKET_DIGITS = 8;
const RATINGS = [3, 2, 1];

export const ticketButton = () => abilities.tellsTickets
  && button(text("ask_ticket"), () => go(() => ticketScreen()), { icon: "report", kind: "way" });

function ticketScreen() {
  const act = () => askTicket({ number: act.value });
  return padScreen({
    name: "ticket-number", heading: text("ticket_enter"), lead: text("ticket_enter_lead"), say: [spoken("say_ticket_enter")],
    keys: { longest: TICKET_DIGITS, group: (digits) => digits.replace(/^(.{4})(?=.)/, "$1 ") },
    act, complete: (entered) => entered.length === TICKET_DIGITS,
  });
}

function ticketProofScreen(number) {
  const act = () => askTicket({ number, last4: act.value });
  return padScreen({
    name: "last4", heading: text("last4_title"), lead: text("ticket_last4_lead"), say: [],
    keys: { longest: 4, hidden: true }, act, complete: (entered) => entered.length === 4,
  });
}

async function askTicket(wish) {
  let told;
  try {
    told = await post("ticket", { visit: visitNumber(), language: currentLanguage(), ...wish });
  } catch {
    go(() => troubleScreen(() => askTicket(wish)), { replace: true });
    return;
  }
  go(() => ticketToldScreen(wish, told), { replace: true });
}

function ticketToldScreen({ number, last4, rating }, { shown, speech, may_rate: mayRate, needs_proof: needsProof }) {
  const [state, ...answer] = shown.text.split("\n");
  const rate = (value) => button(text(`rating_${value}`), () => askTicket({ number, ...(last4 && { last4 }), rating: value }), { kind: "huge" });
  return messageScreen({
    words: state, say: [speech],
    extra: [
      ...answer.map((line) => h("p", { class: "lead" }, line)),
      mayRate && h("p", { class: "lead" }, text("ticket_rate")),
      mayRate && h("div", { class: "stack" }, RATINGS.map(rate)),
    ].filter(Boolean),
    actions: [
      needsProof && button(text("ticket_read"), () => go(() => ticketProofScreen(number)), { icon: "report", kind: "main huge" }),
      ...(rating ? [] : takingHome({ ...shown, ticket: number })),
      button(text("officer"), () => go(() => officerScreen()), { icon: "officer", kind: "huge" }), toHome("home"),
    ].filter(Boolean),
  });
}
