// One sentence and what to do next.
import { button, h, title } from "/kiosk/static/dom.js";
import { home } from "/kiosk/static/navigation.js";
import { spoken, text } from "/kiosk/static/texts.js";
import { homeScreen } from "/kiosk/static/screens/home.js";

export function messageScreen({ words, say = [], extra = [], actions }) {
  return { name: "message", say, content: [title(words), ...extra, h("div", { class: "stack" }, actions)] };
}

export const toHome = (key = "other_question") => button(text(key), () => home(homeScreen), { icon: "house", kind: "huge" });

export function troubleScreen(again) {
  return messageScreen({
    words: text("trouble_title"), say: [spoken("say_trouble")],
    extra: [h("p", { class: "lead" }, text("trouble"))],
    actions: [again && button(text("try_again"), again, { icon: "retry", kind: "main huge" }), toHome("home")].filter(Boolean),
  });
}
