// registry: what the mounts of one page share. Streamlit sends a mount's whole message again when a
// part of it changes, so the arrays, the kit (all scripts beside this one) and the small, changing
// view of a map are mounts of their own, which meet here whatever the order in which they arrive.

const registry = (globalThis.embeddingExplorer ??= {
  bundles: new Map(), // digest -> { header, arrays, holders }
  kit: null, // { unbundled, present }
  kept: new Map(), // key -> what a person had done in a map that was taken off the page
  maps: new Map(), // key -> the map on the page, for tests: maps.get(key).screenOf(row)
  waiting: new Set(),
  wakes: new WeakMap(), // a mount's element -> what wakes its latest run
});

function announce() {
  for (const wake of [...registry.waiting]) wake();
}

// Calls `act` once `ready()` holds, unless the mount runs again before; gives the mount's clean-up,
// which calls what `act` gave.
function whenReady(mount, ready, act) {
  let clean;
  const wake = () => {
    // One who is woken may announce something too, and so be asked twice.
    if (!registry.waiting.has(wake) || !ready()) return;
    registry.waiting.delete(wake);
    clean = act();
  };
  return inTurn(() => {
    registry.waiting.delete(registry.wakes.get(mount));
    registry.wakes.set(mount, wake);
    registry.waiting.add(wake);
    wake();
    return () => {
      registry.waiting.delete(wake);
      if (registry.wakes.get(mount) === wake) clean?.();
    };
  });
}
