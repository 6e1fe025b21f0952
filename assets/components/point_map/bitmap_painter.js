// bitmap_painter: draws the points on the processor, where there is no graphics card. Each point is
// a stamp, made once a shape and size in sixteen places within a pixel, so that points glide. On a
// processor this is many times as fast as WebGL, which draws each point as a polygon there too.

const PHASES = 4; // places within a pixel, each way
const MARGIN_PX = 40; // round the picture, so that points at its edge are cut and not left out
const MOST_STAMPS = 300;

class BitmapPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.stamps = new Map();
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

  colours(css, paper) {
    this.inks = Uint32Array.from(css, inkOf);
    this.paper = inkOf(paper);
  }

  draw(camera, way, groups, ratio) {
    this.fit();
    this.words.fill(this.paper);
    for (const group of groups) if (group.count) this.group(camera, way, group, ratio);
    this.pen.putImageData(this.image, -MARGIN_PX, -MARGIN_PX);
  }

  fit() {
    const width = this.canvas.width + 2 * MARGIN_PX;
    const height = this.canvas.height + 2 * MARGIN_PX;
    if (this.image?.width === width && this.image.height === height) return;
    this.image = new ImageData(width, height);
    this.words = new Uint32Array(this.image.data.buffer);
    this.stamps.clear(); // they hold distances in lines of the image
  }

  group(camera, way, { first, count, flat, rimColour, shapes, ...style }, ratio) {
    const { from, to, rows, values, inks, words, image } = this;
    const stamps = (shapes ? PATHS : [0]).map((_, shape) => this.stamp(shape, style, ratio));
    const flatInk = flat ? inkOf(flat) : 0;
    const rimInk = rimColour ? inkOf(rimColour) : 0;
    const scale = camera.scale * ratio;
    const right = (camera.width / 2) * ratio - camera.x * scale + MARGIN_PX;
    const down = (camera.height / 2) * ratio + camera.y * scale + MARGIN_PX;
    const [lastColumn, lastLine] = [image.width - 1, image.height - 1];
    for (let n = first; n < first + count; n++) {
      // Plain variables: this runs for every point of every frame.
      const row = rows[n];
      let x = to[2 * row];
      let y = to[2 * row + 1];
      if (way < 1 && from[2 * row] === from[2 * row]) {
        x = from[2 * row] + (x - from[2 * row]) * way;
        y = from[2 * row + 1] + (y - from[2 * row + 1]) * way;
      }
      const px = x * scale + right;
      const py = down - y * scale;
      const stamp = shapes ? stamps[values[2 * row + 1]] : stamps[0];
      const reach = stamp.reach;
      if (!(px >= reach && py >= reach && px < lastColumn - reach && py < lastLine - reach))
        continue;
      const column = Math.floor(px);
      const line = Math.floor(py);
      const phase = Math.floor((px - column) * PHASES) + PHASES * Math.floor((py - line) * PHASES);
      const at = (line - reach) * image.width + column - reach;
      press(words, at, stamp, phase, flat ? flatInk : inks[values[2 * row]], rimInk);
    }
  }

  // The pixels that a shape covers, with how much of each it and its rim cover, in 256 steps.
  stamp(shape, { size, opacity, rim = 0, hollow = false }, ratio) {
    const [radius, rimPx] = [Math.round(size * ratio * 4) / 8, rim * ratio];
    const key = [shape, radius, rimPx, Math.round(opacity * 64), hollow].join(" ");
    const known = this.stamps.get(key);
    if (known) return known;
    if (this.stamps.size >= MOST_STAMPS) this.stamps.clear();
    const made = stampOf(PATHS[shape], { radius, rimPx, opacity, hollow, width: this.image.width });
    this.stamps.set(key, made);
    return made;
  }

  dispose() {}
}

// A colour as a word of an image: alpha, blue, green, red.
function inkOf(css) {
  const [r, g, b] = channels(css);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

// Mixes a stamp into the picture. Red and blue are mixed in one multiplication, with 8 bits between
// them; all shares together are 256, so that nothing runs over.
function press(words, at, { starts, offsets, fills, rims }, phase, ink, rimInk) {
  const [inkSides, inkGreen] = [ink & 0xff00ff, ink & 0xff00];
  const [rimSides, rimGreen] = [rimInk & 0xff00ff, rimInk & 0xff00];
  const last = starts[phase + 1];
  for (let k = starts[phase]; k < last; k++) {
    const below = words[at + offsets[k]];
    const fill = fills[k];
    const rim = rims[k];
    const keep = 256 - fill - rim;
    let sides = Math.imul(below & 0xff00ff, keep) + Math.imul(inkSides, fill);
    let green = Math.imul(below & 0xff00, keep) + Math.imul(inkGreen, fill);
    if (rim) {
      sides += Math.imul(rimSides, rim);
      green += Math.imul(rimGreen, rim);
    }
    words[at + offsets[k]] = 0xff000000 | ((sides >>> 8) & 0xff00ff) | ((green >>> 8) & 0xff00);
  }
}

function stampOf(path, { radius, rimPx, opacity, hollow, width }) {
  const reach = Math.ceil(radius + rimPx) + 1;
  const side = 2 * reach + 1;
  const fill = coverOf(path, { radius, reach, side, rimPx: 0 });
  const whole = rimPx ? coverOf(path, { radius, reach, side, rimPx }) : fill;
  const [starts, offsets, fills, rims] = [[0], [], [], []];
  for (let phase = 0; phase < PHASES ** 2; phase++) {
    for (let n = 0; n < side * side; n++) {
      const [line, column] = [Math.floor(n / side), n % side];
      const k = 4 * (line * side * PHASES ** 2 + phase * side + column) + 3;
      const inside = Math.round((256 / 255) * opacity * fill[k]);
      const beyond = Math.max(0, Math.round((256 / 255) * opacity * whole[k]) - inside);
      if (beyond === 0 && (inside === 0 || hollow)) continue;
      offsets.push(line * width + column);
      fills.push(hollow ? 0 : inside);
      rims.push(beyond);
    }
    starts.push(offsets.length);
  }
  return {
    reach,
    starts: Uint32Array.from(starts),
    offsets: Uint32Array.from(offsets),
    fills: Uint16Array.from(fills),
    rims: Uint16Array.from(rims),
  };
}

// The shape drawn once for each place within a pixel, side by side; the bytes of the picture.
function coverOf(path, { radius, reach, side, rimPx }) {
  const canvas = element("canvas");
  [canvas.width, canvas.height] = [side * PHASES ** 2, side];
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const outline = new Path2D(path);
  for (let phase = 0; phase < PHASES ** 2; phase++) {
    const [across, down] = [phase % PHASES, Math.floor(phase / PHASES)];
    pen.setTransform(
      radius,
      0,
      0,
      radius,
      phase * side + reach + (across + 0.5) / PHASES,
      reach + (down + 0.5) / PHASES,
    );
    pen.fill(outline, "evenodd");
    if (!rimPx) continue;
    Object.assign(pen, { lineWidth: (2 * rimPx) / radius, lineJoin: "round" });
    pen.stroke(outline);
  }
  return pen.getImageData(0, 0, canvas.width, canvas.height).data;
}
