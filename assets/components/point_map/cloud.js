// cloud: the points of a map in every frame, and the texts of its rows.

class Cloud {
  constructor(places, words) {
    this.n = places.header.n;
    this.frameNames = places.header.frame_names;
    this.all = places.arrays.frames;
    this.words = words;
    this.ids = words.arrays.ids;
    this.nAll = words.header.n_all;
    this.bounds = boundsOf(this.all);
  }

  get nFrames() {
    return this.frameNames.length;
  }

  // (2 x row,) x and y of every point in a frame; a view, not a copy.
  frame(number) {
    return this.all.subarray(2 * this.n * number, 2 * this.n * (number + 1));
  }

  // The bytes are decoded only when they are asked for. Null where the text was left out.
  text(row) {
    const { header, arrays } = this.words;
    if (row >= header.n_told) return null;
    const raw = arrays.text.subarray(arrays.offsets[row], arrays.offsets[row + 1]);
    return new TextDecoder().decode(raw);
  }

  isCut(row) {
    return (
      row < this.words.header.n_told && ((this.words.arrays.cut[row >> 3] >> (row & 7)) & 1) === 1
    );
  }

  rowOf(id) {
    if (this.ids[id] === id) return id;
    this.rows ??= new Map(Array.from(this.ids, (known, row) => [known, row]));
    return this.rows.get(id) ?? null;
  }
}

// Of all frames together, so that points move and the picture stands.
function boundsOf(xy) {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let n = 0; n < xy.length; n += 2) {
    const [x, y] = [xy[n], xy[n + 1]];
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < low) low = y;
    if (y > high) high = y;
  }
  return left <= right ? { left, right, low, high } : { left: -1, right: 1, low: -1, high: 1 };
}

// A fixed order in which every beginning is a fair sample of all rows: what is drawn while moving.
function shuffled(n) {
  const order = Uint32Array.from({ length: n }, (_, row) => row);
  let seed = 12345;
  for (let last = n - 1; last > 0; last--) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((seed / 2 ** 32) * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
