"""Health: what each layer's space is like, and what centring, trimming and whitening do to it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.errors import Cancelled, OptionError
from embedlib.exporting.layer_report import sampled_rows
from embedlib.exporting.panel_code import health_code
from embedlib.figures import number
from embedlib.geometry import HEALTH, TRANSFORMS
from embedlib.pooling import POOLINGS
from embedlib.probes import SCORES, layer_label, problem
from embedlib.records import Floats, Longs, Progress
from embedlib.ui import address
from embedlib.ui.background import background
from embedlib.ui.layers.asking import agreed
from embedlib.ui.layers.taking import offer, start
from embedlib.ui.layers.view import View, changed_most, lacks_texts, say

_SECONDS = 0.9  # a layer of 5,000 texts, and as much again for each 384 dimensions


def show(seen: View) -> None:
    """The table of all layers under a transform, then what the transform does to this layer."""
    if lacks_texts(seen, 3, "Health is said of"):
        return
    name = address.chooser(
        st.pills,
        "Transform",
        address.labels(TRANSFORMS),
        key="health_transform",
        default="none",
        required=True,
    )
    st.caption(TRANSFORMS[name].help)
    rows, notes = sampled_rows(len(seen.corpus))
    say(notes)
    key = ("health", seen.key, seen.pooling, name, len(rows))
    n_layers = len(seen.vectors.layers)
    seconds = n_layers * _SECONDS * (len(rows) / 5_000) ** 2 * (1 + seen.vectors.dim / 384)
    what = f"The health of {n_layers} layers on {len(rows):,} texts"
    if not agreed(key, seconds, what, "Measure the health"):
        return
    found = _measured(seen, name, rows, key)
    _words(seen, found)
    _table(seen, found, name, rows)
    tables = {"health": {"layer": list(seen.vectors.layers)}}
    tables["health"] |= {measure: [one[measure] for one in found] for measure in HEALTH}
    if name != "none":
        kept = _effect(seen, name, rows, key)
        tables["neighbours kept"] = {"text": (rows + 1).tolist(), "share": kept.tolist()}
    code = health_code(start(seen), seen.pooling, seen.choice.layer, name)
    sampling = list(notes)
    offer(seen, "health", code, tables, transform=name, rows_measured=len(rows), sampling=sampling)


def _measured(
    seen: View, name: str, rows: np.ndarray, key: tuple[object, ...]
) -> list[dict[str, float]]:
    array, lengths = seen.vectors.arrays[seen.pooling], seen.vectors.ledger.n_kept[rows]

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> list[dict]:
        found, began = [], time.perf_counter()
        for place, layer in enumerate(array):
            if cancelled():
                raise Cancelled
            progress(Progress(place, len(array), "layers", time.perf_counter() - began))
            found.append(geometry.health(geometry.transformed(layer[rows], name), lengths))
        return found

    return background(key, work, "Measuring the health of each layer", height=320)


def _words(seen: View, found: list[dict[str, float]]) -> None:
    """What stands out, of the pooling that is looked at; and what the columns mean."""
    cosines = np.array([one["mean_cosine"] for one in found])
    pooling = POOLINGS[seen.pooling].label
    with st.container(horizontal=True, vertical_alignment="center"):
        if np.isfinite(cosines).all() and len(cosines) > 1:
            even, narrow = int(np.abs(cosines).argmin()), int(cosines.argmax())
            layers = seen.vectors.layers
            st.text(
                f"{pooling}: at layer {layers[even]} texts point most evenly every way (any two "
                f"have a mean cosine of {number(float(cosines[even]))}), at layer "
                f"{layers[narrow]} least ({number(float(cosines[narrow]))}).",
                width="stretch",
            )
        with st.popover("What the columns mean", width="content"):
            st.markdown("\n\n".join(f"**{row.label}**: {row.help}" for row in HEALTH.values()))


def _table(seen: View, found: list[dict[str, float]], name: str, rows: np.ndarray) -> None:
    columns = {"Layer": [layer_label(layer) for layer in seen.vectors.layers]}
    for measure, row in HEALTH.items():
        columns[row.label] = [one[measure] for one in found]
    st.dataframe(
        columns,
        hide_index=True,
        column_config={
            row.label: st.column_config.NumberColumn(
                format="%.1f" if max(columns[row.label]) >= 10 else "%.3f", help=row.help
            )
            for row in HEALTH.values()
        },
        alt=f"Health of each layer, {TRANSFORMS[name].label.lower()}",
    )
    layer = seen.choice.layer
    if isinstance(layer, int) and layer in seen.vectors.layers:
        chosen = seen.vectors.select(seen.pooling, layer, rows=rows)
        space = geometry.transformed(chosen, name)
        dims = ", ".join(str(dim) for dim in geometry.dominant_dimensions(space))
        st.caption(
            f"{layer_label(layer)}: the dimensions that add most to the mean cosine are {dims}, "
            f"of {space.shape[1]}."
        )


def _effect(seen: View, name: str, rows: np.ndarray, key: tuple[object, ...]) -> Floats:
    """Scores and neighbours of the chosen layer before and after; (row,) neighbours kept."""
    made = background(
        (*key, "effect", seen.choice.layer, seen.labels_key),
        lambda *_: _compared(seen, name, rows),
        "Comparing before and after",
        height=160,
    )
    overlap = geometry.neighbour_overlap(*made.neighbours)
    columns = st.columns(4)
    columns[0].metric(
        f"Neighbours kept, {seen.choice.layer_name}",
        f"{overlap.mean():.1%}",
        help=f"Of the {made.neighbours[0].shape[1]} nearest texts of each text, how many stay.",
    )
    for column, (score, (old, new)) in zip(columns[1:], made.scores.items(), strict=False):
        column.metric(SCORES[score].label, f"{new:.3f}", f"{new - old:+.3f}")
    names = ["As they are", TRANSFORMS[name].label]
    changed_most(seen, overlap.tolist(), made.neighbours, rows, names)
    return overlap


@dataclass(frozen=True, eq=False)
class _Effect:
    """What a transform did to one layer.

    Args:
        neighbours: (row, k) before and after.
        scores: Name of a score to its mean before and after; none without labels.
    """

    neighbours: tuple[Longs, Longs]
    scores: dict[str, tuple[float, float]]


def _compared(seen: View, name: str, rows: np.ndarray) -> _Effect:
    before = seen.vectors.select(seen.pooling, seen.choice.layer, rows=rows)
    spaces = before, geometry.transformed(before, name)
    n = min(10, len(rows) - 1)
    near = tuple(geometry.neighbour_rows(space, n) for space in spaces)
    if seen.labels is None:
        return _Effect(near, {})
    try:
        posed = problem(
            [seen.labels[row] for row in rows], [seen.corpus.texts[row] for row in rows]
        )
    except OptionError:  # no two categories of these texts can be told apart
        return _Effect(near, {})
    scores = {
        score: tuple(
            float(np.nanmean(SCORES[score].folds(space[posed.rows], posed))) for space in spaces
        )
        for score in ("knn", "silhouette", "centroid")
    }
    return _Effect(near, scores)
