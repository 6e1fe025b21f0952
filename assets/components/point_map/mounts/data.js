// data: the invisible mount that brings one bundle of arrays (bundles.py) into the registry. The
// bundle stays while a mount holds it; a map keeps the arrays that it draws.

const DIGEST_LENGTH = 32;
const held = new WeakMap(); // the mount's element -> the digest that it holds

function release(holder) {
  const digest = held.get(holder);
  const bundle = registry.bundles.get(digest);
  held.delete(holder);
  bundle?.holders.delete(holder);
  if (bundle?.holders.size === 0) registry.bundles.delete(digest);
}

export default ({ data, parentElement: mount }) => {
  const digest = new TextDecoder().decode(data.subarray(0, DIGEST_LENGTH));
  return whenReady(
    mount,
    () => registry.kit !== null,
    () => {
      if (held.get(mount) !== digest) release(mount);
      if (!registry.bundles.has(digest)) {
        const bundle = registry.kit.unbundled(data.subarray(DIGEST_LENGTH));
        registry.bundles.set(digest, { ...bundle, holders: new Set() });
      }
      registry.bundles.get(digest).holders.add(mount);
      held.set(mount, digest);
      announce();
      return () => release(mount);
    },
  );
};
