// Showing: what each part of the explorer shows of its state.

function drawAll(explorer) {
  const { parts, scene, inks, selected, pinned, view, order, zoom, gain, matrixNow, full, marked, pointed } =
    explorer;
  const { header } = scene;
  parts.title.replaceChildren(...header.title.map(drawn));
  parts.title.hidden = header.title.length === 0;
  explorer.root.setAttribute("role", "group");
  explorer.root.setAttribute("aria-label", plain(header.alt));
  drawControls(explorer);
  const room = (pane) => ({ width: Math.floor(pane.box.parentElement.clientWidth), height: header.height });
  const chosen = new Set(selected.map((head) => scene.idOf(head)));
  parts.grid.set({
    scene,
    order,
    inks,
    gained: inks.gained,
    selected: chosen,
    slot: explorer.slot,
    pointed: explorer.pointedHead,
  });
  parts.panes.grid.refresh(room(parts.panes.grid));
  const state = {
    rows: scene.labels,
    columns: scene.labels,
    values: matrixNow.values,
    exact: matrixNow.exact,
    full,
    pinned,
    pinRows: true,
    pointed: pointed ?? marked,
    inks,
  };
  for (const name of ["heat", "lines"]) parts.panes[name].box.hidden = name !== view;
  const drawing = view === "heat" ? parts.matrix : parts.lines;
  drawing.set({ ...state, zoom });
  parts.panes[view].refresh(room(parts.panes[view]));
  parts.legend.set(inks, fullWords(full, gain));
  drawStrips(explorer);
  parts.panes.grid.box.setAttribute("aria-label", `All heads. ${plain(header.alt)}`);
  const best = matrixNow.values.reduce(
    (most, value, cell) => (value > matrixNow.values[most] ? cell : most),
    0,
  );
  const strongest = cellFacts(scene, matrixNow, { row: Math.floor(best / scene.n), column: best % scene.n });
  parts.panes[view].box.setAttribute(
    "aria-label",
    `${headsName(header, selected)}. Strongest: ${aloud(strongest)}.`,
  );
  describeGrid(explorer);
  describeHead(explorer);
}

// What full colour stands for; more than that looks the same.
const fullWords = (full, gain) => `${gain < 1 ? "≥ " : ""}${Number(full.toPrecision(3))}`;

function drawControls({ parts, scene, selected, view, order, gain, allHeads }) {
  const { header } = scene;
  const label = header.measure_label;
  const off = selected.length === 1 && scene.off.has(scene.idOf(selected[0]));
  parts.headName.textContent = headsName(header, selected) + (off ? ", switched off" : "");
  parts.orders.box.hidden = !header.measure;
  parts.orders.set(
    [
      ["place", "Layer and head"],
      ["layer", `${label}, in each layer`],
      ["all", `${label}, over all`],
    ],
    order,
  );
  const plainScale = header.scale.every((scale) => scale === 1);
  parts.gains.set(
    GAINS.map((share) => [share, plainScale ? String(share) : `${100 * share} %`]),
    gain,
  );
  parts.views.set(view);
  parts.zoom.hidden = view !== "heat";
  parts.whose.set(allHeads ? "all" : "these");
  const cells = Math.ceil(scene.n / scene.side);
  const scale = plainScale ? "" : `100 % is the largest ${header.kind.toLowerCase()} of each layer. `;
  parts.note.textContent =
    scale +
    (scene.reduced
      ? `Small maps are reduced: a cell shows the largest of up to ${cells} x ${cells} tokens.`
      : "");
  parts.note.hidden = !parts.note.textContent;
}

function drawStrips(explorer) {
  const { parts, scene, inks, through, pinned, gain } = explorer;
  const { header } = scene;
  const row = Math.max(STRIP_ROW_PX.least, Math.min(STRIP_ROW_PX.most, Math.floor(190 / header.n_layers)));
  const height = row * header.n_layers + LONGEST_PX + BAND_PX + 16;
  const layers = [...Array(header.n_layers).keys()].map((layer) => labelOf([String(layer + header.first)]));
  parts.layers.classList.toggle("empty", pinned === null);
  const full = Math.max(...header.scale) * gain;
  for (const [way, pane] of [parts.panes.from, parts.panes.to].entries()) {
    pane.box.hidden = pinned === null;
    parts.ways[way].hidden = pinned === null;
    if (pinned === null) continue;
    const name = quotedRuns(scene.labels[pinned].runs);
    parts.ways[way].replaceChildren(
      ...spaced(way === 0 ? [name, fact("attends to")] : [fact("attending to"), name]),
    );
    parts.strips[way].set({
      rows: layers,
      columns: scene.labels,
      values: through.parts[way],
      full,
      pinned,
      pinRows: false,
      pointed: null,
      inks,
      cellHeight: row,
    });
    pane.box.setAttribute("aria-label", `${parts.ways[way].textContent}, through all layers`);
    const drawing = parts.strips[way];
    const width = Math.floor(pane.box.parentElement.clientWidth);
    const size = drawing.layout({ width, height });
    pane.refresh({ width, height: Math.min(size.height + 2, height) });
  }
  pointStrip(explorer, 0, null);
}

function pointStrip(explorer, way, thing) {
  const { parts, scene, through, pinned } = explorer;
  if (pinned === null)
    return parts.said.strip.replaceChildren(fact("Click a token to follow it through the layers."));
  parts.strips.forEach((drawing, n) => (drawing.state.pointed = n === way ? thing : null));
  for (const pane of [parts.panes.from, parts.panes.to]) pane.redraw();
  const idle = [
    strong("Through all layers"),
    quotedRuns(scene.labels[pinned].runs),
    fact("Escape lets go of it."),
  ];
  return parts.said.strip.replaceChildren(
    ...spaced(thing ? stripFacts(scene, through, way, pinned, thing) : idle),
  );
}

function describeGrid({ parts, scene, pointedHead, slot }) {
  const id = pointedHead?.id ?? (parts.panes.grid.box.matches(":focus") ? parts.grid.heads[slot] : undefined);
  const idle = [
    fact(`${scene.header.n_layers} x ${scene.header.n_heads} heads, counted from ${scene.header.first}.`),
    fact("Click opens one, Ctrl and click adds it."),
  ];
  const spoken =
    pointedHead && pointedHead.id === undefined ? [fact("Click for the mean of these heads.")] : idle;
  parts.said.grid.replaceChildren(...spaced(id === undefined ? spoken : headFacts(scene, id)));
}

function describeHead({ parts, scene, matrixNow, pointed, marked }) {
  const thing = pointed ?? marked;
  const hint = fact(`${scene.header.kind} from each row's token to each column's. Click a token to pin it.`);
  parts.said.head.replaceChildren(...spaced(thing ? cellFacts(scene, matrixNow, thing) : [hint]));
}
