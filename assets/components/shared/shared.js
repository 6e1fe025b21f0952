// shared: what every component's script begins with. `front_end.py` joins these files with a
// component's own, so a function here is known there without an import.

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// A run (marks.py) is a string, or [kind, label, title, length in UTF-16 units].
function drawn(run) {
  if (typeof run === "string") return document.createTextNode(run);
  const mark = element("span", `mark ${run[0]}`, run[1]);
  mark.title = run[2];
  return mark;
}

const plain = (runs) => runs.map((run) => (typeof run === "string" ? run : run[1])).join("");
const count = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;

function same(one, other) {
  return one.length === other.length && one.every((byte, n) => byte === other[n]);
}

// Calls `draw` when an element has another size, or the screen other pixels: moved, or zoomed.
class Sizes {
  constructor(root, draw) {
    this.draw = draw;
    this.resized = new ResizeObserver(draw);
    this.resized.observe(root);
    this.watchZoom();
  }

  watchZoom() {
    this.zoom?.removeEventListener("change", this.onZoom);
    this.onZoom = () => {
      this.watchZoom();
      this.draw();
    };
    this.zoom = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    this.zoom.addEventListener("change", this.onZoom);
  }

  dispose() {
    this.resized.disconnect();
    this.zoom.removeEventListener("change", this.onZoom);
  }
}

// One view for each element on the page, kept while Streamlit runs the default export again and
// again. A view has show(data), dispose() and a root, which Streamlit replaces now and then.
const views = new WeakMap();

function render(View, name, component) {
  return inTurn(() => present(View, name, component));
}

function present(View, name, { data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(`.${name}`);
  let view = views.get(parentElement);
  if (view?.root !== root) {
    view?.dispose();
    view = new View(root);
    view.runs = 0;
    views.set(parentElement, view);
  }
  view.send = setStateValue;
  view.trigger = setTriggerValue;
  view.show(data);
  const run = ++view.runs;
  return () => {
    // Streamlit may call an outdated run's clean-up after a newer run has drawn: leave that alone.
    if (view.runs !== run || views.get(parentElement) !== view) return;
    view.dispose();
    views.delete(parentElement);
  };
}
