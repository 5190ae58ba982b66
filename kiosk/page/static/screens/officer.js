// A human being: where officers are, or a number to be called at.
import { abilities } from "/kiosk/static/capabilities.js";
import { button, h, title } from "/kiosk/static/dom.js";
import { works } from "/kiosk/static/hall.js";
import { go } from "/kiosk/static/navigation.js";
import { newKey, post, visitNumber } from "/kiosk/static/server.js";
import { takingHome } from "/kiosk/static/taking_home.js";
import { currentLanguage, spoken, text } from "/kiosk/static/texts.js";
import { messageScreen, toHome, troubleScreen } from "/kiosk/static/screens/message.js";
import { phoneScreen } from "/kiosk/static/screens/phone.js";

export function officerScreen(procedure = null) {
  return {
    name: "officer",
    say: [spoken(abilities.shutOut ? "say_officer_only" : "say_officer")],
    content: [
      title(text("officer_title")),
      h("p", { class: "lead" }, text(abilities.shutOut ? "officer_lead_only" : "officer_lead")),
      !works("keeps") && h("p", { class: "notice" }, text("today_keeps")),
      !abilities.shutOut && works("keeps") && h("div", { class: "stack" },
        button(text("officer_call"), () => go(() => phoneScreen({
          forText: false, act: (number) => callBack(newKey(), number, procedure),
        })), { icon: "phone", kind: "main huge" })),
      h("p", { class: "hotline" }, text("officer_hotline")),
    ],
  };
}

async function callBack(key, number, procedure) {
  const wish = { visit: visitNumber(), key, number, language: currentLanguage(), ...(procedure && { procedure }) };
  try {
    const { ticket, speech, shown } = await post("call-back", wish);
    go(() => messageScreen({
      words: text("call_kept"), say: [spoken("say_call_kept"), speech],
      extra: [h("p", { class: "ticket" }, h("span", {}, text("ticket")), h("strong", {}, ticket)),
        shown.text.split("\n").slice(1).map((line) => h("p", { class: "lead" }, line))].flat(),
      actions: [...takingHome({ ...shown, ticket: ticket.replace(" ", "") }), toHome()],
    }), { replace: true });
  } catch {
    go(() => troubleScreen(() => callBack(key, number, procedure)), { replace: true });
  }
}
