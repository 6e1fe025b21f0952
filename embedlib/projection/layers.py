"""All layers of a model in one frame: each layout begins at the last one and is aligned to it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from embedlib.errors import OptionError
from embedlib.projection.alignment import align
from embedlib.projection.doors import checked_vectors
from embedlib.projection.neighbours import neighbours
from embedlib.projection.project import project
from embedlib.projection.records import Honesty, Neighbours, Projection
from embedlib.projection.watch import Show, Stop, Watch
from embedlib.records import Floats

_TURNOVER_K: Final = 15  # neighbours kept for `turnover`


@dataclass(frozen=True, eq=False)
class LayerProjections:
    """The layouts of several layers in one frame.

    Args:
        points: (layer, point, n_dims) float32; what stays still between two layers has stayed.
        projections: One for each layer, each with its own points, honesty and notes.
        neighbours: One for each layer: the true neighbours, at least 15, for `turnover`.
        seconds: What all of it took.
    """

    points: Floats
    projections: tuple[Projection, ...]
    neighbours: tuple[Neighbours, ...]
    seconds: float

    @property
    def honesty(self) -> tuple[Honesty | None, ...]:
        return tuple(projection.honesty for projection in self.projections)


def project_layers(  # noqa: PLR0913 - as `project`
    arrays: Sequence[Any] | Any,
    method: str = "umap",
    *,
    n_dims: int = 2,
    seed: int = 0,
    options: Mapping[str, Any] | None = None,
    labels: Sequence[str] | None = None,
    metric: str = "cosine",
    progress: Show | None = None,
    cancelled: Stop | None = None,
) -> LayerProjections:
    """A picture of the same texts at each of several layers, all in one frame.

    Args:
        arrays: (layer, point, dim), or one (point, dim) for each layer.
        method, n_dims, seed, options, labels, metric: As in `project`, for every layer.
        progress: Called with per cent of all layers.
        cancelled: Asked often; True ends the work.

    Raises:
        OptionError: If there is no layer, or layers have different numbers of texts; or as
            `project`.
        Cancelled: If `cancelled` said so.
    """
    layers = [checked_vectors(array, f"Layer {i}") for i, array in enumerate(arrays)]
    if len({len(layer) for layer in layers}) != 1:
        sizes = ", ".join(str(len(layer)) for layer in layers) or "no layers"
        raise OptionError(
            f"Every layer must be of the same texts, got {sizes}.",
            "Pass `Vectors.arrays` of one pooling.",
        )
    began, whole = time.monotonic(), Watch(progress, cancelled)
    made: list[Projection] = []
    found: list[Neighbours] = []
    for number, layer in enumerate(layers):
        watch = whole.part(number, len(layers), "Layer", began)
        k = max(_TURNOVER_K, (options or {}).get("n_neighbours", 0))
        finding = watch.phased(began).progress
        found.append(
            neighbours(layer, k, metric=metric, seed=seed, progress=finding, cancelled=cancelled)
        )
        made.append(
            project(
                layer,
                method,
                n_dims=n_dims,
                seed=seed,
                options=options,
                labels=labels,
                metric=metric,
                neighbours=found[-1],
                start=made[-1].points if made else None,
                progress=watch.progress,
                cancelled=cancelled,
            )
        )
    points = in_one_frame([projection.points for projection in made])
    return LayerProjections(points, tuple(made), tuple(found), time.monotonic() - began)


def in_one_frame(layouts: Sequence[Any]) -> Floats:
    """(layer, point, n_dims) float32: each layout aligned to the one before; see `align`."""
    framed: list[Floats] = []
    for layout in layouts:
        framed.append(align(layout, framed[-1]) if framed else np.asarray(layout, np.float32))
    return np.stack(framed)
