// Grid: every head of every layer as a small heat map, on one canvas.

const TILE_PX = { least: 18, most: 112, numbered: 28 };
const TILE_GAP_PX = 5;
const MARGIN = { left: 30, top: 22 };
const CAPTION_PX = 14;
const BAR_PX = 4; // the measure as a bar under a tile

// The heads in the order in which they are shown; each row of tiles has as many as a layer.
function ordered(header, order) {
  const { n_layers: nLayers, n_heads: nHeads, measure } = header;
  const ids = [...Array(nLayers * nHeads).keys()];
  if (order === "place" || !measure) return ids;
  const value = (id) => measure[Math.floor(id / nHeads)][id % nHeads] ?? -Infinity;
  const layer = (id) => (order === "layer" ? Math.floor(id / nHeads) : 0);
  return ids.sort((a, b) => layer(a) - layer(b) || value(b) - value(a) || a - b);
}

class Grid {
  // state: {scene, order, selected: Set of ids, slot: the one the keys are at, pointed, gain, inks}
  set(state) {
    this.state = state;
    this.heads = ordered(state.scene.header, state.order);
    this.slots = new Map(this.heads.map((id, slot) => [id, slot]));
  }

  layout(room) {
    const { header } = this.state.scene;
    const { n_layers: nLayers, n_heads: nHeads } = header;
    const moved = this.state.order !== "place";
    const across = (room.width - MARGIN.left) / nHeads - TILE_GAP_PX;
    const down = (room.height - MARGIN.top) / nLayers - TILE_GAP_PX;
    const caption = (numbers) =>
      (header.measure ? BAR_PX + numbers * CAPTION_PX : 0) + (moved ? CAPTION_PX : 0);
    this.numbers = Math.min(across, down - caption(true)) >= TILE_PX.numbered;
    this.caption = caption(this.numbers);
    const tile = Math.floor(Math.min(across, down - this.caption));
    this.tile = Math.max(TILE_PX.least, Math.min(TILE_PX.most, tile));
    this.pitch = { x: this.tile + TILE_GAP_PX, y: this.tile + TILE_GAP_PX + this.caption };
    return { width: MARGIN.left + nHeads * this.pitch.x, height: MARGIN.top + nLayers * this.pitch.y };
  }

  boxOf(slot) {
    const nHeads = this.state.scene.header.n_heads;
    const [row, column] = [Math.floor(slot / nHeads), slot % nHeads];
    return {
      x: MARGIN.left + column * this.pitch.x,
      y: MARGIN.top + row * this.pitch.y,
      width: this.tile,
      height: this.tile,
    };
  }

  inView(slot, { left, top }) {
    const box = this.boxOf(slot);
    return { ...box, x: box.x - left, y: box.y - top };
  }

  // {id} of a head, or {layer}, {head}, {all} where the numbers are.
  at(x, y, { left, top }) {
    const { n_layers: nLayers, n_heads: nHeads } = this.state.scene.header;
    const row = Math.floor((y + top - MARGIN.top) / this.pitch.y);
    const column = Math.floor((x + left - MARGIN.left) / this.pitch.x);
    const placed = this.state.order === "place";
    if (x < MARGIN.left && y < MARGIN.top) return { all: true };
    if (y < MARGIN.top) return placed && column >= 0 && column < nHeads ? { head: column } : null;
    if (row < 0 || row >= nLayers) return null;
    if (x < MARGIN.left) return this.state.order !== "all" ? { layer: row } : null;
    return column < nHeads ? { id: this.heads[row * nHeads + column] } : null;
  }

