// grid: which point is nearest to a place, by cells of about four points each.

class Grid {
  constructor(xy) {
    const n = xy.length / 2;
    this.xy = xy;
    this.bounds = boundsOf(xy);
    const { left, right, low, high } = this.bounds;
    this.side = Math.max(1, Math.min(1024, Math.ceil(Math.sqrt(n / 4))));
    this.width = (right - left) / this.side || 1;
    this.height = (high - low) / this.side || 1;
    this.starts = new Uint32Array(this.side ** 2 + 1);
    const cells = new Int32Array(n).fill(-1);
    for (let row = 0; row < n; row++) {
      if (Number.isNaN(xy[2 * row])) continue;
      cells[row] = this.column(xy[2 * row]) + this.side * this.line(xy[2 * row + 1]);
      this.starts[cells[row] + 1]++;
    }
    for (let cell = 0; cell < this.side ** 2; cell++) this.starts[cell + 1] += this.starts[cell];
    const next = this.starts.slice();
    this.rows = new Uint32Array(this.starts[this.side ** 2]);
    for (let row = 0; row < n; row++) if (cells[row] >= 0) this.rows[next[cells[row]]++] = row;
  }

  column(x) {
    return Math.max(0, Math.min(this.side - 1, Math.floor((x - this.bounds.left) / this.width)));
  }

  line(y) {
    return Math.max(0, Math.min(this.side - 1, Math.floor((y - this.bounds.low) / this.height)));
  }

  // The nearest row within `reach` that `accepts`, or null; cells are read in rings round the place.
  nearest(x, y, reach, accepts) {
    let [best, squared] = [null, reach * reach];
    const [column, line] = [this.column(x), this.line(y)];
    const step = Math.min(this.width, this.height);
    for (let ring = 0; ring < this.side; ring++) {
      // Whatever stands in this ring is at least so far away, once the place is inside the grid.
      if (((ring - 1) * step) ** 2 > squared && ring > 1) break;
      for (const cell of this.ring(column, line, ring)) {
        for (let n = this.starts[cell]; n < this.starts[cell + 1]; n++) {
          const row = this.rows[n];
          const distance = (this.xy[2 * row] - x) ** 2 + (this.xy[2 * row + 1] - y) ** 2;
          if (distance <= squared && accepts(row)) [best, squared] = [row, distance];
        }
      }
    }
    return best;
  }

  *ring(column, line, ring) {
    for (let l = Math.max(0, line - ring); l <= Math.min(this.side - 1, line + ring); l++) {
      const whole = Math.abs(l - line) === ring;
      for (let c = column - ring; c <= column + ring; c += whole ? 1 : Math.max(1, 2 * ring)) {
        if (c >= 0 && c < this.side) yield c + this.side * l;
      }
    }
  }
}
