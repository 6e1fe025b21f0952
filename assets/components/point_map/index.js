// index: brings the code of the map into the registry, once a page; it mounts nothing itself. What
// Streamlit mounts is in mounts/, and a saved page uses `MapAlone`.

registry.kit = { unbundled, present: (component) => present(PointMap, "point_map", component) };

export default () => {
  announce();
};
