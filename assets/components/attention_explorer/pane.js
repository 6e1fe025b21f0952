// Pane: a window on a drawing that may be larger, in which the drawing keeps its labels in sight.
// A drawing has layout(room) -> {width, height}, paint(paper, window), overlay(paper, window) and
// at(x, y, window), the thing at a place of the window.

class Pane {
  constructor(drawing, [label, keys], { onPoint, onPick, onKey }) {
    this.drawing = drawing;
    this.box = element("div", "pane");
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "application");
    this.box.setAttribute("aria-roledescription", label);
    this.box.setAttribute("aria-description", keys);
    this.room = element("div", "room");
    this.canvas = element("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.base = element("canvas");
    this.room.append(this.canvas);
    this.box.append(this.room);
    const place = (event) => drawing.at(event.offsetX, event.offsetY, this.window());
    this.canvas.addEventListener("pointermove", (event) => onPoint(place(event)));
    this.canvas.addEventListener("pointerleave", () => onPoint(null));
    this.canvas.addEventListener("click", (event) => onPick(place(event), event));
    this.box.addEventListener("scroll", () => this.repaint());
    this.box.addEventListener("keydown", onKey);
    for (const change of ["focus", "blur"]) this.box.addEventListener(change, () => this.redraw());
  }

  window() {
    const { scrollLeft: left, scrollTop: top, clientWidth, clientHeight } = this.box;
    const { width, height } = this.size;
    return { left, top, width: Math.min(clientWidth, width), height: Math.min(clientHeight, height) };
  }

  get focused() {
    return this.box.matches(":focus-visible");
  }

  // Fits the drawing anew and paints everything.
  refresh(room) {
    this.size = this.drawing.layout(room);
    this.box.style.height = `${room.height}px`;
    this.room.style.width = `${this.size.width}px`;
    this.room.style.height = `${this.size.height}px`;
    this.repaint();
  }

  repaint() {
    this.stale = true;
    this.redraw();
  }

  // Draws at the next frame: what is painted stays, what is pointed at changes.
  redraw() {
    if (this.frame || !this.size) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.drawNow();
    });
  }

  drawNow() {
    const view = this.window();
    if (view.width < 1 || view.height < 1) return;
    const size = { ...view, ratio: devicePixelRatio };
    if (this.stale) this.drawing.paint(new CanvasPaper(this.base, size), view);
    this.stale = false;
    const paper = new CanvasPaper(this.canvas, size);
    paper.pen.drawImage(this.base, 0, 0, view.width, view.height);
    this.drawing.overlay(paper, view, this.focused);
  }

  // Scrolls so that a box of the drawing stands clear of the labels.
  reveal({ x, y, width, height }, { left, top }) {
    const view = this.box;
    const right = x + width - view.clientWidth;
    const bottom = y + height - view.clientHeight;
    view.scrollLeft = Math.max(right, Math.min(view.scrollLeft, x - left));
    view.scrollTop = Math.max(bottom, Math.min(view.scrollTop, y - top));
  }

  dispose() {
    cancelAnimationFrame(this.frame);
  }
}
