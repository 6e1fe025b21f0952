// attention_explorer: every head on one canvas, the chosen ones token by token; Python builds the
// payload (attention/scene_bytes.py). The view holds what a person does (heads, pinned token, view,
// order, zoom); nothing of it waits for Python. User text is textContent, never HTML.

const SEND_AFTER_MS = 250;
const STRIP_ROW_PX = { least: 5, most: 16 };
const TOO_OLD =
  "This browser cannot unpack the picture: it needs Chrome 80, Firefox 113, Safari 16.4 or later.";
const GAINS = [1, 0.5, 0.25, 0.1];

export default (component) => render(AttentionExplorer, "attention_explorer", component);

class AttentionExplorer {
  constructor(root) {
    this.root = root;
    Object.assign(this, {
      selected: [],
      pinned: null,
      view: "heat",
      order: "place",
      gain: null,
      zoom: 1,
      allHeads: false,
    });
    Object.assign(this, { slot: 0, marked: null, pointed: null, pointedHead: null, loads: 0 });
    this.parts = partsOf(this);
    root.replaceChildren(...this.parts.all);
    this.sizes = new Sizes(root, () => this.draw());
    this.keys = new Keys(this);
  }

  dispose() {
    clearTimeout(this.timer);
    this.sizes.dispose();
    this.loads = -1;
    for (const pane of Object.values(this.parts.panes)) pane.dispose();
  }

  show(bytes) {
    if (this.bytes && same(this.bytes, bytes)) return this.draw(); // another theme, or nothing
    this.bytes = bytes.slice();
    return this.load(takenApart(this.bytes));
  }

  async load(payload) {
    const turn = ++this.loads;
    if (!globalThis.DecompressionStream) return this.parts.title.replaceChildren(TOO_OLD);
    const scene = await sceneOf(payload);
    if (turn !== this.loads) return; // something newer came meanwhile
    if (scene === null) return this.tell(0); // Python believes that we hold a grid: say what we do
    this.take(scene);
  }

  take(scene) {
    const { header } = scene;
    const before = this.scene?.header;
    if (before?.epoch !== header.epoch || !before) {
      clearTimeout(this.timer);
      Object.assign(this, { selected: header.selected, pinned: header.pinned, view: header.view });
      this.slot = scene.idOf(header.selected[0]);
    }
    if (before && before.tokens !== header.tokens)
      Object.assign(this, { pinned: header.pinned, marked: null, zoom: 1 });
    const fits = ([layer, head]) => layer < header.n_layers && head < header.n_heads;
    this.selected = this.selected.filter(fits);
    if (!this.selected.length) this.selected = header.selected;
    this.slot = Math.min(this.slot, header.n_layers * header.n_heads - 1);
    if (!header.measure) this.order = "place";
    this.gain ??= scene.n <= 12 ? 1 : scene.n <= 48 ? 0.5 : 0.25;
    this.scene = scene;
    this.draw();
  }

  // Draws everything: another scene, another size, another theme, another choice.
  draw() {
    if (!this.scene || this.root.clientWidth < 60) return;
    const inks = inksOf(this.root);
    const factor = 1 / this.gain;
    const gained = inks.pixels.map((_, step) => inks.pixels[Math.min(STEPS - 1, Math.round(step * factor))]);
    this.inks = { ...inks, gained };
    this.matrixNow = this.scene.matrix(this.selected);
    this.full = this.scene.scaleOf(this.selected) * this.gain;
    this.through =
      this.pinned === null
        ? null
        : this.scene.through(this.pinned, this.scene.numbersOf(this.selected), this.allHeads);
    drawAll(this);
  }

  // Heads

  open(heads, add = false) {
    const { scene } = this;
    if (!add) this.selected = heads;
    else {
      const ids = new Set(this.selected.map((head) => scene.idOf(head)));
      const all = heads.every((head) => ids.has(scene.idOf(head)));
      for (const head of heads) all ? ids.delete(scene.idOf(head)) : ids.add(scene.idOf(head));
      if (ids.size) this.selected = [...ids].map((id) => scene.headOf(id));
    }
    this.changed();
  }

  pickHead(thing, event) {
    if (!thing) return;
    const { n_layers: nLayers, n_heads: nHeads } = this.scene.header;
    const layers = [...Array(nLayers).keys()];
    const heads = [...Array(nHeads).keys()];
    const add = event.ctrlKey || event.metaKey || event.shiftKey;
    if (thing.id !== undefined) {
      this.slot = this.parts.grid.slots.get(thing.id);
      this.open([this.scene.headOf(thing.id)], add);
    } else if (thing.layer !== undefined)
      this.open(
        heads.map((head) => [thing.layer, head]),
        add,
      );
    else if (thing.head !== undefined)
      this.open(
        layers.map((layer) => [layer, thing.head]),
        add,
      );
    else
      this.open(
        layers.flatMap((layer) => heads.map((head) => [layer, head])),
        false,
      );
  }

  pointHead(thing) {
    if (thing?.id === this.pointedHead?.id && !thing === !this.pointedHead) return;
    this.pointedHead = thing;
    this.parts.grid.state.pointed = thing;
    this.parts.panes.grid.redraw();
    describeGrid(this);
  }

  // Tokens

  pin(token) {
    this.pinned = token === this.pinned ? null : token;
    this.changed();
  }

  // A click on a name pins it; a click on a cell marks it, so that its value stays.
  pickCell(thing) {
    if (!thing) return;
    const alone = thing.row === null || thing.column === null;
    if (alone) return this.pin(thing.row ?? thing.column);
    const again = thing.row === this.marked?.row && thing.column === this.marked?.column;
    this.mark(again ? null : thing);
  }

  mark(cell) {
    this.marked = cell;
    this.point(null, true);
  }

  point(thing, anew = false) {
    const unchanged = thing?.row === this.pointed?.row && thing?.column === this.pointed?.column;
    if (unchanged && !thing === !this.pointed && !anew) return;
    this.pointed = thing;
    const { matrix, lines, panes } = this.parts;
    for (const drawing of [matrix, lines]) if (drawing.state) drawing.state.pointed = thing ?? this.marked;
    panes[this.view].redraw();
    describeHead(this);
  }

  escape() {
    if (this.marked) return (this.mark(null), true);
    if (this.pinned !== null) return (this.pin(this.pinned), true);
    return false;
  }

  // Settings

  set(name, value) {
    this[name] = value;
    if (name === "view") Object.assign(this, { pointed: null, zoom: 1 });
    this.draw();
  }

  changed() {
    this.draw();
    this.tell(SEND_AFTER_MS);
  }

  // Python hears where a person is, once they rest there.
  tell(after) {
    if (!this.send) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { selected, pinned, view } = this;
      const { epoch, tokens } = this.scene?.header ?? takenApart(this.bytes).header;
      this.send("explored", { epoch, tokens, selected, pinned, view, held: [...grids.keys()] });
    }, after);
  }
}
