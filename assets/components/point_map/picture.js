// picture: the map as it is on screen, with title and legend, as SVG or PNG, made in the browser.
// User text is textContent of SVG elements, which the serializer escapes.

const LEGEND_PX = 230;
const SCALE_PX = LEGEND_PX - 26;
const HEAD_PX = 42;
const WORDS_PX = 16; // a line of what is said below

async function svgPicture(map, asImage, note = "") {
  const { camera, theme } = map.stage;
  const width = camera.width + LEGEND_PX;
  const said = saidBelow(map, note).flatMap((words) => brokenLines(words, width - 24));
  const top = camera.height + HEAD_PX;
  const height = top + 18 + WORDS_PX * said.length;
  const root = svg("svg", {
    xmlns: SVG,
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    "font-family": theme.font.replaceAll('"', "'"),
  });
  root.append(svg("rect", { width, height, fill: theme.paper }));
  root.append(
    svgText(map.data.title, 12, 26, { "font-size": 17, "font-weight": 650, fill: theme.ink }),
  );
  const clip = svg(
    "clipPath",
    { id: "stage" },
    svg("rect", { width: camera.width, height: camera.height }),
  );
  const plot = svg("g", { transform: `translate(0 ${HEAD_PX})`, "clip-path": "url(#stage)" });
  plot.append(asImage ? await pointsImage(map) : circles(map), await marksImage(map));
  root.append(svg("defs", {}, clip), plot, legendPicture(map, camera.width + 14, HEAD_PX + 4));
  const quiet = { "font-size": 12, fill: theme.quiet };
  root.append(...said.map((line, n) => svgText(line, 12, top + 20 + WORDS_PX * n, quiet)));
  return { root, width, height };
}

// What a picture needs to stand alone: how many points, what made it, how far it can be trusted, and
// what its colours leave out.
function saidBelow(map, note) {
  const { cloud, data, frame, colouring } = map;
  const name = cloud.frameNames.length > 1 ? cloud.frameNames[frame] : "";
  const made = [data.made_by, data.judged, colourWords(colouring)].filter(Boolean).join(". ");
  return [[name, map.countWords(), note].filter(Boolean).join(" · "), made].filter(Boolean);
}

function svgText(text, x, y, style) {
  const made = svg("text", { x, y, ...style });
  made.textContent = text;
  return made;
}

// Broken at spaces, and before letters that need none, by measured width.
function brokenLines(text, width) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = "12px sans-serif";
  const found = [];
  for (const word of text.split(/(?<= )|(?=[\u3040-\u9fff\uac00-\ud7af])/u)) {
    const longer = `${found.at(-1) ?? ""}${word}`;
    if (found.length && pen.measureText(longer).width <= width) found[found.length - 1] = longer;
    else found.push(word);
  }
  return found;
}

function inSight({ stage }) {
  const { camera, order } = stage;
  const seen = (row) => {
    const [x, y] = stage.at(row);
    return x > -10 && y > -10 && x < camera.width + 10 && y < camera.height + 10;
  };
  return order.rows.subarray(0, order.nPlaced).filter(seen);
}

function circles({ stage }) {
  const { order, theme, looks, colours, camera } = stage;
  const size = sizeOfPoints(order.nPlaced, camera.zoom);
  const groups = groupsOf(order, theme, size, opacityOfPoints(order.nPlaced, camera.zoom), 1);
  const box = svg("g", {});
  for (const { first, count, size: px, opacity, flat, rim, rimColour, hollow, shapes } of groups) {
    const outline = rim
      ? { stroke: rimColour, "stroke-width": ((2 * rim) / px).toFixed(2), "paint-order": "stroke" }
      : {};
    const part = svg("g", { "fill-opacity": hollow ? 0 : opacity.toFixed(2), ...outline });
    for (const row of order.rows.subarray(first, first + count)) {
      const [x, y] = stage.at(row);
      if (x < -10 || y < -10 || x > camera.width + 10 || y > camera.height + 10) continue;
      const [look, shape] = [looks[2 * row], looks[2 * row + 1]];
      const place = `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${(px / 2).toFixed(2)})`;
      part.append(
        svg("path", {
          d: PATHS[shapes ? shape : 0],
          transform: place,
          fill: flat ?? colours[look],
          "fill-rule": "evenodd",
        }),
      );
    }
    box.append(part);
  }
  return box;
}

// The points alone at twice the size of the screen, by a painter of their own.
async function pointsImage({ stage }) {
  const { camera, order, theme } = stage;
  const canvas = element("canvas");
  [canvas.width, canvas.height] = [2 * camera.width, 2 * camera.height];
  const painter = new stage.painter.constructor(canvas);
  painter.places(stage.from, stage.to);
  painter.looks(stage.looks);
  painter.colours(stage.colours, theme.paper);
  painter.order(order.rows);
  const size = sizeOfPoints(order.nPlaced, camera.zoom);
  painter.draw(
    camera,
    1,
    groupsOf(order, theme, size, opacityOfPoints(order.nPlaced, camera.zoom), 1),
    2,
  );
  const image = imageOf(canvas, camera);
  painter.dispose();
  return image;
}

async function marksImage({ stage }) {
  const canvas = element("canvas");
  [canvas.width, canvas.height] = [2 * stage.camera.width, 2 * stage.camera.height];
  const overlay = new Overlay(canvas);
  overlay.draw(
    stage.camera,
    {
      ...stage.scene,
      outline: null,
      rings: stage.scene.rings.filter(({ kind }) => kind === "opened"),
    },
    2,
  );
  return imageOf(canvas, stage.camera);
}

const imageOf = (canvas, { width, height }) =>
  svg("image", { href: canvas.toDataURL("image/png"), width, height });

async function saveSvg(map) {
  const many = inSight(map).length > map.data.most_svg_points;
  const most = map.data.most_svg_points.toLocaleString("en");
  const note = many ? `The points are an image: there are more than ${most} in sight.` : "";
  const { root } = await svgPicture(map, many, note);
  saveBlob(
    new Blob([new XMLSerializer().serializeToString(root)], { type: "image/svg+xml" }),
    `${fileName(map)}.svg`,
  );
}

async function savePng(map) {
  const { root, width, height } = await svgPicture(map, true);
  const source = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(root))}`;
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = element("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  pen.drawImage(image, 0, 0, width, height);
  canvas.toBlob((blob) => saveBlob(blob, `${fileName(map)}.png`), "image/png");
}

const fileName = (map) =>
  map.data.title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60) || "map";

function saveBlob(blob, name) {
  const link = element("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
