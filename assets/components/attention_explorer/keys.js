// Keys: arrows move, Enter opens or pins, Escape lets go; what is reached is said aloud.

const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const PAGE = 10; // rows that PageUp and PageDown move
const within = (number, n) => Math.max(0, Math.min(n - 1, number));

class Keys {
  constructor(explorer) {
    this.explorer = explorer;
  }

  done(event, parts) {
    event.preventDefault();
    event.stopPropagation();
    if (parts) this.explorer.parts.heard.textContent = aloud(parts);
  }

  grid(event) {
    const { explorer } = this;
    const { grid, panes } = explorer.parts;
    if (!explorer.scene || event.altKey) return;
    const { n_layers: nLayers, n_heads: nHeads } = explorer.scene.header;
    const id = grid.heads[explorer.slot];
    if (event.key === "Enter" || event.key === " ") {
      explorer.pickHead(
        { id },
        { ctrlKey: event.key === " " || event.ctrlKey, metaKey: event.metaKey, shiftKey: event.shiftKey },
      );
      return this.done(event, [fact(headsName(explorer.scene.header, explorer.selected))]);
    }
    if (event.key === "Escape") return explorer.escape() && this.done(event);
    const mean = this.meanOf(event, id);
    if (mean) {
      explorer.pickHead(mean, event);
      return this.done(event, [fact(headsName(explorer.scene.header, explorer.selected))]);
    }
    const [row, column] = [Math.floor(explorer.slot / nHeads), explorer.slot % nHeads];
    const step = ARROWS[event.key] ?? { Home: [0, -nHeads], End: [0, nHeads] }[event.key];
    if (!step || event.ctrlKey || event.metaKey) return;
    explorer.slot = within(row + step[0], nLayers) * nHeads + within(column + step[1], nHeads);
    grid.state.slot = explorer.slot;
    explorer.pointedHead = null;
    grid.state.pointed = null;
    panes.grid.reveal(grid.boxOf(explorer.slot), MARGIN);
    panes.grid.redraw();
    describeGrid(explorer);
    this.done(event, headFacts(explorer.scene, grid.heads[explorer.slot]));
  }

  // L, N and A open the mean of a head's layer, of its number in all layers, and of all heads.
  meanOf({ key, ctrlKey, metaKey }, id) {
    if (ctrlKey || metaKey) return null;
    const [layer, head] = this.explorer.scene.headOf(id);
    return { l: { layer }, n: { head }, a: { all: true } }[key.toLowerCase()];
  }

  // In the heat map the keys move a marked cell; among the lines they move along a column of tokens.
  cell(event) {
    const { explorer } = this;
    if (!explorer.scene || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") return explorer.escape() && this.done(event);
    const lines = explorer.view === "lines";
    const at = explorer.marked ?? (lines ? { row: 0, column: null } : { row: 0, column: 0 });
    if (event.key === "Enter" || event.key === " ") {
      explorer.pin(at.row ?? at.column);
      return this.done(event, this.pinned());
    }
    const next = explorer.marked ? this.moved(event.key, at, lines) : event.key in ARROWS && at;
    if (!next) return;
    explorer.mark(next);
    const drawing = lines ? explorer.parts.lines : explorer.parts.matrix;
    explorer.parts.panes[explorer.view].reveal(
      drawing.boxOf(next),
      lines ? { left: 0, top: drawing.top } : drawing,
    );
    this.done(event, cellFacts(explorer.scene, explorer.matrixNow, next));
  }

  moved(key, { row, column }, lines) {
    const { n } = this.explorer.scene;
    const [down, across] = ARROWS[key] ??
      { Home: [0, -n], End: [0, n], PageUp: [-PAGE, 0], PageDown: [PAGE, 0] }[key] ?? [0, 0];
    if (!down && !across) return null;
    if (!lines) return { row: within((row ?? 0) + down, n), column: within((column ?? 0) + across, n) };
    const token = within((row ?? column) + down, n);
    const left = across ? across < 0 : row !== null;
    return left ? { row: token, column: null } : { row: null, column: token };
  }

  // In a strip the keys move from layer to layer and from token to token; Enter pins that token.
  strip(way, event) {
    const { explorer } = this;
    if (explorer.pinned === null || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") return explorer.escape() && this.done(event);
    const { pointed } = explorer.parts.strips[way].state;
    if (event.key === "Enter" && pointed) {
      explorer.pin(pointed.column);
      return this.done(event, this.pinned());
    }
    if (!(event.key in ARROWS)) return;
    const [down, across] = pointed ? ARROWS[event.key] : [0, 0];
    const { header, n } = explorer.scene;
    const at = pointed ?? { row: 0, column: 0 };
    const next = { row: within(at.row + down, header.n_layers), column: within(at.column + across, n) };
    pointStrip(explorer, way, next);
    explorer.parts.panes[way === 0 ? "from" : "to"].reveal(
      explorer.parts.strips[way].boxOf(next),
      explorer.parts.strips[way],
    );
    this.done(event, stripFacts(explorer.scene, explorer.through, way, explorer.pinned, next));
  }

  pinned() {
    const { scene, pinned } = this.explorer;
    return pinned === null
      ? [fact("nothing pinned")]
      : [quotedRuns(scene.labels[pinned].runs), fact("pinned")];
  }
}
