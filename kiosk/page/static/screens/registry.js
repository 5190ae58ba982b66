// What a public registry asks a visitor to prove it by: four digits, or those of a one-time code, which stay hidden.
import { abilities } from "/kiosk/static/capabilities.js";
import { ask } from "/kiosk/static/asking.js";
import { button, h } from "/kiosk/static/dom.js";
import { text } from "/kiosk/static/texts.js";
import { padScreen } from "/kiosk/static/screens/dossier.js";

export function registryProofScreen(answer) {
  const act = () => ask({ text: act.value }, { replace: true });
  const sent = () => ask({ wish: { do: "registry", send_code: true } }, { replace: true });
  return padScreen({
    name: "registry-proof", heading: text("registry_proof_title"), lead: answer.replies.at(-1).lines.join(" "),
    say: [answer.speech], keys: { longest: 6, hidden: true }, act, complete: (entered) => [4, 6].includes(entered.length),
    instead: h("div", { class: "stack" },
      abilities.textsOut && button(text("send_code"), sent, { icon: "phone", kind: "way" }),
      button(text("cancel"), () => ask({ wish: { do: "no" } }, { replace: true }), { icon: "cancel", kind: "way" })),
  });
}
