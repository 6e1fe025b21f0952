// region: which points lie inside a drawn outline, by the winding number, as a canvas fills it.

const BANDS = 128; // an outline's edges by height, so that a point meets few of them

class Region {
  // (2 x corner,) x and y of the corners, in the units of the points.
  constructor(outline) {
    this.bounds = boundsOf(Float64Array.from(outline));
    this.edges = Array.from({ length: BANDS }, () => []);
    for (let n = 0; n < outline.length; n += 2) {
      const next = (n + 2) % outline.length;
      const edge = [outline[n], outline[n + 1], outline[next], outline[next + 1]];
      const [first, last] = [this.band(edge[1]), this.band(edge[3])].sort((a, b) => a - b);
      for (let band = first; band <= last; band++) this.edges[band].push(edge);
    }
  }

  band(y) {
    const { low, high } = this.bounds;
    return Math.max(0, Math.min(BANDS - 1, Math.floor(((y - low) / (high - low || 1)) * BANDS)));
  }

  holds(x, y) {
    const { left, right, low, high } = this.bounds;
    if (!(x >= left && x <= right && y >= low && y <= high)) return false;
    let winding = 0;
    for (const [x1, y1, x2, y2] of this.edges[this.band(y)]) {
      if (y1 <= y === y2 <= y) continue;
      if (x1 + ((y - y1) * (x2 - x1)) / (y2 - y1) > x) winding += y2 > y1 ? 1 : -1;
    }
    return winding !== 0;
  }
}

// (row,) 1 for points inside that `accepts`.
function maskInside(outline, xy, accepts) {
  const region = new Region(outline);
  const mask = new Uint8Array(xy.length / 2);
  for (let row = 0; row < mask.length; row++) {
    if (region.holds(xy[2 * row], xy[2 * row + 1]) && accepts(row)) mask[row] = 1;
  }
  return mask;
}
