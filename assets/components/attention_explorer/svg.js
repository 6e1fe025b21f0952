// SvgPaper: the marks of `CanvasPaper` as elements of an SVG. Text is textContent, never markup.

const SVG = "http://www.w3.org/2000/svg"; // a name, not an address
const MOST_RECTS = 20000; // cells; more are an image

class SvgPaper {
  constructor({ width, height }) {
    this.root = this.made("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
    this.group = this.root;
    this.clips = 0;
  }

  made(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, typeof value === "number" ? String(Number(value.toFixed(2))) : value);
    }
    return element;
  }

  add(name, attributes) {
    const element = this.made(name, attributes);
    this.group.append(element);
    return element;
  }

  within(name, attributes, draw) {
    const outer = this.group;
    this.group = this.add(name, attributes);
    draw();
    this.group = outer;
  }

  rect({ x, y, width, height }, fill, alpha = 1) {
    this.add("rect", { x, y, width, height, fill, ...(alpha < 1 && { "fill-opacity": alpha }) });
  }

  frame({ x, y, width, height }, stroke, thick = 1) {
    const inner = { x: x + thick / 2, y: y + thick / 2, width: width - thick, height: height - thick };
    this.add("rect", { ...inner, fill: "none", stroke, "stroke-width": thick });
  }

  line(x1, y1, x2, y2, stroke, thick = 1) {
    this.add("line", { x1, y1, x2, y2, stroke, "stroke-width": thick });
  }

  curve(x1, y1, x2, y2, stroke, thick, alpha) {
    const [a, b, c, d, middle] = [x1, y1, x2, y2, (x1 + x2) / 2].map((number) => Number(number.toFixed(1)));
    const d_ = `M${a} ${b}C${middle} ${b} ${middle} ${d} ${c} ${d}`;
    this.add("path", { d: d_, fill: "none", stroke, "stroke-width": thick, "stroke-opacity": alpha });
  }

  text(words, x, y, { font, colour, align = "left", rtl = false }) {
    // An anchor is where a line begins, which is on the right for text that runs to the left.
    const anchors = { left: rtl ? "end" : "start", center: "middle", right: rtl ? "start" : "end" };
    const look = { fill: colour, "text-anchor": anchors[align], "dominant-baseline": "central" };
    const made = this.add("text", { x, y, ...look, direction: rtl ? "rtl" : "ltr" });
    made.style.cssText = "unicode-bidi: isolate; white-space: pre";
    made.style.font = font;
    made.textContent = words;
  }

  turned(x, y, turn, draw) {
    const degrees = (turn * 180) / Math.PI;
    const rotate = turn ? ` rotate(${Number(degrees.toFixed(1))})` : "";
    this.within(
      "g",
      { transform: `translate(${Number(x.toFixed(2))} ${Number(y.toFixed(2))})${rotate}` },
      draw,
    );
  }

  inside({ x, y, width, height }, draw) {
    const id = `clip${++this.clips}`;
    const clip = this.made("clipPath", { id });
    clip.append(this.made("rect", { x, y, width: Math.max(0, width), height: Math.max(0, height) }));
    this.group.append(clip);
    this.within("g", { "clip-path": `url(#${id})` }, draw);
  }

  image({ x, y, width, height }, canvas) {
    const href = canvas.toDataURL();
    this.add("image", {
      x,
      y,
      width,
      height,
      href,
      preserveAspectRatio: "none",
      style: "image-rendering: pixelated",
    });
  }

  cells(box, table, inks) {
    if (table.nRows * table.nColumns > MOST_RECTS) {
      const canvas = document.createElement("canvas");
      new CanvasPaper(canvas, { width: box.width, height: box.height, ratio: 2 }).cells(
        { ...box, x: 0, y: 0 },
        table,
        inks,
      );
      return this.image(box, canvas);
    }
    const { levels, nColumns, nRows, cellWidth, cellHeight, left, top } = table;
    const draw = () => {
      for (let row = 0; row < nRows; row++) {
        for (let from = 0, to = 0; from < nColumns; from = to) {
          const level = levels[row * nColumns + from];
          for (to = from; to < nColumns && levels[row * nColumns + to] === level;) to++;
          if (!level) continue;
          const [x, y] = [box.x + from * cellWidth - left, box.y + row * cellHeight - top];
          this.rect({ x, y, width: (to - from) * cellWidth, height: cellHeight }, inks.ramp[level]);
        }
      }
    };
    return this.within("g", { "shape-rendering": "crispEdges" }, draw);
  }
}
