// Things to try: questions, and the sandbox's dossiers where the server has some.
import { text, whenLanguageChanges } from "/try/static/texts.js";

function chip(words, act, when = "") {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `chip ${when}`;
  button.textContent = words;
  button.addEventListener("click", act);
  return button;
}

export function showQuestions(list, questions, send) {
  for (const question of questions) {
    const item = document.createElement("li");
    const button = chip(question, () => send(question));
    button.lang = "vi";
    item.append(button);
    list.append(item);
  }
}

/** Fill and show the section of the sandbox's dossiers: `send` texts, `press` keys in during a call. */
export async function showDossiers(section, list, send, press) {
  const response = await fetch("/try/dossiers");
  if (!response.ok) return;
  const dossiers = await response.json();
  if (dossiers.length === 0) return;
  whenLanguageChanges(() => list.replaceChildren(...dossiers.map((dossier) => card(dossier, send, press))));
  section.hidden = false;
}

function card(dossier, send, press) {
  const item = document.createElement("li");
  item.className = "dossier";
  const procedure = document.createElement("b");
  procedure.textContent = dossier.procedure;
  const status = document.createElement("span");
  status.textContent = dossier.status_text;
  procedure.lang = status.lang = "vi";
  const code = document.createElement("code");
  code.textContent = dossier.code;
  const keys = `${dossier.code.replace(/\D/g, "")}#`;
  item.append(
    procedure,
    status,
    code,
    chip(text("send_code", dossier), () => send(dossier.code), "when-texting"),
    chip(text("send_last4", dossier), () => send(dossier.last4), "when-texting"),
    chip(text("press_code", { keys }), () => press(keys), "when-calling"),
    chip(text("press_last4", dossier), () => press(dossier.last4), "when-calling"),
  );
  return item;
}
