// legend_items: what a legend of categories lists, on screen and in saved pictures.

// Those with a colour, the others as one (with those `within`), and the points without a category.
function legendItems(colouring) {
  if (colouring.kind !== "category") return [];
  const { name, slots, bySize, counts, names, nNone } = colouring;
  const item = (code) => ({
    id: code,
    codes: [code],
    name: names[code],
    n: counts[code],
    shape: slots[code] < N_SLOTS ? slots[code] : SHAPE.circle,
    look: slots[code],
  });
  const items = bySize.filter((code) => slots[code] < N_SLOTS).map(item);
  const rest = bySize.filter((code) => slots[code] === LOOK.other);
  if (rest.length) items.push(othersItem(rest.map(item)));
  if (nNone) {
    const shape = SHAPE.open;
    const codes = [NO_CATEGORY];
    items.push({ id: "none", codes, name: `no ${name}`, n: nNone, shape, look: LOOK.none });
  }
  return items;
}

function othersItem(within) {
  return {
    id: "others",
    codes: within.flatMap(({ codes }) => codes),
    name: count(within.length, "other"),
    n: within.reduce((sum, { n }) => sum + n, 0),
    shape: SHAPE.circle,
    look: LOOK.other,
    within,
  };
}

// How many categories have a colour, where not all have; "" where all have.
function colouredWords(colouring) {
  if (colouring.kind !== "category") return "";
  const n = colouring.slots.filter((slot) => slot < N_SLOTS).length;
  const nAll = colouring.names.length;
  return n < nAll ? `${n} of ${nAll.toLocaleString("en")} have a colour` : "";
}

// What the colours are of, for who sees a picture only.
function colourWords(colouring) {
  if (colouring.kind === "none") return "";
  const few = colouredWords(colouring);
  const first = `Colour: ${colouring.name}${few && `, ${few}, the others are grey`}`;
  return colouring.note ? `${first}. ${colouring.note}` : first;
}

const RAMP_STOPS = [0, 0.25, 0.5, 0.75, 1];

const rampOf = (colours) =>
  RAMP_STOPS.map((share) => colours[Math.round(LOOK.first + share * (LOOK.last - LOOK.first))]);

// The numbers at the ends of a scale and in its middle.
function scaleWords({ limits, values }) {
  if (!limits) return ["no numbers"];
  const [low, high] = limits;
  if (low === high) return [significant(low)];
  const below = values.some((value) => value < low) ? "≤ " : "";
  const above = values.some((value) => value > high) ? "≥ " : "";
  const middle = significant((low + high) / 2);
  return [`${below}${significant(low)}`, middle, `${above}${significant(high)}`];
}
