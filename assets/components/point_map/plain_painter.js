// plain_painter: draws the points without WebGL2, as squares on a plain canvas; slower, all there.

class PlainPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
  }

  places(from, to) {
    [this.from, this.to] = [from, to];
  }

  looks(values) {
    this.values = values;
  }

  order(rows) {
    this.rows = rows;
  }

  colours(css) {
    this.css = css;
  }

  draw(camera, way, groups, ratio) {
    const { pen, canvas, from, to } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (const { first, count, size, opacity, flat, rim, rimColour, hollow } of groups) {
      pen.globalAlpha = opacity;
      Object.assign(pen, { strokeStyle: rimColour ?? "transparent", lineWidth: rim ?? 0 });
      for (let n = first; n < first + count; n++) {
        const row = this.rows[n];
        const [x0, y0] = Number.isNaN(from[2 * row])
          ? [to[2 * row], to[2 * row + 1]]
          : [from[2 * row], from[2 * row + 1]];
        const x = x0 + (to[2 * row] - x0) * way;
        const y = y0 + (to[2 * row + 1] - y0) * way;
        const [px, py] = camera.toScreen(x, y);
        pen.fillStyle = flat ?? this.css[this.values[2 * row]];
        if (!hollow) pen.fillRect(px - size / 2, py - size / 2, size, size);
        if (rim) pen.strokeRect(px - size / 2, py - size / 2, size, size);
      }
    }
    pen.globalAlpha = 1;
  }

  dispose() {}
}
