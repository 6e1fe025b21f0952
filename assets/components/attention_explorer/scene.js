// Scene: what Python sent (scene_bytes.py), taken apart; and the numbers of a head, of the mean of
// several, or of a token through all layers, exact where they have arrived.

const MOST_GRIDS = 4;
const MOST_HEADS = 64;
const grids = new Map(); // digest -> uint8 of every head, so that Python need not send it again
const exactHeads = new Map(); // scene and heads -> float32, so that going back is exact at once

function remember(store, name, values, most) {
  store.delete(name);
  store.set(name, values);
  while (store.size > most) store.delete(store.keys().next().value);
}

// The payload begins anywhere in a larger buffer: everything is counted from its own beginning.
function takenApart(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const part = (name) => {
    if (!(name in header.parts)) return null;
    const [at, size] = header.parts[name];
    return bytes.subarray(4 + length + at, 4 + length + at + size);
  };
  return { header, part };
}

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// All first bytes, then all second, third and fourth: floats again.
async function floats(bytes) {
  const planes = await inflated(bytes);
  const n = planes.length / 4;
  const whole = new Uint8Array(planes.length);
  for (let plane = 0; plane < 4; plane++) {
    for (let i = 0; i < n; i++) whole[4 * i + plane] = planes[plane * n + i];
  }
  return new Float32Array(whole.buffer);
}

// A scene, or null where Python left out a grid that is not here (any more).
async function sceneOf({ header, part }) {
  if (part("grid")) remember(grids, header.grid, await inflated(part("grid")), MOST_GRIDS);
  const grid = grids.get(header.grid);
  if (!grid) return null;
  const scene = new Scene(header, grid, await floats(part("strongest")));
  remember(exactHeads, scene.nameOf(header.selected), await floats(part("head")), MOST_HEADS);
  if (part("strip")) {
    scene.strip = {
      pinned: header.pinned,
      heads: scene.numbersOf(header.selected),
      values: await floats(part("strip")),
    };
  }
  return scene;
}

class Scene {
  constructor(header, grid, strongest) {
    Object.assign(this, { header, grid, strongest, strip: null });
    this.n = header.n_tokens;
    this.side = header.edges.length - 1;
    this.reduced = this.side < this.n;
    this.cellOf = new Int32Array(this.n); // token -> the cell of a tile that it stands in
    for (let cell = 0; cell < this.side; cell++) {
      this.cellOf.fill(cell, header.edges[cell], header.edges[cell + 1]);
    }
    this.labels = labelsOf(header);
    this.off = new Set(header.off.map((head) => this.idOf(head)));
  }

  idOf([layer, head]) {
    return layer * this.header.n_heads + head;
  }

  headOf(id) {
    return [Math.floor(id / this.header.n_heads), id % this.header.n_heads];
  }

  nameOf(heads) {
    return `${this.header.scene} ${heads.map((head) => this.idOf(head)).join()}`;
  }

  numbersOf(heads) {
    return [...new Set(heads.map(([, head]) => head))].sort((a, b) => a - b);
  }

  scaleOf(heads) {
    return Math.max(...heads.map(([layer]) => this.header.scale[layer]));
  }

  tile(id) {
    const cells = this.side * this.side;
    return this.grid.subarray(id * cells, (id + 1) * cells);
  }

  // (query, key) of the mean of some heads; from 255 steps, or from cells, until Python sends it.
  matrix(heads) {
    const exact = exactHeads.get(this.nameOf(heads));
    if (exact) return { values: exact, exact: true };
    const { n, side, cellOf } = this;
    const values = new Float32Array(n * n);
    for (const head of heads) {
      const tile = this.tile(this.idOf(head));
      const unit = this.header.scale[head[0]] / 255 / heads.length;
      for (let query = 0, at = 0; query < n; query++) {
        const row = cellOf[query] * side;
        for (let key = 0; key < n; key++, at++) values[at] += tile[row + cellOf[key]] * unit;
      }
    }
    return { values, exact: false };
  }

  // [(layer, key) from a token, (layer, query) to it] of the mean of some head numbers, or of all.
  through(token, numbers, all) {
    const { n_layers: nLayers, n_heads: nHeads, scale } = this.header;
    const { n, side, cellOf, strip } = this;
    if (strip?.pinned === token && (all || strip.heads.join() === numbers.join())) {
      const size = nLayers * n;
      const parts = [0, 1].map((way) =>
        strip.values.subarray((way + 2 * all) * size, (way + 1 + 2 * all) * size),
      );
      return { parts, exact: true };
    }
    const heads = all ? [...Array(nHeads).keys()] : numbers;
    const parts = [new Float32Array(nLayers * n), new Float32Array(nLayers * n)];
    for (let layer = 0; layer < nLayers; layer++) {
      const unit = scale[layer] / 255 / heads.length;
      for (const head of heads) {
        const tile = this.tile(this.idOf([layer, head]));
        for (let other = 0; other < n; other++) {
          parts[0][layer * n + other] += tile[cellOf[token] * side + cellOf[other]] * unit;
          parts[1][layer * n + other] += tile[cellOf[other] * side + cellOf[token]] * unit;
        }
      }
    }
    return { parts, exact: false };
  }
}
