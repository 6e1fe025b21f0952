"""Before and after: the same texts in the unchanged and the trained model, in one frame."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.figures import CONFIG
from embedlib.figures.cloud import Cloud, Colouring, MapView, categories, numbers, one_colour
from embedlib.figures.dumbbells import dumbbells
from embedlib.figures.layer_lines import layer_lines
from embedlib.figures.text import quoted
from embedlib.limits import LIMITS
from embedlib.projection import PROJECTIONS, turnover, worker
from embedlib.records import Floats, Progress
from embedlib.training.drift import n_neighbours
from embedlib.training.examples import Examples
from embedlib.training.finished import Finished, read_drift
from embedlib.ui import address, faults
from embedlib.ui.background import background
from embedlib.ui.components.point_map import point_map
from embedlib.ui.heading import palette
from embedlib.ui.train.report.rows import HEIGHT_PX, MOST_WHOLE, PERCENT

FRAMES = ("Before training", "After training")
_METHODS = ("umap", "pca", "tsne")
_MAP_PX, _MOST_LISTED = 560, 50


@dataclass(frozen=True, eq=False)
class Moved:
    """Two layouts of the same texts in one frame.

    Args:
        frames: (2, text, 2).
        lost: (text,) share of each text's nearest neighbours that are others afterwards.
        k: Neighbours compared.
        kept: Share of its neighbours that each layout keeps, before and after; None where unknown.
        rows: The texts.
    """

    frames: Floats
    lost: Floats
    k: int
    kept: tuple[float | None, float | None]
    rows: Examples


def show(found: Finished) -> None:
    """The map of both, then what changed layer by layer and label by label."""
    if not found.changes_model:
        st.caption(
            "This recipe learns on top of the model and leaves the model itself as it is: there is "
            "no space before and after. The space it reads from is on the Map page."
        )
        return
    method = address.chooser(
        st.segmented_control,
        "Layout",
        list(_METHODS),
        format_func=lambda name: PROJECTIONS[name].label,
        key="before_after",
        default=_METHODS[0],
        required=True,
        help="The last layer, mean pooling, of test texts that taught nothing. The second layout "
        "begins at the first and is turned to lie on it, so that what moves has moved.",
    )
    try:
        _drift(found, method)
    except EmbedlibError as error:
        faults.show(error)


def _drift(found: Finished, method: str) -> None:
    picture, below = st.container(), st.container()
    with below:
        said = read_drift(found.run)
        _layers(said)
        _labels(said)
    with picture:
        made: Moved = background(
            ("before and after", str(found.run.folder), found.report["date"], method),
            lambda progress, cancelled: _moved(found, method, progress, cancelled),
            "Laying out both spaces",
            height=_MAP_PX,
        )
        _map(found, made, method)
    with below:
        _texts(made)


def _moved(
    found: Finished,
    method: str,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> Moved:
    from embedlib.training.drift import spaces_of

    progress(Progress(0, 0, "texts", 0.0, "Reading the texts with both models"))
    spaces = spaces_of(found.run)
    progress(Progress(0, 0, "per cent", 0.0, "Laying out"))
    last = (spaces.before[-1], spaces.after[-1])
    made = worker.project_layers(last, method, seed=0, progress=progress, cancelled=cancelled)
    n_others = len(spaces.rows) - 1
    honest = [  # nothing where the neighbours are most of all texts
        one.knn_preservation if one is not None and 3 * one.k <= n_others else None
        for one in made.honesty
    ]
    k = min(n_neighbours(len(spaces.rows)), made.neighbours[0].k)
    first, second = (
        replace(one, indices=one.indices[:, :k], distances=one.distances[:, :k])
        for one in made.neighbours
    )
    lost = turnover(first, second)
    return Moved(made.points, lost, k, (honest[0], honest[1]), spaces.rows)


def _map(found: Finished, made: Moved, method: str) -> None:
    honest = [f"{share:.0%}" for share in made.kept if share is not None]
    view = MapView(
        title=f"{len(made.rows):,} test texts; {1 - float(made.lost.mean()):.0%} of each one's "
        f"{made.k} nearest are the same after training",
        made_by=f"{PROJECTIONS[method].label} of the last layer, mean pooling, seed 0; the layouts "
        f"keep {' and '.join(honest)} of the true neighbours"
        if honest
        else f"{PROJECTIONS[method].label} of the last layer, mean pooling, seed 0",
        frame=1,
    )
    cloud, colourings = _packed(found, made, method)
    point_map(cloud, colourings, view, key="before_after_map", height=_MAP_PX)
    st.caption(
        "Move between *Before training* and *After training* at the map's foot. A layout shows "
        "who is near whom; how far groups lie apart means little."
    )


def _packed(found: Finished, made: Moved, method: str) -> tuple[Cloud, list[Colouring]]:
    """Kept while the map stays the same, because packing costs more than showing."""
    mark = (str(found.run.folder), found.report["date"], method)
    held = st.session_state.get("_before_after")
    if held is None or held[0] != mark:
        ids = np.array(made.rows.rows, dtype=np.int64) + 1
        ids = ids if len(np.unique(ids)) == len(ids) else np.arange(1, len(ids) + 1)
        cloud = Cloud(made.frames, made.rows.texts, FRAMES, ids)
        held = st.session_state["_before_after"] = mark, cloud, _colourings(made)
    return held[1], held[2]


def _colourings(made: Moved) -> list[Colouring]:
    changed = numbers("neighbours changed", 100 * made.lost, unit="%")
    labels = made.rows.labels
    if labels and len(set(labels)) <= LIMITS["map_categories"].value:
        return [categories("label", labels), changed]
    return [changed, one_colour()]


def _layers(said: dict[str, Any]) -> None:
    """How alike each layer is before and after, and how far labels stand apart."""
    layers = said["layers"]
    numbers_of = [layer["layer"] for layer in layers]
    alike = {
        "CKA, debiased": _column(layers, "similarity"),
        "nearest texts kept": _column(layers, "neighbours_kept"),
    }
    least = min(layers, key=lambda layer: layer["neighbours_kept"])
    k = n_neighbours(said["n_texts"])
    left, right = st.columns(2, gap="medium")
    picture = layer_lines(
        numbers_of,
        alike,
        palette(),
        f"Layer {least['layer']} changed most: {least['neighbours_kept']:.0%} of the {k} nearest "
        "kept",
        unit="1: nothing changed",
        subtitle=f"{said['n_texts']:,} test texts, {said['pooling']} pooling",
    )
    left.plotly_chart(picture.figure, theme=None, config=CONFIG, key="drift", alt=picture.alt)
    left.caption(
        "CKA: how alike two spaces are, however they are turned or scaled; debiased, because few "
        "texts make any two look alike (Kornblith et al. 2019)."
    )
    apart = {
        "before": _column(layers, "separation_before"),
        "after": _column(layers, "separation_after"),
    }
    if not np.isfinite(apart["after"]).any():
        right.caption("These texts have no labels of their own, so none can stand apart.")
        return
    first, last = apart["before"][-1], apart["after"][-1]
    picture = layer_lines(
        numbers_of,
        apart,
        palette(),
        f"Last layer: {last:.0%} nearest to their own label, {first:.0%} before",
        unit="share nearest to their own label",
        subtitle="Centroids of the other texts (leave one out)",
    )
    right.plotly_chart(picture.figure, theme=None, config=CONFIG, key="apart", alt=picture.alt)


def _column(layers: list[dict[str, Any]], name: str) -> Any:
    return np.array([layer.get(name) for layer in layers], dtype=np.float64)


def _labels(said: dict[str, Any]) -> None:
    """How far each label stands apart in the last layer."""
    rows = [(str(name), float(a), float(b)) for name, a, b in said["labels"]]
    if not rows:
        return
    values = np.array([row[1:] for row in rows])
    most = rows[int(np.abs(values[:, 1] - values[:, 0]).argmax())]
    picture = dumbbells(
        [row[0] for row in rows],
        values,
        palette(),
        _changed(*most),
        unit="share of the label's texts nearest to its centroid, last layer",
        subtitle="Few test texts a label move such shares a lot.",
    )
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="labels_apart", alt=picture.alt)


def _changed(label: str, before: float, after: float) -> str:
    """What the label that changed most did, with as many digits as show it."""
    if before == after:
        return "No label changed: of each, as many texts as before are nearest to their own label"
    digits = 0 if f"{before:.0%}" != f"{after:.0%}" else 1
    return (
        f"{quoted(label)} changed most: {before:.{digits}%} of its texts were nearest to their own "
        f"label, now {after:.{digits}%}"
    )


def _texts(made: Moved) -> None:
    """The texts whose neighbours changed most."""
    st.markdown("**Texts whose nearest texts changed most**")
    order = np.argsort(-made.lost, kind="stable")[:_MOST_LISTED].tolist()
    columns = {
        "Row": [made.rows.rows[place] + 1 for place in order],
        "Text": [made.rows.texts[place] for place in order],
    }
    if made.rows.labels:
        columns["Label"] = [made.rows.labels[place] for place in order]
    columns["Changed"] = [100 * float(made.lost[place]) for place in order]
    st.dataframe(
        columns,
        hide_index=True,
        height=HEIGHT_PX if len(order) > MOST_WHOLE else "auto",
        column_config={"Text": st.column_config.TextColumn(width="large"), "Changed": PERCENT},
        alt="Texts by how many of their nearest texts are others after training",
    )
