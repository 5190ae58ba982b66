// Typing: a question of one's own, the correction of what was heard, or the answer to a question.
import { ask } from "/kiosk/static/asking.js";
import { button, h, title } from "/kiosk/static/dom.js";
import { keyboard } from "/kiosk/static/keyboard.js";
import { post } from "/kiosk/static/server.js";
import { currentLanguage, spoken, text } from "/kiosk/static/texts.js";

const SUGGEST_AFTER = 150;

// "suggests" is false where the words are told to an officer, not looked up.
export function searchScreen({ value = "", heading = null, suggests = true, saysHeading = null } = {}) {
  const field = h("input", {
    type: "text", class: "field", autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: "1000",
    "aria-label": heading ?? text("search_title"), placeholder: suggests ? text("search_hint") : null,
    inputmode: "none",
  });
  const found = h("ul", { class: "suggestions", "aria-label": text("suggestions_label") });
  let timer = null;
  let asked = 0;

  const submit = () => { if (field.value.trim()) ask({ text: field.value.trim() }, { replace: true }); };
  const send = button(suggests ? text("ask") : text("send"), submit, { icon: "next", kind: "main" });

  async function suggest() {
    const mine = ++asked;
    const rows = await post("suggestions", { text: field.value, language: currentLanguage() }).catch(() => []);
    if (mine !== asked) return;
    found.replaceChildren(...rows.map(({ code, label }) => h("li", {},
      button(label, () => ask({ wish: { do: "ask", procedure: code } }, { replace: true }), { kind: "suggestion" }))));
  }

  field.addEventListener("input", () => {
    send.disabled = field.value.trim() === "";
    if (!suggests) return;
    clearTimeout(timer);
    timer = setTimeout(suggest, SUGGEST_AFTER);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); submit(); }
  });

  return {
    name: "search",
    say: saysHeading ?? [spoken("say_search")],
    content: [
      title(heading ?? text("search_title")),
      h("div", { class: "typing" }, field, send),
      suggests && found,
      keyboard(field),
    ],
    focus: field,
    shown: () => {
      field.value = value;
      field.setSelectionRange(value.length, value.length);
      field.dispatchEvent(new Event("input"));
    },
    leave: () => { clearTimeout(timer); asked += 1; field.value = ""; },
  };
}
