// Volume, pace, size, colours, language, one switch: for this visit only.
import { abilities } from "/kiosk/static/capabilities.js";
import { h, title } from "/kiosk/static/dom.js";
import { redraw } from "/kiosk/static/navigation.js";
import { CHOICES, prefer, preferences } from "/kiosk/static/preferences.js";
import { currentLanguage, spoken, text } from "/kiosk/static/texts.js";
import { ownData } from "/kiosk/static/taking_home.js";
import { canSpeak, say } from "/kiosk/static/voice.js";
import { canListen, changeLanguage } from "/kiosk/static/screens/home.js";

function row(label, choices) {
  return h("fieldset", {}, h("legend", {}, label), h("div", { class: "choices" }, choices));
}

function choice(words, chosen, act, rest = {}) {
  return h("button", { type: "button", class: "choice", "aria-pressed": String(chosen), onclick: act, ...rest }, words);
}

function preference(name) {
  return row(text(name), CHOICES[name].map((value) => choice(text(`${name}_${value}`), preferences[name] === value, () => {
    prefer(name, value);
    redraw();
    document.querySelector(`[data-choice="${name}-${value}"]`)?.focus();
    if (name === "volume" || name === "speed") say(spoken("say_home_silent"));
  }, { "data-choice": `${name}-${value}` })));
}

export function settingsScreen() {
  const names = ["size", "contrast", ...(canSpeak() ? ["volume", "speed", "captions"] : []), ...(canListen() ? ["hold"] : []), "scanning"];
  return {
    name: "settings",
    say: [spoken("say_settings")],
    content: [
      title(text("settings_title")),
      h("p", { class: "lead" }, text("settings_lead")),
      h("div", { class: "rows" },
        row(text("language"), abilities.languages.map(({ tag, name }) =>
          choice(name, tag === currentLanguage(), () => changeLanguage(tag), { lang: tag }))),
        names.map(preference)),
      h("p", { class: "hint" }, text("scanning_lead")),
      ownData(),
    ],
  };
}
