// Colour: the diverging scale and its legend.

const BELOW = "#2166AC";
const ABOVE = "#B2182B";
const STEPS = 255; // on each side of zero

// 2 x STEPS + 1 colours, the neutral one in the middle.
function palette(neutral) {
  const [below, middle, above] = [BELOW, neutral, ABOVE].map(toLab);
  return Array.from({ length: 2 * STEPS + 1 }, (_, step) => {
    const share = (step - STEPS) / STEPS;
    const end = share < 0 ? below : above;
    return toCss(between(middle, end, Math.abs(share)));
  });
}

function colourOf(value, limit, colours) {
  if (Number.isNaN(value)) return colours[STEPS];
  const share = Math.max(-1, Math.min(1, value / limit));
  return colours[STEPS + Math.round(share * STEPS)];
}

class Scale {
  constructor() {
    this.box = element("div", "scale");
    this.bar = element("canvas");
    this.numbers = element("div", "numbers");
    this.box.append(this.bar, this.numbers);
    this.box.setAttribute("aria-hidden", "true");
  }

  draw(colours, { limit }, values) {
    this.bar.width = colours.length;
    this.bar.height = 1;
    const pen = this.bar.getContext("2d");
    colours.forEach((colour, step) => {
      pen.fillStyle = colour;
      pen.fillRect(step, 0, 1, 1);
    });
    const low = values.some((value) => value < -limit) ? "≤ " : "";
    const high = values.some((value) => value > limit) ? "≥ " : "";
    const written = [`${low}${rounded(-limit)}`, "0", `${high}${rounded(limit)}`];
    this.numbers.replaceChildren(...written.map((number) => element("span", "", number)));
    this.box.title = `The scale ends at ${limit}`;
  }
}
