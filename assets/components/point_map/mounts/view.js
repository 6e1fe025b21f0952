// view: the mount that shows a map, once the kit and the bundles that it names have arrived.

export default (component) => {
  const { data, parentElement } = component;
  const needed = [data.places, data.words, ...data.colourings];
  const ready = () =>
    registry.kit !== null && needed.every((digest) => registry.bundles.has(digest));
  // The room is claimed before the points arrive, so that nothing jumps when they do.
  parentElement.querySelector(".point_map").style.height = `${data.height}px`;
  return whenReady(parentElement, ready, () => registry.kit.present(component));
};
