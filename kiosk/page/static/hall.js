// The line above every screen: whose machine it is, the time, whether officers are there, what does not work today.
import { h, sign } from "/kiosk/static/dom.js";
import { get } from "/kiosk/static/server.js";
import { currentLanguage, text } from "/kiosk/static/texts.js";

const EVERY = 30_000;
const line = document.getElementById("hall");
let today = { office: "", clock: "", open: null, line: true, troubles: [], version: null };
let begun = null;
let madeOf = "";

// Whether something works: "keeps" (what is left here), "talks" (words and dossiers), "speaks" (a voice).
export const works = (what) => !today.troubles.includes(what);

export function drawHall() {
  if (today.open === null) return;
  // Made anew with each screen, a screen reader would read the same trouble out with each of them.
  const wanted = JSON.stringify([today, currentLanguage()]);
  if (wanted === madeOf) return;
  madeOf = wanted;
  const troubles = today.troubles.map((what) => text(`today_${what}`)).join(" ");
  line.replaceChildren(...[
    h("span", { class: "office" }, h("img", { src: "/kiosk/static/icon.svg", alt: "", width: "24", height: "24" }), today.office || text("name")),
    // Together, so that where the office's name leaves no room for all of it, all of it goes to the next line.
    h("span", { class: "now" },
      ...(today.clock ? [h("span", { class: "clock" }, today.clock), h("span", {}, text(today.open ? "hall_open" : "hall_closed"))] : []),
      h("span", {}, text(today.line ? "hall_line" : "hall_no_line"))),
    ...(troubles ? [h("strong", { class: "troubles", role: "status" }, sign("report"), troubles)] : []),
  ]);
}

async function lookAtHall(isInUse) {
  let found;
  try {
    found = await get("today");
  } catch {
    // Being started again; what stands there stays.
    return;
  }
  begun ??= found.version;
  // Another text or another program: under nobody's hands the page takes it up.
  if (found.version !== begun && !isInUse()) { location.replace("/kiosk"); return; }
  if (JSON.stringify(found) === JSON.stringify(today)) return;
  today = found;
  drawHall();
}

export function setUpHall(isInUse) {
  lookAtHall(isInUse);
  setInterval(() => lookAtHall(isInUse), EVERY);
}
