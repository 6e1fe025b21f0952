// Parts: the elements of the explorer; what they show is in showing.js.

// What a pane is called and how the keyboard moves in it, for those who hear it.
const KINDS = {
  heads: [
    "grid of heads",
    "Arrow keys move, Enter opens, Space adds. L, N and A open the mean of the layer, of the number, of all.",
  ],
  heat: ["heat map", "Arrow keys move, Enter pins the token of the row, Escape lets go."],
  lines: ["lines", "Arrow keys move, Enter pins the token, Escape lets go."],
  strip: ["heat map", "Arrow keys move, Enter pins the token, Escape lets go."],
};

function partsOf(explorer) {
  const parts = {
    grid: new Grid(),
    matrix: new Matrix(),
    lines: new Lines(),
    strips: [new Matrix(), new Matrix()],
  };
  const keys = (name) => (event) => explorer.keys[name](event);
  const head = {
    onPoint: (thing) => explorer.point(thing),
    onPick: (thing) => explorer.pickCell(thing),
    onKey: keys("cell"),
  };
  const strip = (way) => ({
    onPoint: (thing) => pointStrip(explorer, way, thing),
    onPick: (thing) => thing?.column != null && explorer.pin(thing.column),
    onKey: (event) => explorer.keys.strip(way, event),
  });
  parts.panes = {
    grid: new Pane(parts.grid, KINDS.heads, {
      onPoint: (thing) => explorer.pointHead(thing),
      onPick: (thing, event) => explorer.pickHead(thing, event),
      onKey: keys("grid"),
    }),
    heat: new Pane(parts.matrix, KINDS.heat, head),
    lines: new Pane(parts.lines, KINDS.lines, head),
    from: new Pane(parts.strips[0], KINDS.strip, strip(0)),
    to: new Pane(parts.strips[1], KINDS.strip, strip(1)),
  };
  parts.title = element("div", "title");
  parts.said = {
    grid: element("div", "detail"),
    head: element("div", "detail"),
    strip: element("div", "detail"),
  };
  parts.heard = element("div", "heard");
  parts.heard.setAttribute("aria-live", "polite");
  parts.headName = element("div", "headname");
  parts.note = element("div", "note");
  parts.orders = new Menu("Order", (order) => explorer.set("order", order));
  parts.gains = new Menu("Full colour at", (gain) => explorer.set("gain", Number(gain)));
  parts.views = new Choice(
    "View",
    [
      ["heat", "Heat map", "Token by token"],
      ["lines", "Lines", "Two columns of tokens"],
    ],
    (view) => explorer.set("view", view),
  );
  const zoomed = (factor) => () => explorer.set("zoom", Math.max(1, Math.min(64, explorer.zoom * factor)));
  parts.zoom = element("div", "choice");
  parts.zoom.append(button("−", "Smaller cells", zoomed(1 / 1.5)), button("+", "Larger cells", zoomed(1.5)));
  parts.whose = new Choice(
    "Heads of the strip",
    [
      ["these", "These heads", "The heads with the chosen numbers, in every layer"],
      ["all", "All heads", "The mean of all heads of each layer"],
    ],
    (whose) => explorer.set("allHeads", whose === "all"),
  );
  parts.legend = new Legend();
  parts.ways = [element("div", "caption"), element("div", "caption")];
  parts.save = element("div", "choice");
  parts.save.setAttribute("role", "group");
  parts.save.setAttribute("aria-label", "Save the picture");
  parts.save.append(
    button("PNG", "Save the picture as PNG", () => savePng(explorer)),
    button("SVG", "Save the picture as SVG", () => saveSvg(explorer)),
  );
  parts.all = arranged(parts);
  return parts;
}

function box(name, ...children) {
  const made = element("div", name);
  made.append(...children);
  return made;
}

function arranged(parts) {
  const { panes, said } = parts;
  parts.overview = box(
    "part overview",
    box("row", box("headname", "All heads"), parts.orders.box, parts.gains.box),
    panes.grid.box,
    said.grid,
    parts.note,
  );
  parts.detail = box(
    "part one",
    box("row", parts.headName, parts.views.box, parts.zoom),
    panes.heat.box,
    panes.lines.box,
    said.head,
    box("row", parts.legend.box, parts.save),
  );
  parts.layers = box(
    "part layers",
    box("row", said.strip, parts.whose.box),
    box("ways", box("way", parts.ways[0], panes.from.box), box("way", parts.ways[1], panes.to.box)),
  );
  return [parts.title, box("sides", parts.overview, parts.detail), parts.layers, parts.heard];
}
