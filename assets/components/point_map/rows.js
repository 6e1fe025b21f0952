// rows: sets of rows as masks, packed small for the way to Python and back; rows.py does the same.

const STEP_BOUNDS = { u1: 2 ** 8, u2: 2 ** 16, u4: 2 ** 32 };

// (row,) 1 where a row is in the set.
function maskOf(packed, nRows) {
  const mask = new Uint8Array(nRows);
  if (!packed) return mask;
  const bytes = fromBase64(packed.rows);
  if (packed.kind === "bits") {
    for (let row = 0; row < nRows; row++) mask[row] = (bytes[row >> 3] >> (row & 7)) & 1;
    return mask;
  }
  const steps = new ARRAYS[packed.kind](bytes.buffer);
  for (let n = 0, row = 0; n < steps.length; n++) mask[(row += steps[n])] = 1;
  return mask;
}

function packedMask(mask) {
  const rows = rowsOf(mask);
  const steps = rows.map((row, n) => (n ? row - rows[n - 1] : row));
  const largest = steps.reduce((most, step) => Math.max(most, step), 0);
  const kind = Object.keys(STEP_BOUNDS).find((name) => largest < STEP_BOUNDS[name]);
  let bytes = new Uint8Array(new ARRAYS[kind](steps).buffer);
  if (Math.ceil(mask.length / 8) > bytes.length) return { kind, rows: toBase64(bytes) };
  bytes = new Uint8Array(Math.ceil(mask.length / 8));
  for (const row of rows) bytes[row >> 3] |= 1 << (row & 7);
  return { kind: "bits", rows: toBase64(bytes) };
}

function rowsOf(mask) {
  let n = 0;
  for (let row = 0; row < mask.length; row++) n += mask[row];
  const rows = new Uint32Array(n);
  n = 0;
  for (let row = 0; row < mask.length; row++) if (mask[row]) rows[n++] = row;
  return rows;
}

const sizeOf = (mask) => mask.reduce((sum, bit) => sum + bit, 0);
