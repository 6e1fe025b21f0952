// space_clicks: tells Python which point of a figure in 3-D was clicked, and how it was turned then.
// Streamlit passes on selections, which Plotly knows in two dimensions alone. Draws nothing.

const CLICK_PX = 5; // a pointer that moved farther has turned the figure
const listening = new WeakMap(); // the mount's element -> the latest listener

export default ({ data, parentElement: mount, setTriggerValue }) => {
  listening.get(mount)?.stop();
  const listener = new SpaceClicks(`.st-key-${data.figure}`, setTriggerValue);
  listening.set(mount, listener);
  return () => listener.stop();
};

class SpaceClicks {
  constructor(place, tell) {
    Object.assign(this, { place, tell, row: null, start: null });
    this.clicked = ({ points }) => (this.row = points[0]?.customdata ?? null);
    // Plotly says "click" while the button is down, also when the figure is being turned.
    this.down = ({ clientX, clientY }) => Object.assign(this, { row: null, start: [clientX, clientY] });
    this.up = ({ clientX, clientY }) => this.end(clientX, clientY);
    addEventListener("pointerdown", this.down, true);
    addEventListener("pointerup", this.up, true);
    // Streamlit puts another figure there whenever something in it changes.
    this.changes = new MutationObserver(() => this.follow());
    this.changes.observe(document.body, { childList: true, subtree: true });
    this.follow();
  }

  follow() {
    const figure = document.querySelector(`${this.place} .js-plotly-plot`);
    if (!figure?.on || figure._ev === this.heard) return;
    [this.figure, this.heard] = [figure, figure._ev];
    figure.on("plotly_click", this.clicked);
  }

  end(x, y) {
    const { row, start } = this;
    [this.row, this.start] = [null, null];
    if (row === null || !start || Math.hypot(x - start[0], y - start[1]) > CLICK_PX) return;
    this.tell("clicked", { row, camera: this.figure.layout.scene?.camera ?? null });
  }

  stop() {
    this.changes.disconnect();
    removeEventListener("pointerdown", this.down, true);
    removeEventListener("pointerup", this.up, true);
    this.figure?.removeListener?.("plotly_click", this.clicked);
  }
}
