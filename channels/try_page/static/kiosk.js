// The kiosk beside the telephone, loaded when somebody wants to see it.
import { text, whenLanguageChanges } from "/try/static/texts.js";

/** Show that there is a kiosk; `opener` puts its page below. */
export function showKiosk(section, opener) {
  section.hidden = false;
  opener.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.src = "/kiosk";
    frame.className = "kiosk-page";
    whenLanguageChanges(() => { frame.title = text("kiosk_title"); });
    opener.remove();
    section.append(frame);
    frame.focus();
  }, { once: true });
}
