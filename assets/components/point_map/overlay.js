// overlay: what stands above the points: lines, stars, names of clusters, rings, the outline being
// drawn. Few things, drawn anew each time on a plain canvas; text is drawn as letters, never parsed.

const LABEL_PX = 12.5;
const STAR = starPath();

class Overlay {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
  }

  // `scene`: { theme, size, at(row), placeOf(places), lines, lineKinds, stars, labels, rings, outline }
  draw(camera, scene, ratio) {
    const { pen, canvas } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.all(pen, camera, scene);
  }

  all(pen, camera, scene) {
    drawLines(pen, scene);
    for (const ring of scene.rings) drawRing(pen, scene, ring);
    for (const star of scene.stars) drawStar(pen, scene, star);
    drawLabels(pen, camera, scene);
    drawOutline(pen, scene);
  }
}

function drawLines(pen, { lines, lineKinds, theme, at }) {
  for (const { kind, pairs } of lines) {
    const { colour, dash } = lineKinds[kind];
    // A wider line in the paper's colour below keeps the line apart from the points.
    for (const [stroke, width] of [
      [theme.paper, 4.5],
      [theme[colour], 2],
    ]) {
      Object.assign(pen, { strokeStyle: stroke, lineWidth: width, lineCap: "round" });
      pen.setLineDash(width === 2 ? dash : []);
      pen.beginPath();
      for (const [from, to] of pairs) {
        pen.moveTo(...at(from));
        pen.lineTo(...at(to));
      }
      pen.globalAlpha = width === 2 ? 1 : 0.55;
      pen.stroke();
    }
  }
  pen.globalAlpha = 1;
  pen.setLineDash([]);
}

function drawRing(pen, { theme, size, at }, { row, kind }) {
  const [x, y] = at(row);
  const radius = size / 2 + (kind === "opened" ? 7 : 4);
  const strokes =
    kind === "opened"
      ? [
          [theme.paper, 5, radius],
          [theme.accent, 3, radius],
        ]
      : [
          [theme.paper, 4.5, radius],
          [theme.ink, 2, radius],
        ];
  for (const [stroke, width, reach] of strokes) {
    Object.assign(pen, { strokeStyle: stroke, lineWidth: width });
    pen.beginPath();
    pen.arc(x, y, reach, 0, 2 * Math.PI);
    pen.stroke();
  }
}

function drawStar(pen, { theme, placeOf }, { places }) {
  const at = placeOf(places);
  if (!at) return;
  pen.save();
  pen.translate(...at);
  pen.scale(11, 11);
  Object.assign(pen, { lineJoin: "round", lineWidth: 0.34, strokeStyle: theme.paper });
  pen.stroke(STAR);
  Object.assign(pen, { lineWidth: 0.16, strokeStyle: theme.ink, fillStyle: theme.accent });
  pen.fill(STAR);
  pen.stroke(STAR);
  pen.restore();
}

function starPath() {
  const path = new Path2D();
  for (let n = 0; n < 10; n++) {
    const [angle, radius] = [(Math.PI * n) / 5 - Math.PI / 2, n % 2 ? 0.45 : 1];
    path.lineTo(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  path.closePath();
  return path;
}

// Labels that come first have their place first; one that would touch another is left out.
function drawLabels(pen, camera, { labels, theme, placeOf, lettering }) {
  Object.assign(pen, {
    font: `600 ${LABEL_PX}px ${lettering}`,
    textAlign: "center",
    textBaseline: "middle",
  });
  Object.assign(pen, {
    lineJoin: "round",
    lineWidth: 4,
    strokeStyle: theme.paper,
    fillStyle: theme.ink,
  });
  for (const { text, x, y } of placedLabels(pen, camera, labels, placeOf)) {
    pen.globalAlpha = 0.9;
    pen.strokeText(text, x, y);
    pen.globalAlpha = 1;
    pen.fillText(text, x, y);
  }
}

function placedLabels(pen, camera, labels, placeOf) {
  const placed = [];
  for (const label of labels) {
    const at = placeOf(label.places);
    if (!at) continue;
    const half = (label.width ??= pen.measureText(label.text).width) / 2 + 3;
    const [x, y] = [at[0], at[1]];
    if (x < half || x > camera.width - half || y < 10 || y > camera.height - 10) continue;
    const clear = placed.every(
      (other) => Math.abs(other.x - x) > other.half + half || Math.abs(other.y - y) > LABEL_PX + 5,
    );
    if (clear) placed.push({ text: label.text, x, y, half });
  }
  return placed;
}

function drawOutline(pen, { outline, theme }) {
  if (!outline?.length) return;
  pen.beginPath();
  for (let n = 0; n < outline.length; n += 2) pen.lineTo(outline[n], outline[n + 1]);
  pen.closePath();
  Object.assign(pen, { fillStyle: theme.accent, strokeStyle: theme.accent, lineWidth: 1.5 });
  pen.globalAlpha = 0.12;
  pen.fill();
  pen.globalAlpha = 1;
  pen.setLineDash([5, 4]);
  pen.stroke();
  pen.setLineDash([]);
}
