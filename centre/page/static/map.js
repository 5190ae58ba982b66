// The map of communes: nearer and farther, moved with the finger or the arrows, and a pin where somebody clicks. Without
// this file the map stands still, and the place is written in words.

const WORLD = 2 ** 20;
const NEAREST = 20;
const TILE = 256;
const SVG = "http://www.w3.org/2000/svg";

const make = (name, attributes, inside) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  inside.append(made);
  return made;
};

const placeOf = ({ x, y }) => ({
  long: x / WORLD * 360 - 180,
  lat: Math.atan(Math.sinh(Math.PI * (1 - 2 * y / WORLD))) * 180 / Math.PI,
});

const pointOf = (lat, long) => ({
  x: WORLD * (long + 180) / 360,
  y: WORLD * (1 - Math.asinh(Math.tan(lat * Math.PI / 180)) / Math.PI) / 2,
});

export class Chart {
  constructor(svg) {
    this.svg = svg;
    const [left, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    this.whole = { left, top, width, height };
    this.view = { ...this.whole };
    this.dots = [...svg.querySelectorAll(".communes circle")].map((dot) => ({
      dot, x: Number(dot.getAttribute("cx")), y: Number(dot.getAttribute("cy")), r: Number(dot.getAttribute("r")),
      name: dot.textContent,
    }));
    this.names = make("g", { class: "names", "aria-hidden": "true" }, svg);
    svg.addEventListener("keydown", (event) => this.key(event));
    this.draw();
  }

  get scale() { return this.view.width / this.whole.width; }

  draw() {
    const { left, top, width, height } = this.view;
    this.svg.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
    for (const { dot, r } of this.dots) dot.setAttribute("r", r * this.scale);
    this.drawNames();
    if (this.svg.dataset.tiles) this.drawTiles();
    if (this.pin) this.pin.setAttribute("r", this.view.width / 60);
  }

  drawNames() {
    this.names.replaceChildren();
    const inside = this.dots.filter(({ x, y }) => x > this.view.left && x < this.view.left + this.view.width
      && y > this.view.top && y < this.view.top + this.view.height);
    if (inside.length > 16) return;
    const size = this.view.width / 34;
    for (const { x, y, name } of inside) {
      make("text", { x, y: y - size / 2, "font-size": size, "text-anchor": "middle" }, this.names).textContent = name;
    }
  }

  drawTiles() {
    const layer = this.svg.querySelector(".tiles");
    const shown = this.svg.clientWidth || 600;
    const zoom = Math.max(1, Math.min(18, Math.round(Math.log2(WORLD / this.view.width * shown / TILE))));
    const size = WORLD / 2 ** zoom;
    layer.replaceChildren();
    const { left, top, width, height } = this.view;
    for (let x = Math.floor(left / size); x * size < left + width; x += 1) {
      for (let y = Math.floor(top / size); y * size < top + height; y += 1) {
        const href = this.svg.dataset.tiles.replace("{z}", zoom).replace("{x}", x).replace("{y}", y);
        make("image", { x: x * size, y: y * size, width: size, height: size, href }, layer);
      }
    }
  }

  nearer(factor, about = this.middle()) {
    const width = Math.max(NEAREST, Math.min(this.whole.width, this.view.width * factor));
    const real = width / this.view.width;
    this.view = {
      left: about.x - (about.x - this.view.left) * real, top: about.y - (about.y - this.view.top) * real,
      width, height: this.view.height * real,
    };
    this.draw();
  }

  middle() { return { x: this.view.left + this.view.width / 2, y: this.view.top + this.view.height / 2 }; }

  showWhole() {
    this.view = { ...this.whole };
    this.draw();
  }

  move(right, down) {
    this.view.left += right * this.view.width;
    this.view.top += down * this.view.height;
    this.draw();
  }

  show({ x, y }, width) {
    const height = width * this.whole.height / this.whole.width;
    this.view = { left: x - width / 2, top: y - height / 2, width, height };
    this.draw();
  }

  key(event) {
    const moves = { ArrowLeft: [-.2, 0], ArrowRight: [.2, 0], ArrowUp: [0, -.2], ArrowDown: [0, .2] };
    if (moves[event.key]) this.move(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") this.nearer(.5);
    else if (event.key === "-") this.nearer(2);
    else if (event.key === "Enter" && "pin" in this.svg.dataset) this.put(this.middle());
    else return;
    event.preventDefault();
  }

  pointAt(event) {
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
  }

  put(point) {
    this.pin ??= make("circle", { class: "pin" }, this.svg);
    this.pin.setAttribute("cx", point.x);
    this.pin.setAttribute("cy", point.y);
    this.pin.setAttribute("r", this.view.width / 60);
    this.svg.dispatchEvent(new CustomEvent("pinned", { detail: placeOf(point) }));
  }
}

for (const frame of document.querySelectorAll(".map-frame")) {
  const svg = frame.querySelector("svg.map");
  const chart = new Chart(svg);
  const controls = frame.parentElement.querySelector(".map-controls");
  if (!controls) continue;
  controls.hidden = false;
  controls.querySelector("[data-nearer]").addEventListener("click", () => chart.nearer(.5));
  controls.querySelector("[data-farther]").addEventListener("click", () => chart.nearer(2));
  const chosen = controls.querySelector("select");
  chosen?.addEventListener("change", () => {
    const [lat, long] = chosen.value.split(" ").map(Number);
    if (chosen.value) chart.show(pointOf(lat, long), 400);
    else chart.showWhole();
  });
  if (!("pin" in svg.dataset)) continue;
  const [lat, long] = ["lat", "long"].map((name) => document.querySelector(`[name=${name}]`));
  const said = document.querySelector("#here-said");
  svg.addEventListener("pinned", ({ detail }) => {
    lat.value = detail.lat.toFixed(6);
    long.value = detail.long.toFixed(6);
    said.textContent = svg.closest("[data-pinned]").dataset.pinned;
  });
  let from = null;
  svg.addEventListener("pointerdown", (event) => { from = { x: event.clientX, y: event.clientY, view: { ...chart.view } }; });
  svg.addEventListener("pointermove", (event) => {
    if (!from || !event.buttons) return;
    chart.view.left = from.view.left - (event.clientX - from.x) / svg.clientWidth * chart.view.width;
    chart.view.top = from.view.top - (event.clientY - from.y) / svg.clientHeight * chart.view.height;
    chart.draw();
  });
  svg.addEventListener("click", (event) => {
    if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) < 6) chart.put(chart.pointAt(event));
    from = null;
  });
  document.addEventListener("stands-here", ({ detail }) => {
    chart.show(pointOf(detail.lat, detail.long), 100);
    chart.put(pointOf(detail.lat, detail.long));
  });
}
