// Matrix: a table of values as coloured cells with labels that stay in sight; rows attend, columns
// are attended to. It also draws a token through all layers, with a row for each layer.

class Matrix extends Cells {
  paint(paper, view) {
    const { rows, columns, inks, pinned, pinRows } = this.state;
    const area = this.area(view);
    paper.rect({ x: 0, y: 0, width: view.width, height: view.height }, inks.paper);
    const table = {
      levels: this.levels,
      nColumns: columns.length,
      nRows: rows.length,
      cellWidth: this.cell.width,
      cellHeight: this.cell.height,
      left: view.left,
      top: view.top,
    };
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
    for (const [x1, x2] of [
      [area.x, x],
      [right, area.x + area.width],
    ]) {
      for (const [y1, y2] of [
        [area.y, y],
        [bottom, area.y + area.height],
      ]) {
        if (x2 > x1 && y2 > y1)
          paper.rect({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 }, inks.paper, 0.82);
      }
    }
  }

  label(paper, view, area) {
    const { rows, columns } = this.state;
    const seen = (n, step, size, from, room) => {
      const numbers = [];
      for (
        let i = Math.ceil(Math.floor(from / size) / step) * step;
        i < n && i * size < from + room;
        i += step
      )
        numbers.push(i);
      return numbers;
    };
    paper.inside({ x: 0, y: area.y - 7, width: view.width, height: area.height + 14 }, () => {
      for (const row of seen(rows.length, this.step.rows, this.cell.height, view.top, area.height))
        this.rowLabel(paper, view, row);
      this.band(paper, view, this.bands.rows, (n) => this.yOf(n, view), false);
    });
    paper.inside({ x: area.x - 7, y: 0, width: view.width - area.x + 7, height: area.y }, () => {
      for (const column of seen(columns.length, this.step.columns, this.cell.width, view.left, area.width))
        this.columnLabel(paper, view, column);
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
    writeLabel(paper, columns[column], x, y, {
      inks,
      room,
      align: level ? "center" : "left",
      turn: this.turn,
      ...more,
    });
  }

  // The letters A and B beside the labels of a pair's two texts.
  band(paper, view, bands, place, across) {
    const { inks } = this.state;
    for (const { segment, first, last } of bands) {
      const [from, to] = [
        Math.max(place(first), across ? this.left : this.top),
        Math.min(place(last + 1), across ? view.width : view.height),
      ];
      if (to - from < 8) continue;
      const colour = SEGMENTS[segment % SEGMENTS.length];
      const bar = { x: 0, y: from + 1, width: 3, height: to - from - 2 };
      paper.rect(across ? { x: bar.y, y: bar.x, width: bar.height, height: bar.width } : bar, colour);
      const middle = (from + to) / 2;
      const font = fontOf(inks.family, { bold: true });
      paper.text("AB"[segment] ?? String(segment), across ? middle : 6, across ? 10.5 : middle, {
        font,
        colour: inks.ink,
      });
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
      if (row !== null)
        paper.frame({ ...band, y: this.yOf(row, view) - 1, height: this.cell.height + 2 }, inks.quiet);
      if (column !== null)
        paper.frame({ ...band, x: this.xOf(column, view) - 1, width: this.cell.width + 2 }, inks.quiet);
      if (row === null || column === null) return;
      const box = {
        x: this.xOf(column, view) - 2,
        y: this.yOf(row, view) - 2,
        width: this.cell.width + 4,
        height: this.cell.height + 4,
      };
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
        paper.rect(
          { x, y: this.yOf(near + 0.5, view) - LINE_PX / 2, width: this.left - x - 1, height: LINE_PX },
          inks.paper,
        );
      }
      if (y > this.top - LINE_PX / 2) this.rowLabel(paper, view, row, { bold: true, wash });
    });
  }

  nameColumn(paper, view, column, wash) {
    const { inks } = this.state;
    const [x, y] = [this.xOf(column + 0.5, view), this.bandPx.top];
    paper.inside({ x: this.left - LINE_PX / 2, y: 0, width: view.width, height: this.top }, () => {
      for (const near of this.crowding(column, this.step.columns, this.cell.width)) {
        paper.rect(
          { x: this.xOf(near + 0.5, view) - LINE_PX / 2, y, width: LINE_PX, height: this.top - y - 1 },
          inks.paper,
        );
      }
      if (x > this.left - LINE_PX / 2) this.columnLabel(paper, view, column, { bold: true, wash });
    });
  }
}
