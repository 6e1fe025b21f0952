// Lines: two columns of tokens, who attends on the left and what is attended to on the right, and
// a line for each value that can be seen.

const ROW_PX = { least: 17, most: 40 };
const MOST_WIDTH_PX = 680;
const MOST_LINES = 12000; // the strongest; more are a grey wash and slow
const VALUE_PX = 44; // for the value beside a token

class Lines {
  // state: {rows: labels, values, full, exact, pinned, pointed: {row, column}, inks}
  set(state) {
    if (this.state?.values !== state.values || this.state.full !== state.full) this.seen = null;
    this.state = state;
    this.bands = segmentsOf(state.rows);
  }

  layout(room) {
    const { rows, inks } = this.state;
    this.band = this.bands.length ? BAND_PX : 0;
    this.names = longest(rows, inks.family) + GAP_PX;
    this.row = Math.min(ROW_PX.most, Math.max(ROW_PX.least, Math.floor((room.height - 28) / rows.length)));
    this.top = 24;
    const bar = this.row * rows.length + this.top > room.height ? 16 : 0;
    this.from = this.band + VALUE_PX + this.names;
    this.width = Math.max(2 * this.from + 80, Math.min(MOST_WIDTH_PX, room.width - bar));
    this.to = this.width - this.from;
    return { width: this.width, height: this.top + this.row * rows.length + 2 };
  }

  yOf(row, { top }) {
    return this.top + (row + 0.5) * this.row - top;
  }

  boxOf({ row, column }) {
    const n = row ?? column ?? 0;
    return { x: 0, y: this.top + n * this.row, width: this.width, height: this.row };
  }

  at(x, y, { top }) {
    const row = Math.floor((y - this.top + top) / this.row);
    if (y < this.top || row < 0 || row >= this.state.rows.length) return null;
    if (x <= this.from + 12) return { row, column: null };
    return x >= this.to - 12 ? { row: null, column: row } : null;
  }

  // Cells that can be seen at all, the strongest first.
  visible() {
    if (this.seen) return this.seen;
    const { values, full } = this.state;
    const found = [];
    for (let i = 0; i < values.length; i++) if (values[i] >= full / 64) found.push(i);
    found.sort((a, b) => values[b] - values[a]);
    this.seen = found.slice(0, MOST_LINES);
    return this.seen;
  }

  // Which lines a pinned or pointed token lets through.
  lets(query, key) {
    const { pinned, pointed } = this.state;
    if (pointed?.row != null && pointed?.column != null)
      return query === pointed.row && key === pointed.column;
    if (pointed?.row != null) return query === pointed.row;
    if (pointed?.column != null) return key === pointed.column;
    return pinned === null || query === pinned || key === pinned;
  }

  paint(paper, view) {
    const { rows, inks } = this.state;
    paper.rect({ x: 0, y: 0, width: view.width, height: view.height }, inks.paper);
    const shown = (n) =>
      this.yOf(n, view) > this.top - this.row && this.yOf(n, view) < view.height + this.row;
    paper.inside({ x: 0, y: this.top - 2, width: this.width, height: view.height }, () => {
      rows.forEach((label, n) => {
        if (!shown(n)) return;
        writeLabel(paper, label, this.from - GAP_PX, this.yOf(n, view), {
          inks,
          room: this.names - GAP_PX,
          align: "right",
        });
        writeLabel(paper, label, this.to + GAP_PX, this.yOf(n, view), { inks, room: this.names - GAP_PX });
      });
      this.bandsOf(paper, view);
    });
    const font = fontOf(inks.family);
    paper.text("from", this.from - GAP_PX, 10, { font, colour: inks.quiet, align: "right" });
    paper.text("to", this.to + GAP_PX, 10, { font, colour: inks.quiet });
  }

  bandsOf(paper, view) {
    const { inks } = this.state;
    for (const { segment, first, last } of this.bands) {
      const [from, to] = [this.yOf(first - 0.5, view) + 1, this.yOf(last + 0.5, view) - 1];
      const font = fontOf(inks.family, { bold: true });
      for (const [bar, text] of [
        [0, 6],
        [this.width - 3, this.width - 15],
      ]) {
        paper.rect({ x: bar, y: from, width: 3, height: to - from }, SEGMENTS[segment % SEGMENTS.length]);
        paper.text(
          "AB"[segment] ?? String(segment),
          text,
          (Math.max(from, this.top) + Math.min(to, view.height)) / 2,
          { font, colour: inks.ink },
        );
      }
      if (first) paper.line(this.band, from - 1, this.width - this.band, from - 1, inks.line, 1.5);
    }
  }

  overlay(paper, view, focused) {
    const { rows, values, full, inks, pinned, pointed } = this.state;
    const one = pinned !== null || pointed?.row != null || pointed?.column != null;
    paper.inside({ x: 0, y: this.top - 2, width: this.width, height: view.height }, () => {
      for (const cell of this.visible().slice().reverse()) {
        const [query, key] = [Math.floor(cell / rows.length), cell % rows.length];
        if (!this.lets(query, key)) continue;
        const [y1, y2] = [this.yOf(query, view), this.yOf(key, view)];
        if (Math.max(y1, y2) < this.top || Math.min(y1, y2) > view.height) continue;
        const share = Math.min(1, values[cell] / full);
        paper.curve(
          this.from,
          y1,
          this.to,
          y2,
          inks.accent,
          one ? 1 + 3 * share : 0.75 + 2.25 * share,
          0.08 + 0.92 * share,
        );
      }
      if (one) this.name(paper, view, focused);
    });
  }

  // The tokens at the ends of the lines that are left, and beside the others the values.
  name(paper, view, focused) {
    const { rows, values, inks, pinned, pointed } = this.state;
    const query = pointed?.row ?? (pointed?.column == null ? pinned : null);
    const key = pointed?.column ?? (pointed?.row == null ? pinned : null);
    const bold = { inks, room: this.names - GAP_PX, bold: true, wash: inks.wash };
    const n = rows.length;
    const one = query !== null && key !== null && query !== key; // a cell: only its own value
    for (let token = 0; token < n; token++) {
      const y = this.yOf(token, view);
      if (y < this.top - this.row || y > view.height + this.row) continue;
      if (token === query) writeLabel(paper, rows[token], this.from - GAP_PX, y, { ...bold, align: "right" });
      if (token === key) writeLabel(paper, rows[token], this.to + GAP_PX, y, bold);
      if (query !== null && (!one || token === key))
        this.value(paper, values[query * n + token], this.width - this.band - 6, y, "right");
      if (key !== null && !one) this.value(paper, values[token * n + key], this.band + 6, y, "left");
    }
    if (focused && pointed) {
      const x = pointed.row !== null ? this.band : this.to;
      const y = this.yOf(pointed.row ?? pointed.column, view) - this.row / 2;
      paper.frame({ x, y, width: VALUE_PX + this.names, height: this.row }, inks.accent, 2);
    }
  }

  value(paper, value, x, y, align) {
    const { inks, full } = this.state;
    if (value < full / 64) return;
    paper.text(String(Number(value.toPrecision(2))), x, y, {
      font: fontOf(inks.family),
      colour: inks.quiet,
      align,
    });
  }
}
