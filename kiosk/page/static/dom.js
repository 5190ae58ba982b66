// Making elements. Text is always text, never markup.
import { text } from "/kiosk/static/texts.js";

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function drawn(file, name, className) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `/kiosk/static/${file}#${name}`);
  svg.append(use);
  return svg;
}

export const sign = (name) => drawn("signs.svg", name, "sign");
export const picture = (name) => drawn("pictures.svg", name, "picture");

// Of a procedure: what it is about, and small upon it what is done: "birth again".
export function matter(names) {
  const [about, doing] = names.split(" ");
  return h("span", { class: "matter" }, picture(about), drawn("pictures.svg", `do-${doing}`, "doing"));
}

// A button with a sign and words; the words are its name.
export function button(words, act, { icon = null, kind = "", ...rest } = {}) {
  return h("button", { type: "button", class: `button ${kind}`, onclick: act, ...rest },
    icon && sign(icon), h("span", {}, words));
}

export function title(words) {
  return h("h1", { tabindex: "-1" }, words);
}

// Where somebody is in a form, counted from one.
export function counted([number, of]) {
  return h("p", { class: "step" }, text("step", { number, of }));
}

// Said to screen readers without moving anything.
export function announce(words) {
  document.getElementById("notice").textContent = words;
}
