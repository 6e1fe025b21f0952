// Matrix: a table of values as coloured cells with labels that stay in sight; rows attend, columns
// are attended to. It also draws a token through all layers, with a row for each layer.

const MOST_CELL_PX = 52;
const GAP_PX = 6; // between labels and cells
const BAND_PX = 18; // for the letter of a segment, A or B
const SLANT = Math.PI / 4;

class Matrix {
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
    const bands = { left: this.bands.rows.length ? BAND_PX : 0, top: this.bands.columns.length ? BAND_PX : 0 };
    const left = bands.left + longest(rows, inks.family) + GAP_PX;
    const fit = (top, right) => {
      const width = Math.min(MOST_CELL_PX, (room.width - left - right - 1) / columns.length);
      return cellHeight ? width : Math.min(width, (room.height - top - 1) / rows.length);
    };
    // Level labels where they fit, else slanted ones, else upright ones.
    const tries = [
      { turn: 0, height: LINE_PX + 2, right: 0, need: widest + 6 },
      { turn: -SLANT, height: Math.ceil((widest + LINE_PX) * 0.71), right: Math.ceil(widest * 0.71), need: 1.5 * LINE_PX },
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
      width: Math.ceil(left + cell * columns.length + way.right),
      height: Math.ceil(this.top + this.cell.height * rows.length),
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

  paint(paper, view) {
    const { rows, columns, inks, pinned, pinRows } = this.state;
    const area = this.area(view);
    paper.rect({ x: 0, y: 0, width: view.width, height: view.height }, inks.paper);
    const table = { levels: this.levels, nColumns: columns.length, nRows: rows.length, cellWidth: this.cell.width, cellHeight: this.cell.height, left: view.left, top: view.top };
    paper.cells(area, table, inks);
    paper.inside(area, () => {
      if (pinned !== null && pinRows) this.fade(paper, view, pinned);
      for (const { first } of this.bands.rows.slice(1)) {
        const y = this.yOf(first, view);
        paper.line(area.x, y, area.x + area.width, y, inks.ink, 1.5);
      }
      for (const { first } of this.bands.columns.slice(1)) {
        const x = this.xOf(first, view);
        paper.line(x, area.y, x, area.y + area.height, inks.ink, 1.5);
      }
    });
    paper.frame({ x: area.x - 1, y: area.y - 1, width: area.width + 2, height: area.height + 2 }, inks.line);
    this.label(paper, view, area);
  }

  // All but the row and the column of the pinned token steps back.
  fade(paper, view, pinned) {
    const { inks } = this.state;
    const area = this.area(view);
    const [x, y] = [this.xOf(pinned, view), this.yOf(pinned, view)];
    const [right, bottom] = [x + this.cell.width, y + this.cell.height];
    for (const [x1, x2] of [[area.x, x], [right, area.x + area.width]]) {
      for (const [y1, y2] of [[area.y, y], [bottom, area.y + area.height]]) {
        if (x2 > x1 && y2 > y1) paper.rect({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 }, inks.paper, 0.82);
      }
    }
  }

  label(paper, view, area) {
    const { rows, columns } = this.state;
    const seen = (n, step, size, from, room) => {
      const numbers = [];
      for (let i = Math.ceil(Math.floor(from / size) / step) * step; i < n && i * size < from + room; i += step) numbers.push(i);
      return numbers;
    };
    paper.inside({ x: 0, y: area.y - 7, width: view.width, height: area.height + 14 }, () => {
      for (const row of seen(rows.length, this.step.rows, this.cell.height, view.top, area.height)) this.rowLabel(paper, view, row);
      this.band(paper, view, this.bands.rows, (n) => this.yOf(n, view), false);
    });
    paper.inside({ x: area.x - 7, y: 0, width: view.width - area.x + 7, height: area.y }, () => {
      for (const column of seen(columns.length, this.step.columns, this.cell.width, view.left, area.width)) this.columnLabel(paper, view, column);
      this.band(paper, view, this.bands.columns, (n) => this.xOf(n, view), true);
    });
  }

  rowLabel(paper, view, row, more = {}) {
    const { rows, inks } = this.state;
    const y = this.yOf(row + 0.5, view);
    const room = this.left - GAP_PX - this.bandPx.left;
    writeLabel(paper, rows[row], this.left - GAP_PX, y, { inks, room, align: "right", ...more });
  }

  columnLabel(paper, view, column, more = {}) {
    const { columns, inks } = this.state;
    const x = this.xOf(column + 0.5, view);
    const level = this.turn === 0;
    const y = this.top - (level ? LINE_PX / 2 + 2 : GAP_PX);
    const room = level ? this.cell.width - 2 : LONGEST_PX;
    writeLabel(paper, columns[column], x, y, { inks, room, align: level ? "center" : "left", turn: this.turn, ...more });
  }

  // The letters A and B beside the labels of a pair's two texts.
  band(paper, view, bands, place, across) {
    const { inks } = this.state;
    for (const { segment, first, last } of bands) {
      const [from, to] = [Math.max(place(first), across ? this.left : this.top), Math.min(place(last + 1), across ? view.width : view.height)];
      if (to - from < 8) continue;
      const colour = SEGMENTS[segment % SEGMENTS.length];
      const bar = { x: 0, y: from + 1, width: 3, height: to - from - 2 };
      paper.rect(across ? { x: bar.y, y: bar.x, width: bar.height, height: bar.width } : bar, colour);
      const middle = (from + to) / 2;
      const font = fontOf(inks.family, { bold: true });
      paper.text("AB"[segment] ?? String(segment), across ? middle : 6, across ? 10.5 : middle, { font, colour: inks.ink });
    }
  }

  // What is pointed at: its row, its column, both names; and the pinned token's.
  overlay(paper, view, focused) {
    const { pointed, pinned, pinRows, inks } = this.state;
    const area = this.area(view);
    if (pinned !== null) {
      if (pinRows) this.nameRow(paper, view, pinned, inks.wash);
      this.nameColumn(paper, view, pinned, inks.wash);
    }
    if (!pointed) return;
    const { row, column } = pointed;
    paper.inside(area, () => {
      const band = { x: area.x, y: area.y, width: area.width, height: area.height };
      if (row !== null) paper.frame({ ...band, y: this.yOf(row, view) - 1, height: this.cell.height + 2 }, inks.quiet);
      if (column !== null) paper.frame({ ...band, x: this.xOf(column, view) - 1, width: this.cell.width + 2 }, inks.quiet);
      if (row === null || column === null) return;
      const box = { x: this.xOf(column, view) - 2, y: this.yOf(row, view) - 2, width: this.cell.width + 4, height: this.cell.height + 4 };
      paper.frame(box, inks.ink, focused ? 3 : 2);
    });
    if (row !== null) this.nameRow(paper, view, row, inks.paper);
    if (column !== null) this.nameColumn(paper, view, column, inks.paper);
  }

  // A name that must be read: those that it would touch step aside.
  nameRow(paper, view, row, wash) {
    const { inks } = this.state;
    const [x, y] = [this.bandPx.left, this.yOf(row + 0.5, view)];
    paper.inside({ x: 0, y: this.top - LINE_PX / 2, width: this.left, height: view.height }, () => {
      for (const near of this.crowding(row, this.step.rows, this.cell.height)) {
        paper.rect({ x, y: this.yOf(near + 0.5, view) - LINE_PX / 2, width: this.left - x - 1, height: LINE_PX }, inks.paper);
      }
      if (y > this.top - LINE_PX / 2) this.rowLabel(paper, view, row, { bold: true, wash });
    });
  }

  nameColumn(paper, view, column, wash) {
    const { inks } = this.state;
    const [x, y] = [this.xOf(column + 0.5, view), this.bandPx.top];
    paper.inside({ x: this.left - LINE_PX / 2, y: 0, width: view.width, height: this.top }, () => {
      for (const near of this.crowding(column, this.step.columns, this.cell.width)) {
        paper.rect({ x: this.xOf(near + 0.5, view) - LINE_PX / 2, y, width: LINE_PX, height: this.top - y - 1 }, inks.paper);
      }
      if (x > this.left - LINE_PX / 2) this.columnLabel(paper, view, column, { bold: true, wash });
    });
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
