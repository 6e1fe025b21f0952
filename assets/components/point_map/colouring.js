// colouring: the look of each point (a colour of theme.js and a shape), and which are filtered out.

const N_SLOTS = 8; // colours of categories in theme.js
const NO_CATEGORY = -1;

class Colouring {
  constructor({ header, arrays }) {
    Object.assign(this, header); // name, kind, names, unit, centre, limits, note, ranked
    this.values = arrays.values;
    this.filter = null; // categories to show, or null for all
    if (this.kind !== "category") return;
    this.counts = new Uint32Array(this.names.length);
    this.nNone = 0;
    for (const code of this.values) code < 0 ? this.nNone++ : this.counts[code]++;
    const size = (code) => (this.ranked ? 0 : this.counts[code]);
    this.bySize = [...this.counts.keys()].sort((a, b) => size(b) - size(a) || a - b);
  }

  // (category,) the colour of each: the eight largest (or first, where the names are ranked) have
  // their own; one of the others takes the place of a large one that is filtered out.
  get slots() {
    const slots = new Uint8Array(this.names.length).fill(LOOK.other);
    const large = this.bySize.slice(0, N_SLOTS);
    large.forEach((code, slot) => (slots[code] = slot));
    if (!this.filter) return slots;
    const free = [...large.keys()].filter((slot) => !this.filter.has(large[slot]));
    const small = this.bySize.slice(N_SLOTS).filter((code) => this.filter.has(code));
    small.slice(0, free.length).forEach((code, n) => {
      slots[code] = free[n];
      slots[large[free[n]]] = LOOK.other;
    });
    return slots;
  }

  // Writes the colour of each point into every second byte, and its shape beside it.
  paint(looks) {
    const looksOf = {
      category: () => this.ofCategories(),
      number: () => this.ofNumbers(),
      none: () => () => LOOK.one,
    };
    const lookOf = looksOf[this.kind]();
    for (let row = 0; row < looks.length / 2; row++) {
      const look = lookOf(row);
      looks[2 * row] = look;
      looks[2 * row + 1] = look < N_SLOTS ? look : look === LOOK.none ? SHAPE.open : SHAPE.circle;
    }
    return looks;
  }

  ofCategories() {
    const slots = this.slots;
    return (row) => (this.values[row] < 0 ? LOOK.none : slots[this.values[row]]);
  }

  ofNumbers() {
    const [low, high] = this.limits ?? [0, 1];
    const last = LOOK.last - LOOK.first;
    return (row) => {
      const value = this.values[row];
      if (Number.isNaN(value)) return LOOK.none;
      const share = high > low ? (value - low) / (high - low) : 0.5;
      return LOOK.first + Math.round(last * Math.max(0, Math.min(1, share)));
    };
  }

  shows(row) {
    return this.filter === null || this.filter.has(this.values[row]);
  }

  // Only this one; with `add`, beside the others; the only one once more: all.
  toggle(codes, add) {
    const all = [...this.bySize, NO_CATEGORY];
    const before = this.filter ?? new Set(add ? all : []);
    const same = codes.every((code) => before.has(code));
    if (!add) this.filter = same && before.size === codes.length ? null : new Set(codes);
    else {
      this.filter = new Set(before);
      for (const code of codes) same ? this.filter.delete(code) : this.filter.add(code);
      if (this.filter.size === 0 || all.every((code) => this.filter.has(code))) this.filter = null;
    }
  }

  // What there is to say about a point; null where there is nothing.
  words(row) {
    if (this.kind === "none") return null;
    const value = this.values[row];
    if (this.kind === "category") return value < 0 ? `no ${this.name}` : this.names[value];
    if (Number.isNaN(value)) return "no number";
    return `${significant(value)}${this.unit ? ` ${this.unit}` : ""}`;
  }
}

// Three digits, but whole numbers whole.
function significant(value) {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return value.toLocaleString("en");
  const size = Math.abs(value);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
}
