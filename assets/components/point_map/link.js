// link: maps of one name on one page share what is pointed at, selected and opened, by the ids of
// the rows, and where they are asked to, the zoom.

const links = new Map(); // name -> maps

function joinLink(map, name) {
  if (map.linkName === name) return;
  leaveLink(map);
  map.linkName = name;
  if (!name) return;
  if (!links.has(name)) links.set(name, new Set());
  links.get(name).add(map);
}

function leaveLink(map) {
  const maps = links.get(map.linkName);
  maps?.delete(map);
  if (maps?.size === 0) links.delete(map.linkName);
  map.linkName = null;
}

// `what`: "hover" and "opened" with a row or null, "selected" with a mask, "zoom" with a place.
function tellLinked(map, what, value) {
  for (const other of links.get(map.linkName) ?? []) {
    if (other === map || !other.cloud) continue;
    other.hear(what, translated(map.cloud, other.cloud, what, value));
  }
}

function translated(from, to, what, value) {
  if (what === "zoom" || value === null) return value;
  if (what !== "selected") return to.rowOf(from.ids[value]);
  const mask = new Uint8Array(to.n);
  for (let row = 0; row < value.length; row++) {
    if (!value[row]) continue;
    const other = to.rowOf(from.ids[row]);
    if (other !== null) mask[other] = 1;
  }
  return mask;
}
