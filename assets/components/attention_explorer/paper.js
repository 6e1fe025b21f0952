// Paper: the few marks that pictures are made of, on a canvas or as SVG, so that what is saved is
// what is seen. Pixels are CSS pixels.

class CanvasPaper {
  constructor(canvas, { width, height, ratio }) {
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    this.ratio = ratio;
    this.pen = canvas.getContext("2d");
    this.pen.scale(ratio, ratio);
    this.pen.textBaseline = "middle";
  }

  rect({ x, y, width, height }, fill, alpha = 1) {
    this.pen.globalAlpha = alpha;
    this.pen.fillStyle = fill;
    this.pen.fillRect(x, y, width, height);
    this.pen.globalAlpha = 1;
  }

  // A line of some thickness inside the box.
  frame({ x, y, width, height }, stroke, thick = 1) {
    Object.assign(this.pen, { strokeStyle: stroke, lineWidth: thick });
    this.pen.strokeRect(x + thick / 2, y + thick / 2, width - thick, height - thick);
  }

  line(x1, y1, x2, y2, stroke, thick = 1) {
    Object.assign(this.pen, { strokeStyle: stroke, lineWidth: thick });
    this.pen.beginPath();
    this.pen.moveTo(x1, y1);
    this.pen.lineTo(x2, y2);
    this.pen.stroke();
  }

  // From left to right, level at both ends.
  curve(x1, y1, x2, y2, stroke, thick, alpha) {
    Object.assign(this.pen, { strokeStyle: stroke, lineWidth: thick, globalAlpha: alpha });
    const middle = (x1 + x2) / 2;
    this.pen.beginPath();
    this.pen.moveTo(x1, y1);
    this.pen.bezierCurveTo(middle, y1, middle, y2, x2, y2);
    this.pen.stroke();
    this.pen.globalAlpha = 1;
  }

  text(words, x, y, { font, colour, align = "left", rtl = false }) {
    Object.assign(this.pen, { font, fillStyle: colour, textAlign: align, direction: rtl ? "rtl" : "ltr" });
    this.pen.fillText(words, x, y);
  }

  turned(x, y, turn, draw) {
    this.pen.save();
    this.pen.translate(x, y);
    this.pen.rotate(turn);
    draw();
    this.pen.restore();
  }

  inside({ x, y, width, height }, draw) {
    this.pen.save();
    this.pen.beginPath();
    this.pen.rect(x, y, width, height);
    this.pen.clip();
    draw();
    this.pen.restore();
  }

  image({ x, y, width, height }, canvas) {
    this.pen.imageSmoothingEnabled = false;
    this.pen.drawImage(canvas, x, y, width, height);
  }

  // A window on a table of coloured cells; a pixel that covers several shows the largest.
  cells(box, table, inks) {
    const [width, height] = [box.width, box.height].map((side) => Math.round(side * this.ratio));
    if (width < 1 || height < 1) return;
    const image = new ImageData(width, height);
    paintCells(new Uint32Array(image.data.buffer), { width, height, ratio: this.ratio }, table, inks.pixels);
    const spare = document.createElement("canvas");
    Object.assign(spare, { width, height });
    spare.getContext("2d").putImageData(image, 0, 0);
    this.image(box, spare);
  }
}

// table: {levels, nColumns, nRows, cellWidth, cellHeight, left, top}, left and top the pixels of it
// that are out of sight before the window.
function paintCells(pixels, { width, height, ratio }, table, colours) {
  const columns = spans(width, table.left * ratio, table.cellWidth * ratio, table.nColumns);
  const rows = spans(height, table.top * ratio, table.cellHeight * ratio, table.nRows);
  for (let y = 0, at = 0; y < height; y++) {
    const [top, bottom] = [rows[2 * y], rows[2 * y + 1]];
    if (y > 0 && top === rows[2 * y - 2] && bottom === rows[2 * y - 1]) {
      pixels.copyWithin(at, at - width, at);
      at += width;
      continue;
    }
    for (let x = 0; x < width; x++, at++) {
      let most = 0;
      for (let row = top; row < bottom; row++) {
        for (
          let cell = row * table.nColumns + columns[2 * x], end = row * table.nColumns + columns[2 * x + 1];
          cell < end;
          cell++
        ) {
          if (table.levels[cell] > most) most = table.levels[cell];
        }
      }
      pixels[at] = colours[most];
    }
  }
}

// For each pixel the first cell that it shows, and the one after its last.
function spans(nPixels, first, perCell, nCells) {
  const found = new Int32Array(2 * nPixels);
  for (let pixel = 0; pixel < nPixels; pixel++) {
    const from = Math.min(nCells - 1, Math.floor((first + pixel) / perCell + 1e-6));
    found[2 * pixel] = from;
    found[2 * pixel + 1] = Math.min(
      nCells,
      Math.max(from + 1, Math.floor((first + pixel + 1) / perCell + 1e-6)),
    );
  }
  return found;
}
