// Old eyes do not see that a screen goes on: a strip above the bar says so, goes on, and at the end leads back up.
import { button } from "/kiosk/static/dom.js";
import { text } from "/kiosk/static/texts.js";

const NEARLY = 24;
let place = null;
let scrolled = null;
let stop = () => {};

function look() {
  const goesOn = scrolled.scrollHeight > scrolled.clientHeight + NEARLY;
  const atEnd = scrolled.scrollTop + scrolled.clientHeight >= scrolled.scrollHeight - NEARLY;
  const wanted = goesOn ? (atEnd ? "up" : "down") : "";
  if (wanted === (place.dataset.way ?? "")) return;
  const hadFocus = place.contains(document.activeElement);
  place.dataset.way = wanted;
  place.replaceChildren(...(goesOn ? [button(text(atEnd ? "more_above" : "more_below"), move, { icon: wanted, kind: "more" })] : []));
  if (hadFocus) place.querySelector("button")?.focus();
}

function move() {
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  if (place.dataset.way === "up") scrolled.scrollTo({ top: 0, behavior });
  else scrolled.scrollBy({ top: scrolled.clientHeight * 0.8, behavior });
}

function empty(strip) {
  strip.dataset.way = "";
  strip.replaceChildren();
}

// Watches the part of a new screen that may be too long for the glass. A screen may have a place of its own for it.
export function watchLength(screen) {
  stop();
  const common = document.getElementById("more");
  empty(common);
  place = screen.querySelector(".more-place") ?? common;
  scrolled = screen.querySelector(".card") ?? screen;
  const sizes = new ResizeObserver(look);
  [scrolled, ...scrolled.children].forEach((one) => sizes.observe(one));
  const watched = scrolled;
  watched.addEventListener("scroll", look, { passive: true });
  stop = () => { sizes.disconnect(); watched.removeEventListener("scroll", look); };
  look();
}
