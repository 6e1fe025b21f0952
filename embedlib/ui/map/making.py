"""Making maps in the background: the job of a map, what it takes, and the picture it gives."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from embedlib.jobs import Job
from embedlib.projection import Neighbours, Projection
from embedlib.records import Floats, Progress, digest_of_texts
from embedlib.ui import resources
from embedlib.ui.background import owner
from embedlib.ui.map.settings import MapSettings
from embedlib.ui.map.space import Space

ASK_FIRST_SECONDS = 30  # above this, a button and an estimate stand before the work
_SECONDS_A_POINT = 1.5e-3  # of a method that this server has not used yet
# Seconds a point and layer of each method's last map; at first, about those of two cores.
_rates: dict[str, float] = {"pca": 6e-4, "tsne": 7e-3}


@dataclass(frozen=True, eq=False)
class Made:
    """What the job of a map gives.

    Args:
        projections: (frame,) one, or one a layer.
        frames: (frame, text, axis) places; those of layers lie in one frame.
        neighbours: (frame,) true neighbours at each layer; none for a single map.
    """

    projections: tuple[Projection, ...]
    frames: Floats
    neighbours: tuple[Neighbours, ...] = ()


@dataclass(frozen=True, eq=False)
class MapPicture:
    """A map that was made, with the space that it is of.

    Args:
        space: What was laid out; with all layers, the texts at the sidebar's layer.
        settings: How.
        made: Where the points are.
        at_once: Whether it only stands in for a map that is on its way, and was not judged.
    """

    space: Space
    settings: MapSettings
    made: Made
    at_once: bool = False

    @property
    def key(self) -> Hashable:
        """Identifies the map with its texts, for what is kept of it."""
        return (key_of(self.space, self.settings), self.space.texts_key, self.at_once)

    @property
    def projections(self) -> tuple[Projection, ...]:
        return self.made.projections

    @property
    def frames(self) -> Floats:
        """(frame, text, axis) places."""
        return self.made.frames

    @property
    def layers(self) -> tuple[int, ...]:
        """(frame,) the layer of each frame; none where there is one frame."""
        return self.space.layers if self.settings.all_layers else ()

    @property
    def frame(self) -> int:
        """The frame of the sidebar's layer, 0 where there is one frame."""
        return self.layers.index(self.space.layer) if self.space.layer in self.layers else 0

    @property
    def projection(self) -> Projection:
        """The map at the sidebar's layer."""
        return self.projections[self.frame]

    @property
    def points(self) -> Floats:
        """(text, axis) the places at the sidebar's layer."""
        points: Floats = self.frames[self.frame]
        return points

    def space_at(self, frame: int) -> Space:
        """The vectors that a frame is a map of."""
        return self.space.at(self.layers[frame]) if self.layers else self.space


def key_of(space: Space, settings: MapSettings) -> Hashable:
    """What decides a map."""
    labels = digest_of_texts(space.labels) if settings.labelled and space.labels else None
    if not settings.all_layers:
        return ("map", space.key, labels, settings)
    fingerprint, texts, choice, tokens = space.key
    return (
        "maps",
        fingerprint,
        texts,
        choice.pooling,
        choice.normalise,
        choice.tokens,
        tokens,
        labels,
        settings,
    )


def start(space: Space, settings: MapSettings) -> Job:
    """The job that makes the map, begun now or before; it gives a `Made`."""

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Made:
        made = _made(space, settings, progress, cancelled)
        n_points = len(space) * len(made.projections)
        if n_points >= 500:  # fewer say little about the rate
            _rates[settings.method] = sum(map(_seconds_of, made.projections)) / n_points
        return made

    return resources.jobs().submit(key_of(space, settings), work, owner=owner())


def _seconds_of(projection: Projection) -> float:
    """What a map and its judgement took, without waiting for others or for a warm-up."""
    judged = projection.honesty
    return projection.seconds + (0.0 if judged is None else judged.seconds)


def at_once(space: Space) -> MapPicture:
    """The plane of PCA, which takes no time: what stands there until a map is made."""
    projection = at_once_projection(space.vectors)
    made = Made((projection,), projection.points[None])
    return MapPicture(space, MapSettings("pca"), made, at_once=True)


def at_once_projection(vectors: Floats) -> Projection:
    """The plane of PCA without a judgement of it."""
    from embedlib.projection.pca import axes
    from embedlib.projection.space import space as prepared

    started = time.perf_counter()
    points = axes(prepared(vectors, "cosine"), 2)
    seconds = time.perf_counter() - started
    return Projection(points, "pca", {}, 0, "cosine", seconds, "none", None)


def estimate_seconds(space: Space, settings: MapSettings) -> float:
    """How long the map will take, from the last of its kind."""
    n_frames = len(space.layers) if settings.all_layers else 1
    return len(space) * n_frames * _rates.get(settings.method, _SECONDS_A_POINT)


def _made(
    space: Space,
    settings: MapSettings,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> Made:
    from embedlib.projection import worker

    how = {
        "n_dims": settings.n_dims,
        "seed": settings.seed,
        "options": dict(settings.options),
        "labels": space.labels if settings.labelled else None,
        "metric": settings.metric,
        "progress": progress,
        "cancelled": cancelled,
    }
    if settings.all_layers:
        made = worker.project_layers(space.at_layers(), settings.method, **how)
        return Made(made.projections, made.points, made.neighbours)
    one = worker.project(space.vectors, settings.method, **how)
    return Made((one,), one.points[None])
