// Labels: tokens as text on a canvas. Each is drawn by itself, so no script turns its neighbours;
// Python has already put visible marks in the place of characters that hide or reorder.

const FONT_PX = 12;
const LINE_PX = 14; // the closest that two lines of labels may stand
const LONGEST_PX = 116;
const TAG_PX = 4; // beside a special token, for the frame that marks it
const RIGHT_TO_LEFT = /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;
const segmenter = globalThis.Intl?.Segmenter && new Intl.Segmenter(undefined, { granularity: "grapheme" });
// Letters with their accents; where a browser cannot tell, at least no half of a character.
const lettersIn = (words) =>
  segmenter ? [...segmenter.segment(words)].map(({ segment }) => segment) : [...words];
const gauge = document.createElement("canvas").getContext("2d");

function labelsOf({ labels, special, segment }) {
  return labels.map((runs, n) => labelOf(runs, special[n], segment[n]));
}

// Marks that could be mistaken for letters stand between angles.
const lettersOf = (run) => (typeof run === "string" ? run : run[0] === "space" ? run[1] : `‹${run[1]}›`);

function labelOf(runs, special = false, segment = 0) {
  const text = runs
    .map(lettersOf)
    .join("")
    .replace(/[\ufffe\uffff]/g, "\ufffd"); // which XML does not allow
  return { runs, text, special, segment, rtl: RIGHT_TO_LEFT.test(text) };
}

const fontOf = (family, { special = false, bold = false, px = FONT_PX } = {}) =>
  `${special ? "italic " : ""}${bold ? "600 " : ""}${px}px ${family}`;

function widthOf(words, font) {
  gauge.font = font;
  return gauge.measureText(words).width;
}

// `words` cut between letters, with an ellipsis, so that they take at most `room` pixels.
function fitted(words, font, room) {
  if (widthOf(words, font) <= room) return words;
  const parts = lettersIn(words);
  let [low, high] = [1, parts.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(`${parts.slice(0, middle).join("")}…`, font) <= room) low = middle;
    else high = middle - 1;
  }
  return `${parts.slice(0, low).join("")}…`;
}

// Pixels that the longest of some labels takes, no more than it may.
function longest(labels, family) {
  const widths = labels.map(
    (label) => widthOf(label.text, fontOf(family, { ...label, bold: true })) + 2 * TAG_PX * label.special,
  );
  return Math.ceil(Math.min(LONGEST_PX, Math.max(8, ...widths)));
}

// Where the same segment goes on: [{segment, first, last}].
function segmentsOf(labels) {
  const found = [];
  labels.forEach(({ segment }, n) => {
    const open = found[found.length - 1];
    if (open?.segment === segment) open.last = n;
    else found.push({ segment, first: n, last: n });
  });
  return found.length > 1 ? found : [];
}

// Draws one label at (x, y), its middle line; turned labels go up from there.
function writeLabel(paper, label, x, y, { inks, room, align = "left", turn = 0, bold = false, wash = null }) {
  const font = fontOf(inks.family, { ...label, bold });
  const words = fitted(label.text, font, room - 2 * TAG_PX * label.special);
  const width = widthOf(words, font) + 2 * TAG_PX * label.special;
  const left = align === "right" ? -width : align === "center" ? -width / 2 : 0;
  paper.turned(x, y, turn, () => {
    const box = { x: left - 2, y: -LINE_PX / 2, width: width + 4, height: LINE_PX };
    if (wash) paper.rect(box, wash);
    if (label.special)
      paper.frame({ ...box, x: left, y: box.y + 0.5, width, height: LINE_PX - 1 }, inks.line);
    const colour = label.special && !bold ? inks.quiet : inks.ink;
    paper.text(words, left + TAG_PX * label.special, 0, { font, colour, rtl: label.rtl });
  });
}
