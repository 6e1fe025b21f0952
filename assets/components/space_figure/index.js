// space_figure: what a Plotly figure in 3-D lacks in Streamlit, which knows clicks in two dimensions
// alone and puts another figure there whenever something in it changes: tells Python which point was
// clicked, keeps the figure turned, and lets the wheel scroll the page. Draws nothing but a hint.

const CLICK_PX = 5; // a pointer that moved farther has turned the figure
const listening = new WeakMap(); // the mount's element -> the latest listener
const cameras = (globalThis.embeddingExplorerCameras ??= new Map()); // map -> where it is looked at from

export default ({ data, parentElement: mount, setTriggerValue }) => {
  listening.get(mount)?.stop();
  const listener = new SpaceFigure(data, setTriggerValue);
  listening.set(mount, listener);
  return () => listener.stop();
};

class SpaceFigure {
  constructor({ figure: place, map }, tell) {
    Object.assign(this, { place: `.st-key-${place}`, map, tell, row: null, start: null });
    this.clicked = ({ points }) => (this.row = points[0]?.customdata ?? null);
    this.looked = () => cameras.set(this.map, this.figure.layout.scene?.camera);
    // Plotly says "click" while the button is down, also when the figure is being turned.
    this.down = (event) => this.begin(event);
    this.up = ({ clientX, clientY }) => this.end(clientX, clientY);
    this.rolled = (event) => this.roll(event);
    addEventListener("pointerdown", this.down, true);
    addEventListener("pointerup", this.up, true);
    addEventListener("wheel", this.rolled, { capture: true, passive: false });
    this.changes = new MutationObserver(() => this.follow());
    this.changes.observe(document.body, { childList: true, subtree: true });
    this.follow();
  }

  follow() {
    const box = document.querySelector(this.place);
    if (box && this.wheel?.box !== box) this.meet(box);
    const figure = box?.querySelector(".js-plotly-plot");
    if (!figure?.on || figure._ev === this.heard) return;
    [this.figure, this.heard] = [figure, figure._ev];
    figure.on("plotly_click", this.clicked);
    figure.once("plotly_afterplot", () => this.turn(figure));
  }

  // A figure that has just been drawn is turned as the one before it was.
  async turn(figure) {
    const camera = cameras.get(this.map);
    if (camera) await Plotly.relayout(figure, { "scene.camera": camera });
    if (figure === this.figure) figure.on("plotly_relayout", this.looked);
  }

  meet(box) {
    this.wheel?.stop();
    this.wheel = new Wheel(box, () => this.chosen);
    const { color, backgroundColor } = getComputedStyle(document.querySelector(".stApp"));
    Object.assign(this.wheel.hint.style, { color: backgroundColor, background: color });
    Object.assign(this.wheel.hint.style, HINT);
    box.style.position = "relative";
    box.append(this.wheel.hint);
  }

  roll(event) {
    if (!event.composedPath().includes(this.figure)) return;
    if (!this.wheel.takes(event)) event.stopPropagation(); // Plotly would hold the page fast
  }

  begin({ target, clientX, clientY }) {
    this.chosen = Boolean(this.figure?.contains(target));
    Object.assign(this, { row: null, start: [clientX, clientY] });
    if (this.chosen) this.wheel.rest();
  }

  end(x, y) {
    const { row, start } = this;
    [this.row, this.start] = [null, null];
    if (row === null || !start || Math.hypot(x - start[0], y - start[1]) > CLICK_PX) return;
    this.tell("clicked", { row });
  }

  stop() {
    this.changes.disconnect();
    this.wheel?.stop();
    this.wheel?.hint.remove();
    removeEventListener("pointerdown", this.down, true);
    removeEventListener("pointerup", this.up, true);
    removeEventListener("wheel", this.rolled, { capture: true });
    this.figure?.removeListener?.("plotly_click", this.clicked);
    this.figure?.removeListener?.("plotly_relayout", this.looked);
  }
}

const HINT = {
  position: "absolute",
  zIndex: 2,
  bottom: "0.6rem",
  left: "50%",
  padding: "0.3rem 0.7rem",
  borderRadius: "0.5rem",
  fontSize: "0.8125rem",
  whiteSpace: "nowrap",
  transform: "translateX(-50%)",
  pointerEvents: "none",
};
