// Words: what is said about a head, a token or a cell, in the line below a picture and aloud.

const quotedRuns = (runs) => {
  const name = element("bdi", "name");
  name.append(...runs.map(drawn));
  const box = element("span", "quoted", "“");
  box.append(name, "”");
  return box;
};
const fact = (words) => element("span", "fact", words);
const strong = (words) => element("span", "value", words);
// Spaces between parts, for those who hear or copy them.
const spaced = (parts) => parts.flatMap((part, n) => (n ? [" ", part] : [part]));
const aloud = (parts) => parts.map((part) => part.textContent).join(" ");

function headName({ first }, [layer, head]) {
  return `Layer ${layer + first}, head ${head + first}`;
}

function headsName(header, heads) {
  const { n_layers: nLayers, n_heads: nHeads, first } = header;
  if (heads.length === 1) return headName(header, heads[0]);
  if (heads.length === nLayers * nHeads) return `Mean of all ${heads.length} heads`;
  const layers = new Set(heads.map(([layer]) => layer));
  if (layers.size === 1 && heads.length === nHeads)
    return `Layer ${heads[0][0] + first}, mean of its ${nHeads} heads`;
  const some = heads.slice(0, 4).map(([layer, head]) => `${layer + first}·${head + first}`);
  return `Mean of ${heads.length} heads: ${some.join(", ")}${heads.length > 4 ? ", …" : ""}`;
}

// A head of the grid: where it is strongest, its measure, whether it is off.
function headFacts(scene, id) {
  const { header } = scene;
  const [layer, head] = scene.headOf(id);
  const cell = header.strongest_at[layer][head];
  const [query, key] = [Math.floor(cell / scene.n), cell % scene.n];
  const parts = [strong(headName(header, [layer, head]))];
  if (scene.off.has(id)) parts.push(fact("switched off"));
  parts.push(fact(`strongest ${written(scene.strongest[id], true)}:`));
  parts.push(quotedRuns(scene.labels[query].runs), fact("to"), quotedRuns(scene.labels[key].runs));
  const value = header.measure?.[layer][head];
  if (value !== undefined)
    parts.push(fact(`${header.measure_label} ${value === null ? "not known" : short(value)}`));
  return parts;
}

function cellFacts(scene, { values, exact }, { row, column }) {
  const { n, labels } = scene;
  if (row !== null && column !== null) {
    const value = written(values[row * n + column], exact);
    return [strong(value), quotedRuns(labels[row].runs), fact("to"), quotedRuns(labels[column].runs)];
  }
  // A token alone: what is strongest in its row or its column.
  const at = (other) => (row !== null ? values[row * n + other] : values[other * n + column]);
  let best = 0;
  for (let other = 1; other < n; other++) if (at(other) > at(best)) best = other;
  const ends = row !== null ? [row, best] : [best, column];
  const parts = [
    fact(row !== null ? "from" : "to"),
    quotedRuns(labels[row ?? column].runs),
    fact("strongest"),
    strong(written(at(best), exact)),
  ];
  return [
    ...parts,
    fact(row !== null ? "to" : "from"),
    quotedRuns(labels[row !== null ? ends[1] : ends[0]].runs),
  ];
}

function stripFacts(scene, { parts, exact }, way, token, { row, column }) {
  const name = fact(row === null ? "every layer" : `layer ${row + scene.header.first}`);
  if (row === null || column === null) return [name];
  const value = strong(written(parts[way][row * scene.n + column], exact));
  const ends = way === 0 ? [token, column] : [column, token];
  return [
    value,
    quotedRuns(scene.labels[ends[0]].runs),
    fact("to"),
    quotedRuns(scene.labels[ends[1]].runs),
    name,
  ];
}
