// pointer: what a mouse, a pen or fingers do on the stage.

const REACH_PX = 14;
const CLICK_PX = 4; // less is no drag
const DOUBLE_MS = 260;

class Pointer {
  // `map` has stage, mode, and: hover(row), click(row, add), outline(points), region(outline, how)
  constructor(map) {
    this.map = map;
    this.stage = map.stage;
    this.down = new Map(); // pointer id -> where it is
    const { box } = this.stage;
    this.wheelOf = new Wheel(box, () => map.isFull || box.getRootNode().activeElement === box);
    box.append(this.wheelOf.hint);
    const on = (type, act, options) => box.addEventListener(type, act, options);
    on("pointerdown", (event) => this.press(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.lift(event));
    on("pointercancel", (event) => this.cancel(event.pointerId));
    on("pointerleave", () => this.down.size === 0 && this.map.hover(null));
    on("wheel", (event) => this.wheel(event), { passive: false });
    on("dblclick", (event) => this.double(event));
  }

  where(event) {
    const { left, top } = this.stage.box.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  press(event) {
    if (event.button !== 0) return;
    // A finger may be about to scroll the page: a tap turns to the map, and then it has every finger.
    if (event.pointerType !== "touch") this.focus();
    this.stage.box.setPointerCapture(event.pointerId);
    const at = this.where(event);
    this.down.set(event.pointerId, at);
    if (this.down.size > 1) return (this.drag = { kind: "pinch" });
    const selects = this.map.mode !== "pan" || event.shiftKey || takesAway(event);
    const shape = this.map.mode === "box" ? "box" : "lasso";
    this.drag = {
      kind: selects ? shape : "pan",
      from: at,
      last: at,
      far: false,
      points: [...at],
      how: howOf(event),
    };
  }

  focus() {
    this.wheelOf.rest();
    this.stage.box.focus({ preventScroll: true });
  }

  move(event) {
    const at = this.where(event);
    if (!this.down.has(event.pointerId)) return this.map.hoverAt(...at);
    if (this.drag?.kind === "pinch") return this.pinch(event.pointerId, at);
    this.down.set(event.pointerId, at);
    const { drag } = this;
    if (!drag) return;
    drag.far ||= Math.hypot(at[0] - drag.from[0], at[1] - drag.from[1]) > CLICK_PX;
    if (!drag.far) return;
    this.map.hover(null);
    if (drag.kind === "pan") {
      this.stage.look(this.stage.camera.panned(at[0] - drag.last[0], at[1] - drag.last[1]));
      this.stage.box.classList.add("dragging");
    } else this.trace(drag, at);
    drag.last = at;
  }

  trace(drag, at) {
    if (drag.kind === "lasso") drag.points.push(...at);
    else drag.points = [...drag.from, at[0], drag.from[1], ...at, drag.from[0], at[1]];
    this.map.outline(drag.points);
  }

  lift(event) {
    const { drag } = this;
    this.cancel(event.pointerId);
    if (drag) this.focus();
    if (!drag || drag.kind === "pinch") return;
    if (!drag.far) return this.click(this.where(event), event.shiftKey);
    if (drag.kind !== "pan") this.map.region(drag.points, drag.how);
  }

  cancel(pointerId) {
    this.down.delete(pointerId);
    this.drag = null;
    this.stage.box.classList.remove("dragging");
    this.map.outline(null);
  }

  // A click waits a moment, because two of them zoom.
  click(at, add) {
    clearTimeout(this.clicking);
    const row = this.map.rowAt(...at);
    if (add) return this.map.click(row, true);
    this.clicking = setTimeout(() => this.map.click(row, false), DOUBLE_MS);
  }

  double(event) {
    clearTimeout(this.clicking);
    const { camera } = this.stage;
    this.stage.look(camera.zoomed(...this.where(event), event.shiftKey ? 0.5 : 2), {
      still: false,
    });
  }

  wheel(event) {
    if (!this.wheelOf.takes(event)) return;
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 18 : event.deltaMode === 2 ? 300 : 1);
    const factor = Math.exp(-Math.max(-240, Math.min(240, pixels)) * 0.002);
    this.stage.look(this.stage.camera.zoomed(...this.where(event), factor));
    this.map.hoverAt(...this.where(event));
  }

  stop() {
    clearTimeout(this.clicking);
    this.wheelOf.stop();
  }

  pinch(pointerId, at) {
    const before = this.spread();
    this.down.set(pointerId, at);
    const after = this.spread();
    if (!before || !after) return;
    const { camera } = this.stage;
    this.stage.look(camera.panned(after.x - before.x, after.y - before.y));
    this.stage.look(camera.zoomed(after.x, after.y, after.span / before.span));
  }

  spread() {
    const [one, other] = [...this.down.values()];
    if (!other) return null;
    const span = Math.max(1, Math.hypot(one[0] - other[0], one[1] - other[1]));
    return { x: (one[0] + other[0]) / 2, y: (one[1] + other[1]) / 2, span };
  }
}

// Alt moves windows on some systems, so Ctrl does the same.
const takesAway = ({ altKey, ctrlKey, metaKey }) => altKey || ctrlKey || metaKey;
const howOf = (event) => (takesAway(event) ? "subtract" : event.shiftKey ? "add" : "replace");
