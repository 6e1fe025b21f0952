// kit: the invisible mount that brings the code of the map, once a page.

registry.kit = { unbundled, render: (component) => render(PointMap, "point_map", component) };

export default () => {
  announce();
};
