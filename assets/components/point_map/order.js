// order: which points are drawn in which way, and in which order: grey below, chosen on top.

// From the lowest to the highest; of each pair the grey ones come first.
const WAYS = { out: 0, faded: 1, plain: 3, chosen: 5, marked: 7 };
const N_WAYS = 8;
const NO_PLACE = 255;
const MOST_RIMMED = 2_000; // chosen points: more of them would be a field of ink
const LEAST_DRAWN = 15_000;
const MOST_DRAWN = 4_000_000;

// The rows of each way, one way after another, each in the shuffled order; marked rows come again.
function orderOf({ shuffle, xy, looks, isOut, selected, nSelected, marked }) {
  const ways = new Uint8Array(shuffle.length);
  const counts = new Uint32Array(N_WAYS);
  for (let row = 0; row < ways.length; row++) {
    const isGrey = looks[2 * row] === LOOK.other || looks[2 * row] === LOOK.none;
    const way = !nSelected ? WAYS.plain : selected[row] ? WAYS.chosen : WAYS.faded;
    if (Number.isNaN(xy[2 * row])) ways[row] = NO_PLACE;
    else ways[row] = isOut[row] ? WAYS.out : way + (isGrey ? 0 : 1);
    if (ways[row] === NO_PLACE) continue;
    counts[ways[row]]++;
    if (marked[row]) counts[WAYS.marked]++;
  }
  const firsts = [0];
  for (let way = 0; way < N_WAYS; way++) firsts.push(firsts[way] + counts[way]);
  const next = firsts.slice();
  const rows = new Uint32Array(firsts[N_WAYS]);
  for (const row of shuffle) {
    if (ways[row] === NO_PLACE) continue;
    rows[next[ways[row]]++] = row;
    if (marked[row]) rows[next[WAYS.marked]++] = row;
  }
  return { rows, firsts, counts, nPlaced: firsts[WAYS.marked] };
}

// Pixels of a point: fewer are larger, and all grow a little with the zoom.
function sizeOfPoints(n, zoom) {
  const base =
    [
      [60, 11],
      [600, 10],
      [2_000, 7.5],
      [10_000, 6],
      [50_000, 4],
      [200_000, 3],
    ].find(([most]) => n <= most)?.[1] ?? 2;
  return Math.min(Math.max(base, 14), base * Math.max(0.85, Math.min(2.5, zoom ** 0.4)));
}

// Smaller points are circles: no shape can be told in so few pixels.
const showsShapes = (size) => size >= 6;

function opacityOfPoints(n, zoom) {
  const base = n <= 2_000 ? 0.92 : n <= 50_000 ? 0.82 : n <= 200_000 ? 0.68 : 0.5;
  return Math.min(0.92, base * Math.max(1, zoom ** 0.25));
}

// What the painter draws: a group a way; `share` of each, which is less than 1 only while moving.
function groupsOf({ firsts, counts }, theme, size, fullOpacity, share) {
  // A sample keeps something of the density.
  const opacity = Math.min(0.92, fullOpacity * share ** -0.3);
  const large = showsShapes(size);
  const apart = large ? { rimColour: theme.paper, rim: 0.7 } : {};
  const few = counts[WAYS.chosen] + counts[WAYS.chosen + 1] <= MOST_RIMMED;
  const ink = few ? { rimColour: theme.ink, rim: size > 5 ? 1.2 : 0.8 } : apart;
  const faded = { size, opacity: opacity * 0.3 };
  const chosen = { size: size + 1, opacity: 1, ...ink };
  const styles = [
    { size: size * 0.8, opacity: 0.7, flat: theme.out },
    faded,
    faded,
    { size, opacity: opacity * 0.85, ...apart },
    { size, opacity, ...apart },
    chosen,
    chosen,
    { size: size + 7, opacity: 1, rimColour: theme.accent, rim: 2.2, hollow: true, shapes: false },
  ];
  return styles.map((style, way) => ({
    shapes: large,
    ...style,
    first: firsts[way],
    count: way >= WAYS.chosen && few ? counts[way] : Math.ceil(counts[way] * share),
  }));
}

// How many points may be drawn while the picture moves, learnt from how long frames take: from
// drawing until the browser asks for the next frame.
class Pace {
  constructor() {
    this.budget = 250_000;
  }

  share(n) {
    return Math.min(1, this.budget / Math.max(1, n));
  }

  learn(n, after) {
    const begun = performance.now();
    requestAnimationFrame(() => {
      after();
      const took = performance.now() - begun;
      if (took > 36)
        this.budget = Math.max(LEAST_DRAWN, Math.min(this.budget, n) * Math.max(0.3, 30 / took));
      else if (took < 22) this.budget = Math.min(MOST_DRAWN, this.budget * 1.25);
    });
  }
}

// What is drawn and what is not, in words.
function wordsOfCounts({ n, nAll }, { nPlaced, counts }, nSelected) {
  const said = [
    nPlaced < nAll
      ? `${nPlaced.toLocaleString("en")} of ${count(nAll, "text")} shown`
      : `${count(nAll, "text")}, all shown`,
  ];
  if (nPlaced < n) said.push(`${(n - nPlaced).toLocaleString("en")} without a place here`);
  if (counts[WAYS.out]) said.push(`${counts[WAYS.out].toLocaleString("en")} filtered out, in grey`);
  if (counts[WAYS.marked]) said.push(`${counts[WAYS.marked].toLocaleString("en")} ringed`);
  if (nSelected) said.push(`${nSelected.toLocaleString("en")} selected`);
  return said.join(" · ");
}
