// A telephone number: typed, checked, shown once more before anything is done with it.
import { button, counted, h, title } from "/kiosk/static/dom.js";
import { back, go } from "/kiosk/static/navigation.js";
import { post } from "/kiosk/static/server.js";
import { currentLanguage, spoken, text } from "/kiosk/static/texts.js";
import { messageScreen, troubleScreen } from "/kiosk/static/screens/message.js";
import { padScreen } from "/kiosk/static/screens/dossier.js";

const inGroups = (digits) => digits.replace(/^(\d{4})(\d{1,3})?(\d+)?.*$/, (_, first, second = "", third = "") =>
  [first, second, third].filter(Boolean).join(" "));

export function phoneScreen({ forText, act, lead = null }) {
  const check = () => checked(check.value, { forText, act, lead });
  return padScreen({
    name: "phone", step: [1, 2], heading: text("phone_title"), lead: lead ?? text(forText ? "phone_lead_text" : "phone_lead_call"),
    say: [spoken(forText ? "say_phone_text" : "say_phone_call")],
    keys: { longest: 15, group: inGroups }, act: check, complete: (entered) => entered.length >= 9,
  });
}

async function checked(number, wish) {
  const { forText, act } = wish;
  let found;
  try {
    found = await post("number", { number, language: currentLanguage(), for_text: forText });
  } catch {
    go(() => troubleScreen(() => checked(number, wish)), { replace: true });
    return;
  }
  if (found.shown === null) {
    go(() => messageScreen({
      words: text("phone_wrong"), say: [spoken("say_phone_wrong")],
      actions: [button(text("phone_edit"), back, { icon: "back", kind: "main huge" })],
    }));
    return;
  }
  go(() => ({
    name: "message",
    say: [spoken("say_phone_right")],
    content: [counted([2, 2]), title(text("phone_right")), h("p", { class: "number" }, found.shown),
      h("div", { class: "stack" },
        button(text("heard_right"), () => act(number), { icon: "done", kind: "main huge" }),
        button(text("phone_edit"), () => go(() => phoneScreen(wish), { replace: true }), { icon: "back", kind: "huge" }))],
  }), { replace: true });
}
