// Cells: where the rows, columns and labels of a table of values stand.

const MOST_CELL_PX = 52;
const GAP_PX = 6; // between labels and cells
const BAND_PX = 18; // for the letter of a segment, A or B
const EDGE_PX = 8; // below and beside the cells, for half of the last label
const SLANT = Math.PI / 4;

class Cells {
  // state: {rows, columns: labels, values, full: what full colour stands for, zoom, cellHeight,
  // pinned, pointed: {row, column}, inks}
  set(state) {
    const levels = this.state?.values === state.values && this.state.full === state.full && this.levels;
    this.state = state;
    this.levels = levels || levelsOf(state.values, state.full);
    this.bands = { rows: segmentsOf(state.rows), columns: segmentsOf(state.columns) };
  }

  layout(room) {
    const { rows, columns, inks, zoom = 1, cellHeight } = this.state;
    const widest = longest(columns, inks.family);
    const bands = {
      left: this.bands.rows.length ? BAND_PX : 0,
      top: this.bands.columns.length ? BAND_PX : 0,
    };
    const left = bands.left + longest(rows, inks.family) + GAP_PX;
    const fit = (top, right) => {
      const width = Math.min(MOST_CELL_PX, (room.width - left - right - EDGE_PX) / columns.length);
      return cellHeight ? width : Math.min(width, (room.height - top - EDGE_PX) / rows.length);
    };
    // Level labels where they fit, else slanted ones, else upright ones.
    const tries = [
      { turn: 0, height: LINE_PX + 2, right: 0, need: widest + 6 },
      {
        turn: -SLANT,
        height: Math.ceil((widest + LINE_PX) * 0.71),
        right: Math.ceil(widest * 0.71),
        need: 1.5 * LINE_PX,
      },
      { turn: -Math.PI / 2, height: widest + 4, right: 0, need: 0 },
    ].map((way) => ({ ...way, top: bands.top + way.height + 2 }));
    const way = tries.find(({ top, right, need }) => fit(top, right) * zoom >= need);
    const cell = Math.max(0.2, fit(way.top, way.right) * zoom);
    Object.assign(this, { left, top: way.top, turn: way.turn, bandPx: bands });
    this.cell = { width: cell, height: cellHeight ?? cell };
    this.step = {
      rows: Math.max(1, Math.ceil(LINE_PX / this.cell.height)),
      columns: way.turn === 0 ? 1 : Math.max(1, Math.ceil(LINE_PX / cell)),
    };
    return {
      width: Math.ceil(left + cell * columns.length + way.right) + EDGE_PX,
      height: Math.ceil(this.top + this.cell.height * rows.length) + EDGE_PX,
    };
  }

  // The cells' part of a window.
  area({ left, top, width, height }) {
    const { rows, columns } = this.state;
    return {
      x: this.left,
      y: this.top,
      width: Math.min(width - this.left, columns.length * this.cell.width - left),
      height: Math.min(height - this.top, rows.length * this.cell.height - top),
    };
  }

  xOf(column, { left }) {
    return this.left + column * this.cell.width - left;
  }

  yOf(row, { top }) {
    return this.top + row * this.cell.height - top;
  }

  boxOf({ row, column }) {
    const { width, height } = this.cell;
    return { x: this.left + column * width, y: this.top + row * height, width, height };
  }

  at(x, y, { left, top }) {
    const { rows, columns } = this.state;
    const row = Math.floor((y - this.top + top) / this.cell.height);
    const column = Math.floor((x - this.left + left) / this.cell.width);
    const found = {
      row: y >= this.top && row >= 0 && row < rows.length ? row : null,
      column: x >= this.left && column >= 0 && column < columns.length ? column : null,
    };
    return found.row === null && found.column === null ? null : found;
  }

  // The labels that stand closer to number `n` than a line.
  crowding(n, step, size) {
    const reach = Math.ceil(LINE_PX / size);
    const near = [];
    for (let other = n - reach; step > 1 && other <= n + reach; other++) {
      if (other >= 0 && other % step === 0 && Math.abs(other - n) * size < LINE_PX) near.push(other);
    }
    return near;
  }
}
