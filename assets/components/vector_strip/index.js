// vector_strip: the values of vectors as coloured cells; Python builds the payload
// (vector_strip.py): a JSON header, then float32 values. Names are textContent, never HTML.

const CELL_PX = 4; // the narrowest cell; a strip wraps where cells would be narrower
const LINE_PX = { few: 22, many: 12 };
const GAP_PX = 3;

export default (component) => render(VectorStrip, "vector_strip", component);

class VectorStrip {
  constructor(root) {
    this.root = root;
    this.detail = element("div", "detail");
    this.detail.setAttribute("aria-hidden", "true");
    this.scale = new Scale();
    const bar = element("div", "bar");
    bar.append(this.detail, this.scale.box);
    this.strips = element("div", "strips");
    this.strips.tabIndex = 0;
    this.strips.setAttribute("role", "slider");
    this.cursor = element("div", "cursor");
    this.more = element("div", "more");
    root.replaceChildren(bar, this.strips, this.more);
    this.listen();
  }

  listen() {
    const on = (type, action) => this.strips.addEventListener(type, action);
    on("pointermove", (event) => this.point(event));
    on("pointerleave", () => this.hover(null));
    on("focusin", () => this.describe());
    on("focusout", () => this.describe());
    on("keydown", (event) => this.key(event));
    this.sizes = new Sizes(this.root, () => this.draw());
  }

  dispose() {
    this.sizes.dispose();
  }

  show(bytes) {
    if (this.bytes && same(this.bytes, bytes)) return this.draw(); // another theme, or nothing
    this.bytes = bytes.slice();
    const { header, values } = unpacked(this.bytes);
    Object.assign(this, { header, values, hovered: null });
    this.focused = Math.min(this.focused ?? 0, values.length - 1);
    this.rows = Array.from({ length: header.n_rows }, (_, row) => rowOf(header.names[row]));
    this.strips.replaceChildren(...this.rows.map(({ box }) => box), this.cursor);
    this.strips.setAttribute("aria-label", summaryOf(this).join(", "));
    this.strips.setAttribute("aria-valuemin", "0");
    this.strips.setAttribute("aria-valuemax", String(values.length - 1));
    this.more.hidden = header.n_hidden === 0;
    this.more.textContent = `${count(header.n_hidden, "more row")} not drawn`;
    this.drawnFor = null;
    this.draw();
    this.describe();
  }

  draw() {
    if (!this.header) return;
    const width = Math.floor(this.strips.clientWidth);
    if (width < 60) return;
    const style = getComputedStyle(this.root);
    const colours = palette(style.getPropertyValue("--st-secondary-background-color"));
    const ink = style.color;
    const drawnFor = [width, devicePixelRatio, colours[0], colours[255], ink].join(" ");
    if (drawnFor === this.drawnFor) return;
    this.drawnFor = drawnFor;
    this.layout = layoutOf(this.header.dim, width, this.rows.length);
    const font = `12px ${style.fontFamily}`;
    this.rows.forEach(({ canvas }, row) =>
      paint(canvas, this.valuesOf(row), { ...this.layout, ink, font, colours, limit: this.header.limit }),
    );
    this.scale.draw(colours, this.header, this.values);
    this.describe();
  }

  valuesOf(row) {
    const { dim } = this.header;
    return this.values.subarray(row * dim, (row + 1) * dim);
  }

  point(event) {
    const row = this.rows.findIndex(({ canvas }) => canvas === event.target);
    if (row < 0 || !this.layout) return;
    const { offsetX, offsetY } = event;
    const { dim } = this.header;
    const cell = cellAt(this.layout, offsetX, offsetY, dim);
    if (cell !== null) this.hover(row * dim + cell);
  }

  hover(index) {
    if (index === this.hovered) return;
    this.hovered = index;
    this.describe();
  }

  key(event) {
    const { dim } = this.header;
    const across = this.layout?.perLine ?? dim;
    const last = this.values.length - 1;
    const index = this.focused;
    const moves = {
      ArrowLeft: index - 1,
      ArrowRight: index + 1,
      ArrowUp: vertical(index, -1, this.header, across),
      ArrowDown: vertical(index, 1, this.header, across),
      PageUp: index < dim ? index : index - dim,
      PageDown: index + dim > last ? index : index + dim,
      Home: 0,
      End: last,
    };
    if (!(event.key in moves) || event.altKey || event.ctrlKey || event.metaKey) return;
    this.hovered = null;
    this.focused = Math.max(0, Math.min(last, moves[event.key]));
    this.describe();
    this.cursor.scrollIntoView({ block: "nearest" });
    event.preventDefault();
    event.stopPropagation();
  }

  describe() {
    const focus = this.strips.matches(":focus-within") ? this.focused : null;
    const index = this.hovered ?? focus;
    const { dim } = this.header;
    const said = valueText(this.values[this.focused], this.focused % dim);
    this.strips.setAttribute("aria-valuenow", String(this.focused));
    this.strips.setAttribute("aria-valuetext", [this.nameOf(this.focused), said].filter(Boolean).join(", "));
    this.cursor.hidden = index === null || !this.layout;
    if (index === null) {
      this.detail.replaceChildren(...summaryOf(this).map((fact) => element("span", "fact", fact)));
      return;
    }
    const parts = [element("span", "value", valueText(this.values[index], index % dim))];
    const name = this.nameOf(index);
    if (name) parts.push(element("bdi", "fact", name));
    this.detail.replaceChildren(...parts);
    if (this.layout) this.place(index);
  }

  nameOf(index) {
    return plain(this.header.names[Math.floor(index / this.header.dim)] ?? []);
  }

  place(index) {
    const { dim } = this.header;
    const { canvas } = this.rows[Math.floor(index / dim)];
    const { left, top, width, height } = boxOf(this.layout, index % dim);
    Object.assign(this.cursor.style, {
      left: `${canvas.offsetLeft + left}px`,
      top: `${canvas.offsetTop + top}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
  }
}

function rowOf(name) {
  const box = element("div", "row");
  if (name) {
    const letters = element("bdi");
    letters.append(...name.map(drawn));
    const label = element("div", "name");
    label.append(letters);
    box.append(label);
  }
  const canvas = element("canvas");
  canvas.setAttribute("aria-hidden", "true");
  box.append(canvas);
  return { box, canvas };
}

// The value one line up (-1) or down (1), in the next row where this one ends.
function vertical(index, step, { dim, n_rows }, across) {
  const [row, cell] = [Math.floor(index / dim), index % dim];
  const next = cell + step * across;
  if (next >= 0 && next < dim) return row * dim + next;
  if (row + step < 0 || row + step >= n_rows) return index;
  const column = cell % across;
  const lastLine = Math.floor((dim - 1) / across) * across;
  return (row + step) * dim + (step > 0 ? column : Math.min(dim - 1, lastLine + column));
}
