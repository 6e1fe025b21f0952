// kept: what a person had done in a map that was taken off the page, for when it comes back: another
// page was looked at meanwhile. Python remembers the same (map_memory.py).

const MOST_KEPT = 8;

function keepMap({ data, epochs, frame, selected, opened, mode, focused, colouring, stage }) {
  const { key, words, places } = data;
  const state = { epochs, frame, selected, opened, mode, focused };
  const place = stage.camera.relative;
  registry.kept.delete(key);
  registry.kept.set(key, { words, places, state, colouring: colouring.name, place });
  for (const oldest of [...registry.kept.keys()].slice(0, -MOST_KEPT)) {
    registry.kept.delete(oldest);
  }
}

// Null where it was another map.
function keptOf({ key, words, places }) {
  const kept = registry.kept.get(key);
  return kept?.words === words && kept?.places === places ? kept : null;
}
