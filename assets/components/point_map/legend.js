// legend: what colours and shapes mean, with numbers of points; a click filters.

const MOST_LISTED = 1_000;

class Legend {
  // `act`: { toggle(codes, add), all() }
  constructor(act) {
    this.act = act;
    this.open = false;
    this.box = element("div", "legend");
  }

  show(colouring, { theme, colours, shapes, lines, lineKinds }) {
    this.shapes = shapes;
    const parts = [element("div", "heading", colouring.name)];
    const about = [colouredWords(colouring), colouring.note]
      .filter(Boolean)
      .map((words) => element("div", "about", words));
    if (colouring.kind === "category") parts.push(...about, ...this.categories(colouring, colours));
    if (colouring.kind === "number") parts.push(scaleOf(colouring, colours), ...about);
    if (colouring.kind === "none") parts.pop();
    parts.push(
      ...lines.filter(({ pairs }) => pairs.length).map((line) => lineEntry(line, lineKinds, theme)),
    );
    const scrolled = this.box.scrollTop;
    const focused = this.box.getRootNode().activeElement?.dataset?.entry;
    this.box.replaceChildren(...parts);
    this.box.hidden = parts.length === 0;
    this.box.scrollTop = scrolled;
    if (focused)
      this.box.querySelector(`[data-entry="${focused}"]`)?.focus({ preventScroll: true });
  }

  categories(colouring, colours) {
    const shown = (code) => colouring.filter?.has(code) ?? true;
    const entry = (item) => this.entry(item, colours, item.codes.some(shown));
    const parts = [];
    for (const item of legendItems(colouring)) {
      parts.push(entry(item));
      if (item.within) parts.push(this.others(item.within, entry));
    }
    if (colouring.filter) parts.push(this.all());
    return parts;
  }

  entry({ id, codes, name, n, shape, look }, colours, shown) {
    const button = element("button", "entry");
    button.type = "button";
    button.dataset.entry = id;
    button.setAttribute("aria-pressed", String(shown));
    button.title = `${name}\nClick: only this. Shift and click: with the others.`;
    const mark = swatch(this.shapes || look === LOOK.none ? shape : SHAPE.circle, colours[look]);
    const number = element("span", "number", n.toLocaleString("en"));
    button.append(mark, element("bdi", "label", name), number);
    button.onclick = (event) =>
      this.act.toggle(codes, event.shiftKey || event.ctrlKey || event.metaKey);
    return button;
  }

  // The names behind the grey ones, folded; one that is clicked gets a colour.
  others(items, entry) {
    const fold = element("details", "others");
    fold.open = this.open;
    const listed = items.slice(0, MOST_LISTED);
    const few = listed.length === items.length;
    const label = few ? "Their names" : `The ${listed.length.toLocaleString("en")} largest`;
    fold.append(element("summary", "", label));
    const fill = () => {
      if (fold.open && fold.childElementCount === 1) fold.append(...listed.map(entry));
    };
    fold.ontoggle = () => {
      this.open = fold.open;
      fill();
    };
    fill();
    return fold;
  }

  all() {
    const button = element("button", "all", "Show all");
    button.type = "button";
    button.dataset.entry = "all";
    button.onclick = () => this.act.all();
    return button;
  }
}

function lineEntry({ kind, pairs }, lineKinds, theme) {
  const { legend, colour, dash } = lineKinds[kind];
  const stroke = {
    stroke: theme[colour],
    "stroke-width": 2,
    "stroke-dasharray": dash.join(" "),
    "stroke-linecap": "round",
  };
  const mark = svg(
    "svg",
    { viewBox: "0 0 28 8", class: "dash", "aria-hidden": "true" },
    svg("line", { x1: 2, y1: 4, x2: 26, y2: 4, ...stroke }),
  );
  const box = element("div", "line");
  box.append(
    mark,
    element("span", "label", legend),
    element("span", "number", pairs.length.toLocaleString("en")),
  );
  return box;
}

// A bar of the colours with the numbers at its ends and in its middle.
function scaleOf(colouring, colours) {
  const box = element("div", "scale");
  const bar = element("div", "ramp");
  bar.style.background = `linear-gradient(to right, ${rampOf(colours).join(", ")})`;
  box.append(bar);
  const ends = element("div", "ends");
  ends.append(...scaleWords(colouring).map((words) => element("span", "", words)));
  box.append(ends);
  const nNone = colouring.values.reduce((sum, value) => sum + (value !== value), 0);
  if (colouring.unit) box.append(element("div", "unit", colouring.unit));
  if (nNone) {
    const none = element("div", "line");
    none.append(
      swatch(SHAPE.open, colours[LOOK.none]),
      element("span", "label", "no number"),
      element("span", "number", nNone.toLocaleString("en")),
    );
    box.append(none);
  }
  return box;
}
