// camera: which part of the plane is on the screen. Both axes have one scale; y grows upwards.

const MOST_ZOOM = 5_000;
const LEAST_ZOOM = 0.2;
const EDGE_PX = 24;

class Camera {
  constructor() {
    [this.width, this.height] = [1, 1];
    this.x = this.y = 0; // in the middle of the screen
    this.scale = 1; // pixels a unit
    this.bounds = { left: -1, right: 1, low: -1, high: 1 };
  }

  home() {
    const { left, right, low, high } = this.bounds;
    const across = Math.max(1, this.width - 2 * EDGE_PX) / (right - left || 1e-9);
    const upwards = Math.max(1, this.height - 2 * EDGE_PX) / (high - low || 1e-9);
    const scale = right - left || high - low ? Math.min(across, upwards) : 1;
    return { x: (left + right) / 2, y: (low + high) / 2, scale };
  }

  get zoom() {
    return this.scale / this.home().scale;
  }

  // Keeps the middle and the zoom.
  resize(width, height) {
    const zoom = this.zoom;
    [this.width, this.height] = [width, height];
    this.scale = zoom * this.home().scale;
  }

  get place() {
    return { x: this.x, y: this.y, scale: this.scale };
  }

  go({ x, y, scale }) {
    const home = this.home().scale;
    this.scale = Math.max(LEAST_ZOOM * home, Math.min(MOST_ZOOM * home, scale));
    const { left, right, low, high } = this.bounds;
    this.x = Math.max(left, Math.min(right, x));
    this.y = Math.max(low, Math.min(high, y));
  }

  // Where the camera has to be so that what is under a pixel stays there.
  zoomed(px, py, factor) {
    const [x, y] = this.toPlane(px, py);
    const home = this.home().scale;
    const scale = Math.max(LEAST_ZOOM * home, Math.min(MOST_ZOOM * home, this.scale * factor));
    const rest = this.scale / scale;
    return { x: x + (this.x - x) * rest, y: y + (this.y - y) * rest, scale };
  }

  panned(dx, dy) {
    return { x: this.x - dx / this.scale, y: this.y + dy / this.scale, scale: this.scale };
  }

  toScreen(x, y) {
    return [
      (x - this.x) * this.scale + this.width / 2,
      this.height / 2 - (y - this.y) * this.scale,
    ];
  }

  toPlane(px, py) {
    return [
      (px - this.width / 2) / this.scale + this.x,
      (this.height / 2 - py) / this.scale + this.y,
    ];
  }

  // In shares of the bounds, for a linked map that has others and for another size of the screen.
  get relative() {
    const { left, right, low, high } = this.bounds;
    return {
      x: (this.x - left) / (right - left || 1),
      y: (this.y - low) / (high - low || 1),
      zoom: this.zoom,
    };
  }

  fromRelative({ x, y, zoom }) {
    const { left, right, low, high } = this.bounds;
    return {
      x: left + x * (right - left),
      y: low + y * (high - low),
      scale: zoom * this.home().scale,
    };
  }
}
