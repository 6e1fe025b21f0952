"""Health: what each layer's space is like, and what centring, trimming and whitening do to it."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.exporting.layer_report import sampled_rows
from embedlib.geometry import HEALTH, TRANSFORMS
from embedlib.probes import SCORES, layer_label, problem
from embedlib.records import Progress
from embedlib.ui import address
from embedlib.ui.background import background
from embedlib.ui.layers.view import View, changed_most
from embedlib.ui.literal import literal


def show(seen: View) -> None:
    """The table of all layers under a transform, then what the transform does to this layer."""
    if len(seen.corpus) < 3:
        st.caption("Health is said of at least three texts; add another.")
        return
    name = address.chooser(
        st.pills,
        "Transform",
        list(TRANSFORMS),
        format_func=lambda name: TRANSFORMS[name].label,
        key="health_transform",
        default="none",
        required=True,
    )
    st.caption(TRANSFORMS[name].help)
    rows, notes = sampled_rows(len(seen.corpus))
    for note in notes:
        st.caption(":material/info: " + literal(note))
    _table(seen, _measured(seen, name, rows), name)
    if name != "none":
        _effect(seen, name, rows)


def _measured(seen: View, name: str, rows: np.ndarray) -> list[dict[str, float]]:
    array, lengths = seen.vectors.arrays[seen.pooling], seen.vectors.ledger.n_kept[rows]

    def work(progress: Callable[[Progress], None], _: Callable[[], bool]) -> list[dict]:
        found = []
        for number, layer in enumerate(array):
            progress(Progress(number, len(array), "layers", 0.0))
            found.append(geometry.health(geometry.transformed(layer[rows], name), lengths))
        return found

    key = ("health", seen.key, seen.pooling, name)
    return background(key, work, "Measuring the health of each layer", height=320)


def _table(seen: View, found: list[dict[str, float]], name: str) -> None:
    columns = {"Layer": [layer_label(layer) for layer in seen.vectors.layers]}
    for measure, row in HEALTH.items():
        columns[row.label] = [one[measure] for one in found]
    st.dataframe(
        columns,
        hide_index=True,
        column_config={
            row.label: st.column_config.NumberColumn(format="%.3f", help=row.help)
            for row in HEALTH.values()
        },
        alt=f"Health of each layer, {TRANSFORMS[name].label.lower()}",
    )
    layer = seen.choice.layer
    if isinstance(layer, int) and layer in seen.vectors.layers:
        space = geometry.transformed(seen.vectors.select(seen.pooling, layer), name)
        dims = ", ".join(str(dim) for dim in geometry.dominant_dimensions(space))
        st.caption(
            f"{layer_label(layer)}: the dimensions that add most to the mean cosine are {dims}, "
            f"of {space.shape[1]}."
        )


def _effect(seen: View, name: str, rows: np.ndarray) -> None:
    """Scores and neighbours of the chosen layer before and after."""
    before = seen.vectors.select(seen.pooling, seen.choice.layer)[rows]
    after = geometry.transformed(before, name)
    n = min(10, len(rows) - 1)
    pair = geometry.neighbour_rows(before, n), geometry.neighbour_rows(after, n)
    overlap = geometry.neighbour_overlap(*pair)
    columns = st.columns(4)
    columns[0].metric(
        f"Neighbours kept, {seen.choice.layer_name}",
        f"{overlap.mean():.1%}",
        help=f"Of the {n} nearest texts of each text, how many stay.",
    )
    if seen.labels is not None:
        labels = [seen.corpus.labels[row] for row in rows]
        try:
            posed = problem(labels, [seen.corpus.texts[row] for row in rows])
        except geometry.doors.OptionError:
            posed = None
        for column, score in zip(columns[1:], ("knn", "silhouette", "centroid"), strict=True):
            if posed is None:
                break
            old, new = (
                float(np.nanmean(SCORES[score].folds(space[posed.rows], posed)))
                for space in (before, after)
            )
            column.metric(SCORES[score].label, f"{new:.3f}", f"{new - old:+.3f}")
    names = ["As they are", TRANSFORMS[name].label]
    changed_most(seen, overlap.tolist(), pair, rows, names)
