// registry: what the mounts of one page share. Streamlit sends a mount's whole message again when a
// part of it changes, so the arrays, the kit (all scripts beside this one) and the small, changing
// view of a map are mounts of their own, which meet here whatever the order in which they arrive.

const registry = (globalThis.embeddingExplorer ??= {
  bundles: new Map(), // digest -> { header, arrays, holders }
  kit: null, // { unbundled, render }
  kept: new Map(), // key -> what a person had done in a map that was taken off the page
  maps: new Map(), // key -> the map on the page, for tests: maps.get(key).screenOf(row)
  waiting: new Set(),
  runs: new WeakMap(), // a mount's element -> its latest run
});

function announce() {
  for (const wake of [...registry.waiting]) wake();
}

// Calls `act` once `ready()` holds, unless the mount runs again before; gives a function that ends
// the run, and is true while it is the latest.
function whenReady(mount, ready, act) {
  const run = {};
  registry.runs.set(mount, run);
  const isLatest = () => registry.runs.get(mount) === run;
  const wake = () => {
    if (isLatest() && !ready()) return;
    registry.waiting.delete(wake);
    if (isLatest()) act();
  };
  registry.waiting.add(wake);
  wake();
  return () => {
    registry.waiting.delete(wake);
    return isLatest();
  };
}
