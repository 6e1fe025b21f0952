// shapes: the marks of points, once for the screen (distances in a shader) and once as paths, for
// the legend and for SVG. Both fill the square from -1 to 1; y grows downwards.

const SHAPE = { circle: 0, open: 8 };

const PATHS = [
  "M-.9 0A.9 .9 0 1 1 .9 0A.9 .9 0 1 1-.9 0Z",
  "M-.78-.78H.78V.78H-.78Z",
  "M0-1L1 0L0 1L-1 0Z",
  "M0-1L.87 .5H-.87Z",
  "M-.46-.88L0-.42L.46-.88L.88-.46L.42 0L.88 .46L.46 .88L0 .42L-.46 .88L-.88 .46L-.42 0L-.88-.46Z",
  "M0 1L-.87-.5H.87Z",
  "M-.3-.95H.3V-.3H.95V.3H.3V.95H-.3V.3H-.95V-.3H-.3Z",
  "M0-.95L.9-.29L.56 .77H-.56L-.9-.29Z",
  "M-.9 0A.9 .9 0 1 1 .9 0A.9 .9 0 1 1-.9 0ZM-.5 0A.5 .5 0 1 0 .5 0A.5 .5 0 1 0-.5 0Z",
];

// In GLSL: how far `p` is outside the shape, in radii.
const SHAPE_DISTANCE = `
float halves(vec2 p, int sides, float turn, float inner) {
  float most = -2.0;
  for (int side = 0; side < sides; side++) {
    float angle = turn + 6.2831853 * float(side) / float(sides);
    most = max(most, dot(p, vec2(cos(angle), sin(angle))) - inner);
  }
  return most;
}
float cross_of(vec2 p) {
  p = abs(p);
  return min(max(p.x - 0.95, p.y - 0.3), max(p.y - 0.95, p.x - 0.3));
}
float outside(vec2 p, uint shape) {
  switch (shape) {
    case 1u: return max(abs(p.x), abs(p.y)) - 0.78;
    case 2u: return (abs(p.x) + abs(p.y) - 1.0) * 0.7071;
    case 3u: return halves(p, 3, 1.5707963, 0.5);
    case 4u: return cross_of(vec2(p.x + p.y, p.x - p.y) * 0.7071);
    case 5u: return halves(p, 3, -1.5707963, 0.5);
    case 6u: return cross_of(p);
    case 7u: return halves(p, 5, 1.5707963, 0.77);
    case 8u: return abs(length(p) - 0.7) - 0.2;
    default: return length(p) - 0.9;
  }
}`;

const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function swatch(shape, colour) {
  const path = svg("path", { d: PATHS[shape], fill: colour, "fill-rule": "evenodd" });
  return svg("svg", { viewBox: "-1.2 -1.2 2.4 2.4", class: "swatch", "aria-hidden": "true" }, path);
}
