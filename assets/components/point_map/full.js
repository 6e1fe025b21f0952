// full: the map on the whole screen, for a lecture room, and back; Escape is the browser's way back.

class FullScreen {
  constructor(root, changed) {
    Object.assign(this, { root, changed });
    document.addEventListener("fullscreenchange", changed);
  }

  get possible() {
    return Boolean(document.fullscreenEnabled && this.root.requestFullscreen);
  }

  get on() {
    return this.root.getRootNode().fullscreenElement === this.root;
  }

  turn() {
    if (this.on) document.exitFullscreen();
    else if (this.possible) this.root.requestFullscreen().catch(() => {}); // a browser may refuse
  }

  stop() {
    document.removeEventListener("fullscreenchange", this.changed);
  }
}
