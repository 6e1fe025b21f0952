// map: one map on the page. Python's view (map_payload.py) says what to show; what a person may
// change (FIELDS) is theirs until Python asks for it anew, which it says with another epoch.

const FIELDS = ["colouring", "frame", "selected", "opened"];
const KEYS =
  "Arrows go from text to text, Enter opens, Space selects, + and - zoom, 0 shows all, F fills the screen, Escape clears.";

class PointMap extends MapActs {
  constructor(root) {
    super();
    this.root = root;
    this.mode = "pan";
    this.epochs = {};
    this.known = new Map(); // digest -> Colouring, which has the person's filter
    [this.hovered, this.focused, this.opened, this.frame] = [null, null, null, 0];
    this.build();
    this.pointer = new Pointer(this);
    this.full = new FullScreen(this.root, () => this.describe());
    this.bar.full.hidden = !this.full.possible;
    this.stage.box.addEventListener("keydown", (event) => {
      if (!pressed(this, event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.stage.box.addEventListener("blur", () => this.describe());
    this.stage.onLook = () => this.looked();
    this.stage.onShapes = () => this.showLegend();
  }

  build() {
    this.stage = new Stage();
    Object.assign(this.stage.box, { tabIndex: 0 });
    this.stage.box.setAttribute("role", "application");
    this.stage.box.setAttribute("aria-roledescription", "map of texts");
    this.title = element("div", "title");
    this.madeBy = element("div", "made_by");
    this.live = element("div", "live");
    this.live.setAttribute("aria-live", "polite");
    this.counts = element("div", "counts");
    this.chosen = element("button", "clear", "Clear selection");
    this.chosen.type = "button";
    this.chosen.onclick = () => this.escape();
    this.bar = new Bar({
      mode: (mode) => this.setMode(mode),
      zoom: (factor) => this.zoom(factor),
      fit: () => this.fit(),
      colour: (name) => this.colourBy(name),
      png: () => savePng(this),
      svg: () => saveSvg(this),
      full: () => this.full.turn(),
    });
    this.legend = new Legend({
      toggle: (codes, add) => this.filter(() => this.colouring.toggle(codes, add)),
      all: () => this.filter(() => (this.colouring.filter = null)),
    });
    this.frames = new Frames({ go: (frame) => this.stop().goTo(frame), play: () => this.play() });
    const head = element("div", "head");
    head.append(this.title, this.madeBy);
    const body = element("div", "body");
    body.append(this.stage.box, this.legend.box);
    const foot = element("div", "foot");
    this.plain = element(
      "span",
      "plain",
      "This browser has no WebGL2: the processor draws the points.",
    );
    this.plain.hidden = graphicsKind() !== "none";
    this.keys = element("span", "keys", KEYS);
    this.keys.id = "keys";
    this.stage.box.setAttribute("aria-describedby", "keys");
    this.stage.box.append(this.keys);
    foot.append(this.counts, this.chosen, this.plain);
    this.root.replaceChildren(head, this.bar.box, body, this.frames.box, foot, this.live);
  }

  dispose() {
    if (this.cloud) keepMap(this);
    this.stop();
    this.pointer.stop();
    this.full.stop();
    clearTimeout(this.telling);
    leaveLink(this);
    if (registry.maps.get(this.data?.key) === this) registry.maps.delete(this.data.key);
    this.stage.dispose();
  }

  // What Python says now. `bundles`: digest -> { header, arrays }.
  show(data, bundles = registry.bundles) {
    const before = this.data;
    const theme = themeOf(this.root);
    // What is asked counts only with another epoch: a page may send back what it was told.
    const { asked, lines, line_kinds: lineKinds, stars, labels, ...points } = data;
    const said = JSON.stringify([points, theme]);
    const samePoints = said === this.said;
    [this.said, this.data] = [said, data];
    this.stage.theme = theme;
    Object.assign(this.stage.scene, { lines: this.lines, lineKinds, stars, labels });
    if (samePoints) {
      this.showLegend();
      return this.stage.draw();
    }
    registry.maps.set(data.key, this);
    if (data.height) this.root.style.height = `${data.height}px`;
    this.colourings = data.colourings.map((digest) => this.colouringOf(digest, bundles));
    this.forget(data.colourings);
    this.colouring =
      this.colourings.find(({ name }) => name === this.colouring?.name) ?? this.colourings[0];
    if (before?.words !== data.words || before?.places !== data.places)
      this.load(data, before, bundles);
    this.obey(data);
    joinLink(this, data.link);
    this.marked = maskOf(data.marked, this.cloud.n);
    this.dimmed = maskOf(data.dimmed, this.cloud.n);
    this.title.textContent = data.title;
    this.madeBy.textContent = data.brief;
    this.madeBy.title = data.made_by;
    this.stage.box.setAttribute("aria-label", `${data.alt}. ${count(this.cloud.n, "text")}.`);
    this.refresh();
  }

  colouringOf(digest, bundles) {
    if (!this.known.has(digest)) this.known.set(digest, new Colouring(bundles.get(digest)));
    return this.known.get(digest);
  }

  resume({ state, colouring, place }) {
    Object.assign(this, state);
    this.colouring = this.colourings.find(({ name }) => name === colouring) ?? this.colouring;
    this.setMode(state.mode);
    this.stage.look(this.stage.camera.fromRelative(place));
  }

  forget(digests) {
    for (const digest of this.known.keys())
      if (!digests.includes(digest)) this.known.delete(digest);
  }

  load(data, before, bundles) {
    const cloud = new Cloud(bundles.get(data.places), bundles.get(data.words));
    const sameRows = before?.words === data.words;
    this.cloud = cloud;
    this.frame = Math.min(this.frame, cloud.nFrames - 1);
    if (!sameRows) {
      this.selected = new Uint8Array(cloud.n);
      [this.hovered, this.focused, this.opened] = [null, null, null];
      this.looks = new Uint8Array(2 * cloud.n);
      for (const colouring of this.colourings) colouring.filter = null;
    }
    const kept = before ? null : keptOf(data);
    if (!before) this.frame = kept?.state.frame ?? data.asked.frame;
    this.stage.load(cloud, this.frame, { sameRows });
    if (kept) this.resume(kept);
  }

  // Takes over what Python asks for, where it asks anew.
  obey({ asked, epochs = {} }) {
    for (const field of FIELDS) {
      if (field in this.epochs && this.epochs[field] === epochs[field]) continue;
      this.epochs[field] = epochs[field];
      if (field === "colouring")
        this.colouring =
          this.colourings.find(({ name }) => name === asked.colouring) ?? this.colouring;
      else if (field === "selected") this.selected = maskOf(asked.selected, this.cloud.n);
      else if (field === "opened") this.opened = asked.opened;
      else if (asked.frame !== this.frame) this.goTo(asked.frame, { tell: false });
    }
  }

  // Looks and order anew; the buffers are filled once.
  refresh() {
    const { stage, cloud } = this;
    stage.looks = this.colouring.paint(this.looks);
    stage.colours = coloursOf(stage.theme, this.colouring);
    stage.frame = this.frame;
    stage.scene.lines = this.lines;
    stage.painter.looks(stage.looks);
    stage.painter.colours(stage.colours, stage.theme.paper);
    this.isOut = new Uint8Array(cloud.n);
    const filters = this.colourings.filter(({ filter }) => filter);
    for (let row = 0; row < cloud.n; row++) {
      if (this.dimmed[row] || !filters.every((colouring) => colouring.shows(row)))
        this.isOut[row] = 1;
    }
    this.reorder();
    this.showLegend();
    this.bar.show(this.mode, this.colourings, this.colouring);
    this.frames.show(this.frame, cloud.frameNames, Boolean(this.playing));
  }

  showLegend() {
    const { theme, colours, shapes } = this.stage;
    this.legend.show(this.colouring, {
      theme,
      colours,
      shapes,
      lines: this.lines,
      lineKinds: this.data.line_kinds,
    });
  }

  // After the selection or the frame changed.
  reorder() {
    const { stage } = this;
    this.nSelected = sizeOf(this.selected);
    stage.order = orderOf({
      shuffle: stage.shuffle,
      xy: this.cloud.frame(this.frame),
      looks: this.looks,
      isOut: this.isOut,
      selected: this.selected,
      nSelected: this.nSelected,
      marked: this.marked,
    });
    stage.painter.order(stage.order.rows);
    this.counts.textContent = this.countWords();
    this.chosen.hidden = this.nSelected === 0 && this.opened === null;
    this.describe();
    stage.draw();
  }

  countWords() {
    return wordsOfCounts(this.cloud, this.stage.order, this.nSelected);
  }

  // For tests and bookmarklets: where a row stands in the window.
  screenOf(row) {
    const { left, top } = this.stage.box.getBoundingClientRect();
    const [x, y] = this.stage.at(row);
    return [left + x, top + y];
  }

  // In a saved page nobody finds lines anew: they are of the text that was open when it was saved.
  get lines() {
    return this.alone && this.opened !== this.data.asked.opened ? [] : this.data.lines;
  }

  get isFull() {
    return this.full.on;
  }

  accepts(row) {
    return !this.isOut[row] && !Number.isNaN(this.stage.to[2 * row]);
  }
}
