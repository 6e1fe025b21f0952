// stage: two canvases one above the other, the camera, the frames, and the loop that draws.

const MOVE_MS = 380;
const REST_MS = 160;

class Stage {
  constructor() {
    this.box = element("div", "stage");
    this.canvases = ["points", "marks"].map((name) => element("canvas", name));
    this.tip = new Tip();
    this.note = element("div", "note");
    this.note.hidden = true;
    this.box.append(...this.canvases, this.tip.box, this.note);
    this.camera = new Camera();
    this.overlay = new Overlay(this.canvases[1]);
    this.pace = new Pace();
    this.scene = {
      lines: [],
      lineKinds: {},
      stars: [],
      labels: [],
      rings: [],
      outline: null,
      at: (row) => this.at(row),
      placeOf: (places) => this.placeOf(places),
    };
    this.way = 1;
    this.startPainter();
    this.sizes = new Sizes(this.box, () => this.measure());
  }

  startPainter() {
    this.painter = painterFor(this.canvases[0]);
    const canvas = (this.canvases[0] = this.painter.canvas);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.painter.prepare();
      this.fill();
    });
  }

  dispose() {
    this.disposed = true;
    this.sizes.dispose();
    clearTimeout(this.resting);
    cancelAnimationFrame(this.waiting);
    this.painter.dispose();
  }

  // Everything that the graphics card holds, again.
  fill() {
    if (!this.cloud) return;
    this.painter.places(this.from, this.to);
    this.painter.looks(this.looks);
    this.painter.colours(this.colours, this.theme.paper);
    this.painter.order(this.order.rows);
    this.draw();
  }

  measure() {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (width < 10 || height < 10) return;
    this.ratio = Math.min(2, devicePixelRatio || 1);
    for (const canvas of this.canvases) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
    }
    this.camera.resize(width, height);
    this.paint(); // at once: a canvas that changed its size is empty
  }

  // Another cloud: points of the same rows move to their new places.
  load(cloud, frame, { sameRows }) {
    const from = sameRows && this.cloud ? this.current() : null;
    this.cloud = cloud;
    this.camera.bounds = cloud.bounds;
    if (!sameRows) this.shuffle = shuffled(cloud.n);
    this.look(this.camera.home(), { still: !from });
    this.move(from ?? cloud.frame(frame), cloud.frame(frame));
  }

  go(frame) {
    this.move(this.current(), this.cloud.frame(frame));
  }

  move(from, to) {
    [this.from, this.to] = [from, to];
    this.grid = null;
    this.painter.places(from, to);
    this.way = 1;
    idly(() => this.to === to && !this.disposed && this.findable());
    if (from !== to && !reducedMotion()) [this.way, this.started] = [0, performance.now()];
    this.draw();
  }

  // Where the points are at this moment: the frame itself, or a copy on the way.
  current() {
    if (this.way >= 1) return this.to;
    const [from, to, way] = [this.from, this.to, eased(this.way)];
    return from.map((x, n) => (Number.isNaN(x) ? to[n] : x + (to[n] - x) * way));
  }

  at(row) {
    const way = eased(this.way);
    const [x0, y0] = [this.from[2 * row], this.from[2 * row + 1]];
    const [x1, y1] = [this.to[2 * row], this.to[2 * row + 1]];
    if (way >= 1 || Number.isNaN(x0)) return this.camera.toScreen(x1, y1);
    return this.camera.toScreen(x0 + (x1 - x0) * way, y0 + (y1 - y0) * way);
  }

  // Stars and labels have a place a frame; on the way they stand where they go.
  placeOf(places) {
    const place = places[this.frame];
    return place ? this.camera.toScreen(...place) : null;
  }

  findable() {
    this.grid ??= new Grid(this.to);
  }

  nearest(px, py, reachPx, accepts) {
    this.findable();
    const [x, y] = this.camera.toPlane(px, py);
    return this.grid.nearest(x, y, reachPx / this.camera.scale, accepts);
  }

  // Moves the camera; smoothly where it jumps far.
  look(place, { still = true } = {}) {
    this.flight = null;
    if (still || reducedMotion()) this.camera.go(place);
    else this.flight = { from: this.camera.place, to: place, started: performance.now() };
    this.moved();
    this.onLook?.();
  }

  moved() {
    this.moving = true;
    clearTimeout(this.resting);
    this.draw();
  }

  // Everything is drawn once nothing has moved for a while; the while begins when the last frame is
  // there, or on a slow machine each frame would be followed by all points.
  restSoon() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.moving = false;
      if (!this.note.hidden) this.draw();
    }, REST_MS);
  }

  draw() {
    if (this.disposed) return;
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.paint();
    });
  }

  // Only what stands above the points.
  drawMarks() {
    if (!this.waiting && this.theme) this.overlay.draw(this.camera, this.scene, this.ratio ?? 1);
  }

  paint() {
    if (!this.order || !this.ratio) return;
    const clock = performance.now();
    if (this.way < 1) this.way = Math.min(1, (clock - this.started) / MOVE_MS);
    if (this.flight) this.fly(clock);
    const n = this.order.nPlaced;
    const moving = this.moving || this.way < 1;
    const share = moving ? this.pace.share(n) : 1;
    if (moving) this.pace.learn(n, () => this.restSoon());
    const size = sizeOfPoints(n, this.camera.zoom);
    if (showsShapes(size) !== this.shapes) this.onShapes?.((this.shapes = showsShapes(size)));
    const groups = groupsOf(
      this.order,
      this.theme,
      size,
      opacityOfPoints(n, this.camera.zoom),
      share,
    );
    this.painter.draw(this.camera, eased(this.way), groups, this.ratio);
    Object.assign(this.scene, { theme: this.theme, size, lettering: this.theme.font });
    this.overlay.draw(this.camera, this.scene, this.ratio);
    this.sayShare(share, n);
    this.drawn = (this.drawn ?? 0) + 1;
    if (this.way < 1 || this.flight) this.draw();
  }

  fly(clock) {
    const { from, to, started } = this.flight;
    const way = eased(Math.min(1, (clock - started) / MOVE_MS));
    const between = (name) => from[name] + (to[name] - from[name]) * way;
    this.camera.go({
      x: between("x"),
      y: between("y"),
      scale: from.scale * (to.scale / from.scale) ** way,
    });
    if (way >= 1) this.flight = null;
    this.moving = true;
    this.onLook?.();
  }

  sayShare(share, n) {
    this.note.hidden = share >= 1;
    if (share >= 1) return;
    const drawn = Math.ceil(n * share).toLocaleString("en");
    this.note.textContent = `While moving: ${drawn} of ${n.toLocaleString("en")} points drawn`;
  }
}

const idly = (act) => (globalThis.requestIdleCallback ?? setTimeout)(act);
const eased = (way) => (way < 1 ? way * way * (3 - 2 * way) : 1);
const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
