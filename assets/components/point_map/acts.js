// acts: what a person does in a map, and what others are told of it: Python (after a pause, and
// only what changed) and linked maps. `PointMap` extends it and shows what came of it.

const TELL_MS = { selected: 60, opened: 0, colouring: 300, frame: 300 };
const PLAY_MS = 1_000;
const LINKED = ["selected", "opened"];

class MapActs {
  tell(field, value) {
    if (LINKED.includes(field)) tellLinked(this, field, value);
    (this.news ??= new Set()).add(field);
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      const values = {};
      for (const name of this.news) values[name] = this.valueOf(name);
      this.news.clear();
      this.trigger?.("heard", { words: this.data.words, epochs: { ...this.epochs }, values });
    }, TELL_MS[field]);
  }

  valueOf(field) {
    if (field === "selected") return packedMask(this.selected);
    return field === "colouring" ? this.colouring.name : this[field];
  }

  // From a linked map, which tells Python for both.
  hear(what, value) {
    if (what === "zoom") {
      if (this.data.link_zoom)
        this.deafly(() => this.stage.look(this.stage.camera.fromRelative(value)));
    } else if (what === "hover") {
      this.hovered = value;
      this.describe({ quiet: true });
    } else {
      this[what] = value;
      this.reorder();
    }
  }

  deafly(act) {
    this.deaf = true;
    act();
    this.deaf = false;
  }

  looked() {
    this.describe();
    if (!this.deaf && this.data?.link_zoom) tellLinked(this, "zoom", this.stage.camera.relative);
  }

  setMode(mode) {
    this.mode = mode;
    this.stage.box.dataset.mode = mode;
    this.bar.show(mode, this.colourings, this.colouring);
  }

  zoom(factor) {
    const { camera } = this.stage;
    this.stage.look(camera.zoomed(camera.width / 2, camera.height / 2, factor), { still: false });
  }

  fit() {
    this.stage.look(this.stage.camera.home(), { still: false });
  }

  colourBy(name) {
    this.colouring = this.colourings.find((colouring) => colouring.name === name) ?? this.colouring;
    this.refresh();
    this.tell("colouring", name);
  }

  filter(change) {
    change();
    this.refresh();
  }

  goTo(frame, { tell = true } = {}) {
    const last = this.cloud.nFrames - 1;
    this.frame = Math.max(0, Math.min(last, frame));
    this.stage.frame = this.frame;
    this.stage.go(this.frame);
    this.frames.show(this.frame, this.cloud.frameNames, Boolean(this.playing));
    if (!tell) return;
    this.reorder();
    if (!this.playing) this.tell("frame", this.frame); // else when it stops
  }

  play() {
    if (this.playing) return this.stop();
    const last = this.cloud.nFrames - 1;
    this.playing = setInterval(() => {
      if (this.frame >= last) this.stop();
      else this.goTo(this.frame + 1);
    }, PLAY_MS);
    this.goTo(this.frame === last ? 0 : this.frame + 1);
  }

  stop() {
    if (!this.playing) return this;
    clearInterval(this.playing);
    this.playing = null;
    this.frames.show(this.frame, this.cloud.frameNames, false);
    this.tell("frame", this.frame);
    return this;
  }

  // Pointing

  rowAt(px, py) {
    return this.stage.nearest(px, py, REACH_PX, (row) => this.accepts(row));
  }

  hoverAt(px, py) {
    const star = this.data.stars.find(({ places }) => {
      const at = this.stage.placeOf(places);
      return at && Math.hypot(at[0] - px, at[1] - py) < REACH_PX;
    });
    this.hover(star ? null : this.rowAt(px, py), star);
  }

  hover(row, star = null) {
    if (row !== this.hovered) tellLinked(this, "hover", row);
    [this.hovered, this.star] = [row, star];
    this.describe();
  }

  focusOn(row) {
    if (row === null) return;
    this.focused = row;
    [this.hovered, this.star] = [null, null];
    const { camera } = this.stage;
    const [x, y] = this.stage.at(row);
    if (x < 20 || y < 20 || x > camera.width - 20 || y > camera.height - 20) {
      this.stage.look({
        x: this.stage.to[2 * row],
        y: this.stage.to[2 * row + 1],
        scale: camera.scale,
      });
    }
    this.describe();
    this.live.textContent = spoken(describedRow(this.cloud, this.colourings, row));
  }

  // Rings and the tip, for what is pointed at, else for what the keyboard is on.
  describe({ quiet = false } = {}) {
    const { stage } = this;
    if (!stage.order) return;
    const hasFocus = stage.box.getRootNode().activeElement === stage.box;
    const row = this.hovered ?? (hasFocus ? this.focused : null);
    const rings = row === null ? [] : [{ row, kind: "pointed" }];
    if (this.opened !== null) rings.push({ row: this.opened, kind: "opened" });
    stage.scene.rings = rings.filter((ring) => !Number.isNaN(stage.to[2 * ring.row]));
    if (this.star)
      stage.tip.show(describedStar(this.star), stage.placeOf(this.star.places), stage.camera);
    else this.tipOf(quiet ? null : (row ?? (this.alone || this.isFull ? this.opened : null)));
    stage.drawMarks();
  }

  tipOf(row) {
    const { tip, camera } = this.stage;
    if (row === null || Number.isNaN(this.stage.to[2 * row])) return tip.hide();
    const [x, y] = this.stage.at(row);
    if (x < 0 || y < 0 || x > camera.width || y > camera.height) return tip.hide();
    tip.show(describedRow(this.cloud, this.colourings, row), [x, y], camera);
  }

  // Choosing

  outline(points) {
    this.stage.scene.outline = points;
    this.stage.drawMarks();
  }

  region(points, how) {
    const outline = [];
    for (let n = 0; n < points.length; n += 2)
      outline.push(...this.stage.camera.toPlane(points[n], points[n + 1]));
    const inside = maskInside(outline, this.stage.to, (row) => this.accepts(row));
    if (how === "add") this.selected.forEach((bit, row) => (inside[row] |= bit));
    if (how === "subtract") inside.forEach((bit, row) => (inside[row] = this.selected[row] & ~bit));
    this.select(inside);
  }

  select(mask) {
    this.selected = mask;
    this.reorder();
    this.live.textContent = this.countWords();
    this.tell("selected", mask);
  }

  // A click opens a text; with `add` it goes into the selection or out of it.
  click(row, add) {
    if (add) {
      if (row === null) return;
      const mask = this.selected.slice();
      mask[row] ^= 1;
      return this.select(mask);
    }
    if (row === this.opened) return;
    this.opened = row;
    this.stage.scene.lines = this.lines;
    this.reorder();
    if (this.alone) this.showLegend();
    this.tell("opened", row);
  }

  // True where there was something to give up.
  escape() {
    if (this.pointer.drag) {
      this.pointer.drag = null;
      this.outline(null);
      return true;
    }
    const had = this.nSelected > 0 || this.opened !== null;
    if (this.opened !== null) this.click(null, false);
    if (this.nSelected) this.select(new Uint8Array(this.cloud.n));
    return had;
  }
}