  paint(paper, view) {
    const { scene, order, inks } = this.state;
    const { n_layers: nLayers, n_heads: nHeads, first } = scene.header;
    paper.rect({ x: 0, y: 0, width: view.width, height: view.height }, inks.paper);
    paper.inside({ x: MARGIN.left - 3, y: MARGIN.top - 3, width: view.width, height: view.height }, () => {
      this.heads.forEach((id, slot) => {
        const box = this.inView(slot, view);
        if (box.y + this.pitch.y > MARGIN.top && box.y < view.height) this.paintTile(paper, id, box);
      });
    });
    const font = fontOf(inks.family);
    const step = Math.ceil(22 / this.pitch.x);
    for (let head = 0; head < nHeads && order === "place"; head += step) {
      const x = MARGIN.left + head * this.pitch.x + this.tile / 2 - view.left;
      if (x > MARGIN.left)
        paper.text(String(head + first), x, 11, { font, colour: inks.quiet, align: "center" });
    }
    for (let layer = 0; layer < nLayers && order !== "all"; layer++) {
      const y = MARGIN.top + layer * this.pitch.y + this.tile / 2 - view.top;
      if (y > MARGIN.top - 6)
        paper.text(String(layer + first), MARGIN.left - 9, y, { font, colour: inks.quiet, align: "right" });
    }
  }

  paintTile(paper, id, box) {
    const { scene, inks, gained } = this.state;
    const { side } = scene;
    const off = scene.off.has(id);
    if (off) this.strike(paper, box);
    else {
      const cell = this.tile / side;
      const table = {
        levels: scene.tile(id),
        nColumns: side,
        nRows: side,
        cellWidth: cell,
        cellHeight: cell,
        left: 0,
        top: 0,
      };
      paper.cells(box, table, { pixels: gained });
    }
    paper.frame({ x: box.x - 1, y: box.y - 1, width: box.width + 2, height: box.height + 2 }, inks.line);
    if (this.caption) this.paintCaption(paper, id, box);
  }

  // A head that is switched off: crossed out and empty.
  strike(paper, { x, y, width, height }) {
    const { inks } = this.state;
    paper.rect({ x, y, width, height }, inks.wash);
    paper.line(x, y, x + width, y + height, inks.quiet, 1.5);
    paper.line(x, y + height, x + width, y, inks.quiet, 1.5);
  }

  paintCaption(paper, id, { x, y, width }) {
    const { scene, order, inks } = this.state;
    const { measure, first, n_heads: nHeads } = scene.header;
    const font = fontOf(inks.family, { px: width < 34 ? 10 : 12 });
    const [layer, head] = scene.headOf(id);
    let line = y + width + 2;
    if (measure) {
      const value = measure[layer][head];
      const ends = this.ends(measure);
      paper.rect({ x, y: line, width, height: 3 }, inks.wash);
      if (value !== null) {
        const place = (number) => x + (width * (number - ends.low)) / (ends.high - ends.low || 1);
        const [from, to] = [place(0), place(value)].sort((a, b) => a - b);
        paper.rect({ x: from, y: line, width: to - from, height: 3 }, inks.quiet);
      }
      line += BAR_PX;
      const words = value === null ? "–" : short(value);
      if (this.numbers)
        paper.text(words, x + width / 2, line + CAPTION_PX / 2, {
          font,
          colour: inks.quiet,
          align: "center",
        });
      line += this.numbers * CAPTION_PX;
    }
    if (order === "place" || width < 20) return;
    const words = order === "all" ? `${layer + first}·${head + first}` : String((id % nHeads) + first);
    paper.text(words, x + width / 2, line + CAPTION_PX / 2, { font, colour: inks.ink, align: "center" });
  }

  ends(measure) {
    const numbers = measure.flat().filter((value) => value !== null);
    return { low: Math.min(0, ...numbers), high: Math.max(0, ...numbers) };
  }

  overlay(paper, view, focused) {
    const { selected, slot, pointed, inks } = this.state;
    const frame = (at, colour, thick, away) => {
      const box = this.inView(at, view);
      paper.frame(
        { x: box.x - away, y: box.y - away, width: box.width + 2 * away, height: box.height + 2 * away },
        colour,
        thick,
      );
    };
    paper.inside({ x: MARGIN.left - 5, y: MARGIN.top - 5, width: view.width, height: view.height }, () => {
      for (const id of selected) frame(this.slots.get(id), inks.accent, 3, 3);
      if (pointed?.id !== undefined) frame(this.slots.get(pointed.id), inks.ink, 1.5, 2);
      if (focused) frame(slot, inks.ink, 2, 5);
    });
  }
}

// Three digits at most, and no more letters than a small tile has room for.
const short = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(2))));
