// Colour: mixing in OKLab, where equal steps look equal.
// Source of the two matrices: Björn Ottosson 2020, "A perceptual color space for image processing".

function channels(colour) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = colour.trim() || "#808080";
  pen.fillRect(0, 0, 1, 1);
  return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

const linear = (byte) => (byte <= 10 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
const gamma = (light) =>
  Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
const product = (matrix, vector) =>
  matrix.map((row) => row.reduce((sum, factor, n) => sum + factor * vector[n], 0));

const TO_CONES = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const TO_LAB = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];
const FROM_LAB = [
  [1, 0.3963377774, 0.2158037573],
  [1, -0.1055613458, -0.0638541728],
  [1, -0.0894841775, -1.291485548],
];
const FROM_CONES = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
];

const toLab = (colour) => product(TO_LAB, product(TO_CONES, channels(colour).map(linear)).map(Math.cbrt));

// Red, green and blue, 0 to 255, of the nearest colour that a screen has.
function toBytes(lab) {
  const light = product(
    FROM_CONES,
    product(FROM_LAB, lab).map((x) => x ** 3),
  );
  return light.map((x) => gamma(Math.max(0, Math.min(1, x))));
}

const toCss = (lab) => `rgb(${toBytes(lab).join(" ")})`;
const between = (from, to, share) => from.map((x, n) => x + (to[n] - x) * share);
