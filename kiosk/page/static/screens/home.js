// The first screen: pictures of what happens in a life, a microphone, and three other things.
import { abilities } from "/kiosk/static/capabilities.js";
import { ask } from "/kiosk/static/asking.js";
import { button, h, picture, sign, title } from "/kiosk/static/dom.js";
import { works } from "/kiosk/static/hall.js";
import { hasMicrophone } from "/kiosk/static/microphone.js";
import { go, redraw } from "/kiosk/static/navigation.js";
import { hasVisit, post, visitNumber } from "/kiosk/static/server.js";
import { currentLanguage, spoken, text, useLanguage } from "/kiosk/static/texts.js";
import { codeScreen } from "/kiosk/static/screens/dossier.js";
import { listeningScreen } from "/kiosk/static/screens/listening.js";
import { messageScreen, toHome } from "/kiosk/static/screens/message.js";
import { officerScreen } from "/kiosk/static/screens/officer.js";
import { searchScreen } from "/kiosk/static/screens/search.js";
import { situationScreen } from "/kiosk/static/screens/situation.js";

export const canListen = () => abilities.hears && hasMicrophone();

export async function changeLanguage(tag) {
  useLanguage(tag);
  redraw();
  await post("language", { visit: visitNumber(), language: tag }).catch(() => {});
}

// Said before anything is typed: it could not be kept.
const notToday = (what) => () => messageScreen({ words: text(`today_${what}`), actions: [toHome("home")] });

function tile(situation) {
  return h("button", { type: "button", class: "tile", onclick: () => go(() => situationScreen(situation)) },
    picture(situation.key), h("span", {}, situation.labels[currentLanguage()]));
}

function languages() {
  return h("div", { class: "languages" }, abilities.languages.filter(({ tag }) => tag !== currentLanguage())
    .map(({ tag, name }) => button(name, () => changeLanguage(tag), { kind: "quiet", lang: tag })));
}

export function homeScreen() {
  const listens = canListen();
  const microphone = listens && h("button", {
    type: "button", class: "microphone", onclick: () => go(() => listeningScreen()),
  }, h("span", { class: "disc" }, sign("mic")), h("span", { class: "words" }, text("speak")));
  return {
    name: "home",
    say: [spoken(listens ? "say_home" : "say_home_silent")],
    content: [
      h("div", { class: "masthead" }, languages()),
      h("div", { class: "welcome" }, title(text("home_title")),
        h("p", { class: "lead" }, text(listens ? "home_lead" : "home_lead_silent"))),
      h("section", { class: "tiles", "aria-label": text("situations_label") }, abilities.situations.map(tile)),
      h("div", { class: "ways" }, microphone,
        button(text("type"), () => go(() => searchScreen()), { icon: "keyboard", kind: "way" }),
        !abilities.shutOut && button(text("dossier"), () => go(works("talks") ? () => codeScreen() : notToday("talks")), { icon: "dossier", kind: "way" }),
        !abilities.shutOut && button(text("report"), () => (works("keeps") && works("talks") ? ask({ wish: { do: "report" } }) : go(notToday("keeps"))), { icon: "report", kind: "way" }),
        button(text("officer"), () => go(() => officerScreen()), { icon: "officer", kind: "way" })),
      h("p", { class: "machine" }, text("machine")),
    ],
  };
}
