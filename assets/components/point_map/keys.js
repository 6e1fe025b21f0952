// keys: everything that the pointer does, from the keyboard.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PAN_PX = 60;

// True where the key meant something.
function pressed(map, event) {
  const { stage } = map;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key in ARROWS) {
    const [right, down] = ARROWS[event.key];
    if (event.shiftKey) stage.look(stage.camera.panned(-right * PAN_PX, -down * PAN_PX));
    else map.focusOn(nextRow(map, right, down));
    return true;
  }
  const acts = {
    "+": () => map.zoom(1.6),
    "=": () => map.zoom(1.6),
    "-": () => map.zoom(1 / 1.6),
    0: () => map.fit(),
    f: () => map.full.turn(),
    Enter: () => map.focused !== null && map.click(map.focused, false),
    " ": () => map.focused !== null && map.click(map.focused, true),
  };
  if (event.key === "Escape") return map.escape(); // with nothing to undo it closes a dialog
  if (!(event.key in acts)) return false;
  acts[event.key]();
  return true;
}

// The nearest row that lies in a direction; what lies askew counts as farther.
function nextRow(map, right, down) {
  const { stage } = map;
  const { camera } = stage;
  const [px, py] =
    map.focused === null ? [camera.width / 2, camera.height / 2] : stage.at(map.focused);
  const [x, y] = camera.toPlane(px, py);
  let [best, least] = [map.focused, Infinity];
  for (let row = 0; row < map.cloud.n; row++) {
    if (row === map.focused || !map.accepts(row)) continue;
    const [dx, dy] = [stage.to[2 * row] - x, y - stage.to[2 * row + 1]];
    const along = dx * right + dy * down;
    const askew = Math.abs(dx * down) + Math.abs(dy * right);
    if (map.focused === null) {
      if (dx * dx + dy * dy < least) [best, least] = [row, dx * dx + dy * dy];
    } else if (along > 0 && askew <= along) {
      const cost = along + 2 * askew;
      if (cost < least) [best, least] = [row, cost];
    }
  }
  return best;
}
