// Saving: the picture as it is seen, with what is pinned or marked, as PNG or SVG. The drawings are
// the same as on the screen, on a larger paper.

const SHEET = { margin: 20, gap: 28, title: 22, heading: 24, foot: 52 };
const LARGEST_PX = 4000; // of a drawing; a longer one is saved as far as it goes
const PNG_RATIO = 2;

function savePng(explorer) {
  const canvas = document.createElement("canvas");
  drawSheet(explorer, (size) => new CanvasPaper(canvas, { ...size, ratio: PNG_RATIO }));
  canvas.toBlob((content) => handOver(content, fileName(explorer, "png")));
}

function saveSvg(explorer) {
  const paper = drawSheet(explorer, (size) => new SvgPaper(size));
  const words = new XMLSerializer().serializeToString(paper.root);
  handOver(new Blob([words], { type: "image/svg+xml" }), fileName(explorer, "svg"));
}

function handOver(content, name) {
  const link = element("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function fileName({ scene, selected, view }, ending) {
  const { first } = scene.header;
  const [layer, head] = selected[0];
  const heads =
    selected.length === 1
      ? `layer-${layer + first}-head-${head + first}`
      : `mean-of-${selected.length}-heads`;
  return `attention-${heads}-${view}.${ending}`;
}

// Title, the grid on the left, the opened head on the right, the scale and what is marked below.
function drawSheet(explorer, paperOf) {
  const { parts, scene, inks, view, selected } = explorer;
  const drawing = view === "heat" ? parts.matrix : parts.lines;
  const [left, right] = [parts.panes.grid.size, parts.panes[view].size].map(({ width, height }) => ({
    width: Math.min(width, LARGEST_PX),
    height: Math.min(height, LARGEST_PX),
  }));
  const width = 2 * SHEET.margin + left.width + SHEET.gap + right.width;
  const titles = wrapped(
    plain(scene.header.title),
    fontOf(inks.family, { bold: true, px: 16 }),
    width - 2 * SHEET.margin,
  );
  const top = SHEET.margin + titles.length * SHEET.title + 8;
  const height = top + SHEET.heading + Math.max(left.height, right.height) + SHEET.foot + SHEET.margin;
  const paper = paperOf({ width, height });
  paper.rect({ x: 0, y: 0, width, height }, inks.paper);
  titles.forEach((line, n) => {
    paper.text(line, SHEET.margin, SHEET.margin + (n + 0.5) * SHEET.title, {
      font: fontOf(inks.family, { bold: true, px: 16 }),
      colour: inks.ink,
    });
  });
  const x = SHEET.margin + left.width + SHEET.gap;
  const heading = { font: fontOf(inks.family, { bold: true, px: 13 }), colour: inks.ink };
  paper.text("All heads", SHEET.margin, top + SHEET.heading / 2, heading);
  paper.text(headsName(scene.header, selected), x, top + SHEET.heading / 2, heading);
  paper.image({ x: SHEET.margin, y: top + SHEET.heading, ...left }, gridPicture(parts.grid, left));
  paper.turned(x, top + SHEET.heading, 0, () => {
    const whole = { left: 0, top: 0, ...right };
    drawing.paint(paper, whole);
    drawing.overlay(paper, whole, false);
  });
  drawFoot(explorer, paper, x, height - SHEET.margin - SHEET.foot, right.width);
  return paper;
}

function gridPicture(grid, { width, height }) {
  const canvas = document.createElement("canvas");
  const paper = new CanvasPaper(canvas, { width, height, ratio: PNG_RATIO });
  grid.paint(paper, { left: 0, top: 0, width, height });
  grid.overlay(paper, { left: 0, top: 0, width, height }, false);
  return canvas;
}

function drawFoot({ scene, inks, full, gain, marked, pinned, matrixNow }, paper, x, y, width) {
  const look = { font: fontOf(inks.family), colour: inks.quiet };
  const [from, bar] = [x + 14, 140];
  paper.text("0", x, y + 20, look);
  for (let step = 0; step < 70; step++)
    paper.rect(
      { x: from + 2 * step, y: y + 14, width: 2.2, height: 10 },
      inks.ramp[Math.round((step * 255) / 69)],
    );
  paper.frame({ x: from, y: y + 14, width: bar, height: 10 }, inks.line);
  paper.text(`${fullWords(full, gain)} ${scene.header.kind.toLowerCase()}`, from + bar + 6, y + 20, look);
  const said = marked
    ? cellFacts(scene, matrixNow, marked)
    : pinned === null
      ? []
      : [quotedRuns(scene.labels[pinned].runs), fact("pinned")];
  paper.text(fitted(aloud(said), look.font, width), x, y + 40, { ...look, colour: inks.ink });
}

// Lines of at most `room` pixels, broken at spaces.
function wrapped(words, font, room) {
  const lines = [];
  for (const word of words.split(" ").filter(Boolean)) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && widthOf(longer, font) <= room) lines[lines.length - 1] = longer;
    else lines.push(fitted(word, font, room));
  }
  return lines;
}
