// theme: the colours of a map, from the page's theme: 256 a colouring, by the place of each in LOOK.

const CATEGORIES = [
  "#0072B2",
  "#D55E00",
  "#009E73",
  "#CC79A7",
  "#E69F00",
  "#56B4E9",
  "#8C6D31",
  "#6F4E9B",
]; // Okabe and Ito 2008, then two of ours
const LOOK = { other: 8, none: 9, one: 10, first: 16, last: 255 }; // 0 to 7 are categories
const DIVERGING = ["#2166AC", "#B2182B"];

// Read from the page, so that a switch of theme is one more call.
function themeOf(root) {
  const style = getComputedStyle(root);
  const of = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  const paper = of("--st-background-color", "#FFFFFF");
  const ink = of("--st-text-color", "#1B2430");
  const dark = toLab(paper)[0] < 0.5;
  const other = dark ? "#76828F" : "#8E99A6";
  return {
    dark,
    paper,
    ink,
    panel: of("--st-secondary-background-color", dark ? "#1A2129" : "#F4F6F8"),
    quiet: mixed(ink, paper, 0.28),
    line: of("--st-border-color", mixed(ink, paper, 0.76)),
    accent: of("--st-primary-color", dark ? "#3EC6C0" : "#0B6E75"),
    good: of("--st-green-color", "#2B7A3D"),
    warn: of("--st-yellow-color", "#9A6700"),
    bad: of("--st-red-color", "#B3261E"),
    other,
    none: mixed(other, paper, 0.4),
    out: mixed(other, paper, 0.62),
    font: of("--st-font", "sans-serif"),
  };
}

const mixed = (first, second, share) => {
  const [one, other] = [toLab(first), toLab(second)];
  return toCss(one.map((x, n) => x + (other[n] - x) * share));
};

// On dark, small marks need three times the light of the paper: the darkest hues are raised to that.
function lighter(colour) {
  const [light, ...hue] = toLab(colour);
  return toCss([Math.max(light, 0.6), ...hue]);
}

// (256,) CSS colours of a colouring. A scale begins well off the paper: no point may vanish.
function coloursOf(theme, { centre }) {
  const colours = Array(256).fill(theme.other);
  CATEGORIES.forEach((colour, n) => (colours[n] = theme.dark ? lighter(colour) : colour));
  colours[LOOK.none] = theme.none;
  colours[LOOK.one] = theme.accent;
  const neutral = mixed(theme.ink, theme.paper, theme.dark ? 0.55 : 0.72);
  const little = mixed(theme.accent, theme.paper, theme.dark ? 0.62 : 0.74);
  const much = mixed(theme.accent, theme.ink, 0.42);
  const stops =
    centre === null || centre === undefined
      ? [little, theme.accent, much]
      : [DIVERGING[0], neutral, DIVERGING[1]];
  const labs = stops.map(toLab);
  for (let step = LOOK.first; step <= LOOK.last; step++) {
    const where = (2 * (step - LOOK.first)) / (LOOK.last - LOOK.first);
    const [from, to] = where < 1 ? [labs[0], labs[1]] : [labs[1], labs[2]];
    colours[step] = toCss(
      from.map((x, n) => x + (to[n] - x) * (where % 1 || (where === 2 ? 1 : 0))),
    );
  }
  return colours;
}
