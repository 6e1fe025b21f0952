// bundle: arrays and a JSON header from one run of bytes; bundles.py writes them.

const ARRAYS = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  f4: Float32Array,
};

// The bytes begin anywhere in a larger buffer, so they are copied once to where numbers align.
function unbundled(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const body = bytes.slice(4 + length).buffer;
  const arrays = {};
  for (const [name, kind, start, size] of header.arrays) {
    arrays[name] = new ARRAYS[kind](body, start, size);
  }
  return { header, arrays };
}

function fromBase64(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let n = 0; n < letters.length; n++) bytes[n] = letters.charCodeAt(n);
  return bytes;
}

function toBase64(bytes) {
  let letters = "";
  for (let n = 0; n < bytes.length; n += 0x8000) {
    letters += String.fromCharCode(...bytes.subarray(n, n + 0x8000));
  }
  return btoa(letters);
}
