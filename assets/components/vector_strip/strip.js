// Strip: where cells stand, what colour they have, and the words for a value.

// The payload begins anywhere in a larger buffer, so the values are copied to where they align.
function unpacked(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const raw = bytes.slice(4 + length).buffer;
  return { header, values: new Float32Array(raw) };
}

// The shortest decimal that gives this float32 again: -0.0432, not -0.043200001120567.
function exact(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : String(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

const rounded = (value) => String(Number(value.toPrecision(3)));
const valueText = (value, dimension) => `dimension ${dimension}: ${exact(value)}`;

function summaryOf({ header, values }) {
  const { n_rows, dim, label } = header;
  if (n_rows > 1) return [label, `${n_rows} rows of ${dim.toLocaleString("en")} dimensions`];
  const finite = [...values.keys()].filter((n) => Number.isFinite(values[n]));
  if (finite.length < values.length) {
    return [label, count(dim, "dimension"), `${values.length - finite.length} of them not finite`];
  }
  const low = finite.reduce((best, n) => (values[n] < values[best] ? n : best));
  const high = finite.reduce((best, n) => (values[n] > values[best] ? n : best));
  const squares = values.reduce((sum, value) => sum + value * value, 0);
  return [
    label,
    count(dim, "dimension"),
    `L2 norm ${rounded(Math.sqrt(squares))}`,
    `smallest ${rounded(values[low])} (dimension ${low})`,
    `largest ${rounded(values[high])} (dimension ${high})`,
  ];
}

function layoutOf(dim, width, nRows) {
  const gutter = 14 + 7 * String(dim).length;
  const room = width - gutter;
  const nLines = Math.ceil((dim * CELL_PX) / room);
  const perLine = Math.ceil(dim / nLines);
  const line = nLines * nRows > 16 ? LINE_PX.many : LINE_PX.few;
  const height = nLines * (line + GAP_PX) - GAP_PX;
  return { dim, gutter, width, perLine, nLines, line, height, ratio: devicePixelRatio };
}

// Edges stand on whole device pixels: neighbours share an edge, and nothing is blurred.
function edge({ gutter, width, perLine, ratio }, column) {
  return Math.round((gutter + ((width - gutter) * column) / perLine) * ratio) / ratio;
}

function boxOf(layout, cell) {
  const column = cell % layout.perLine;
  const left = edge(layout, column);
  const top = Math.floor(cell / layout.perLine) * (layout.line + GAP_PX);
  return { left, top, width: edge(layout, column + 1) - left, height: layout.line };
}

function cellAt(layout, x, y, dim) {
  const column = Math.floor(((x - layout.gutter) * layout.perLine) / (layout.width - layout.gutter));
  const cell = Math.floor(y / (layout.line + GAP_PX)) * layout.perLine + column;
  const inside = column >= 0 && column < layout.perLine && cell >= 0 && cell < dim;
  return inside ? cell : null;
}

function paint(canvas, values, layout) {
  const { ratio, width, height, ink, font, colours, limit } = layout;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  values.forEach((value, cell) => {
    const box = boxOf(layout, cell);
    pen.fillStyle = colourOf(value, limit, colours);
    pen.fillRect(box.left, box.top, box.width, box.height);
    if (Number.isNaN(value)) strike(pen, box, ink);
  });
  Object.assign(pen, { fillStyle: ink, font, textAlign: "right", textBaseline: "middle" });
  for (let line = 0; line < layout.nLines; line++) {
    const middle = line * (layout.line + GAP_PX) + layout.line / 2;
    pen.fillText(String(line * layout.perLine), layout.gutter - 7, middle);
  }
}

function strike(pen, { left, top, width, height }, ink) {
  Object.assign(pen, { strokeStyle: ink, lineWidth: 1 });
  pen.beginPath();
  pen.moveTo(left, top + height);
  pen.lineTo(left + width, top);
  pen.stroke();
}
