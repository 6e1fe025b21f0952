// Inks: the colours of the theme, read anew whenever it changes, and the sequential scale from the
// background to the accent, so that nothing vanishes in light and in dark.

const SEGMENTS = ["#0072B2", "#D55E00"]; // A and B; Okabe and Ito 2008, safe for colour-blind eyes
const STEPS = 256;

function inksOf(root) {
  const style = getComputedStyle(root);
  const named = ["text", "background", "primary"].map((name) => style.getPropertyValue(`--st-${name}-color`));
  const [ink, paper, accent] = named.map(toLab);
  const ramp = Array.from({ length: STEPS }, (_, step) =>
    toBytes(between(paper, accent, step / (STEPS - 1))),
  );
  const mixed = (share) => toCss(between(paper, ink, share));
  return {
    name: `${named.join()} ${style.fontFamily}`,
    family: style.fontFamily,
    ink: toCss(ink),
    paper: toCss(paper),
    accent: toCss(accent),
    quiet: mixed(0.72),
    line: mixed(0.24),
    wash: mixed(0.06),
    ramp: ramp.map((bytes) => `rgb(${bytes.join(" ")})`),
    pixels: Uint32Array.from(ramp, ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0),
  };
}

// Values as 256 steps of the scale; everything from `full` on has full colour.
function levelsOf(values, full) {
  const levels = new Uint8Array(values.length);
  const factor = (STEPS - 1) / full;
  for (let i = 0; i < values.length; i++) levels[i] = Math.min(STEPS - 1, Math.round(values[i] * factor));
  return levels;
}

// Four digits where the number is exact, two where it is not.
function written(value, exact) {
  if (value === 0) return exact ? "0" : "about 0";
  const digits = exact ? 4 : 2;
  const words = value < 1e-4 ? value.toExponential(digits - 1) : String(Number(value.toPrecision(digits)));
  return exact ? words : `about ${words}`;
}
