// legend_picture: the legend as SVG, for saved pictures.

const LINE_PX = 19;
const NAME_LETTERS = 26;

function legendPicture(map, x, y) {
  const legend = new LegendPicture(map);
  legend.box.setAttribute("transform", `translate(${x} ${y})`);
  legend.draw();
  return legend.box;
}

class LegendPicture {
  constructor({ stage, data, colouring, lines }) {
    Object.assign(this, { stage, data, colouring, lines });
    this.box = svg("g", { "font-size": 12.5, fill: stage.theme.ink });
    this.y = 10;
  }

  draw() {
    const { colouring, stage } = this;
    if (colouring.kind !== "none") this.line(0, colouring.name, { "font-weight": 600 });
    for (const item of legendItems(colouring)) this.item(item);
    if (colouring.kind === "number") this.scale();
    for (const { kind, pairs } of this.lines) {
      if (pairs.length) this.lineKind(this.data.line_kinds[kind], stage.theme);
    }
  }

  line(indent, text, style = {}, number = null) {
    this.box.append(svgText(text, indent, this.y, style));
    if (number !== null) {
      const right = { "text-anchor": "end", fill: this.stage.theme.quiet };
      this.box.append(svgText(number.toLocaleString("en"), SCALE_PX, this.y, right));
    }
    this.y += LINE_PX;
  }

  item({ shape, look, name, n }) {
    const path = PATHS[this.stage.shapes || look === LOOK.none ? shape : SHAPE.circle];
    const transform = `translate(7 ${this.y - 4}) scale(6)`;
    const fill = this.stage.colours[look];
    this.box.append(svg("path", { d: path, fill, transform, "fill-rule": "evenodd" }));
    this.line(20, shortened(name, NAME_LETTERS), {}, n);
  }

  scale() {
    const { colouring, stage } = this;
    const stops = rampOf(stage.colours).map((colour, n) =>
      svg("stop", { offset: RAMP_STOPS[n], "stop-color": colour }),
    );
    const bar = { y: this.y - 8, width: SCALE_PX, height: 10, fill: "url(#ramp)" };
    this.box.append(svg("linearGradient", { id: "ramp" }, ...stops), svg("rect", bar));
    this.y += LINE_PX;
    this.line(0, `${scaleWords(colouring).join("  –  ")} ${colouring.unit}`);
  }

  lineKind({ legend, colour, dash }, theme) {
    const place = { x1: 0, x2: 26, y1: this.y - 4, y2: this.y - 4 };
    const style = { stroke: theme[colour], "stroke-width": 2, "stroke-dasharray": dash.join(" ") };
    this.box.append(svg("line", { ...place, ...style }));
    this.line(32, legend);
  }
}

const shortened = (text, most) => {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
};
