// alone_map: the map in a saved page (map_page.py): no Python listens, so what is opened is read here.

class MapAlone {
  constructor(root) {
    this.root = root;
    root.classList.add("alone");
    this.map = new PointMap(root);
    this.map.alone = true;
  }

  // The payload is a bundle of bundles by digest, with the view in its header.
  show(bytes) {
    const { header, arrays } = (this.whole ??= unbundled(bytes));
    this.bundles ??= new Map(
      Object.entries(arrays).map(([digest, inner]) => [digest, unbundled(inner)]),
    );
    this.map.show({ ...header.view, key: "alone" }, this.bundles);
  }

  dispose() {
    this.map.dispose();
  }
}
