// What is meant by a picture: its procedures, one line each.
import { ask } from "/kiosk/static/asking.js";
import { button, h, matter, picture, sign, title } from "/kiosk/static/dom.js";
import { go } from "/kiosk/static/navigation.js";
import { currentLanguage, spoken, text } from "/kiosk/static/texts.js";
import { searchScreen } from "/kiosk/static/screens/search.js";

export function choiceLine(words, act, drawn = null) {
  return h("li", {}, h("button", { type: "button", class: "line", onclick: act }, drawn && matter(drawn), h("span", { class: "words" }, words), sign("next")));
}

export function situationScreen(situation) {
  const language = currentLanguage();
  return {
    name: "situation",
    say: [spoken("say_which_question")],
    content: [
      h("div", { class: "heading" }, picture(situation.key),
        h("div", {}, title(situation.labels[language]), h("p", { class: "lead" }, text("which_question")))),
      h("ul", { class: "lines" },
        situation.questions[language].map(({ wish, label, picture: drawn }) => choiceLine(label, () => ask({ wish }), drawn))),
      button(text("none_of_these"), () => go(() => searchScreen()), { icon: "keyboard", kind: "way" }),
    ],
  };
}
