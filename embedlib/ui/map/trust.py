"""Trust: how honest the map is, what dull thing it may follow, and how much of it is chance."""

import numpy as np
import streamlit as st

from embedlib.figures import CONFIG
from embedlib.figures.honesty import honesty_scores
from embedlib.geometry import confound
from embedlib.projection import PROJECTIONS, Honesty, Scores, Stability
from embedlib.records import Floats
from embedlib.ui.heading import palette
from embedlib.ui.map import steadiness
from embedlib.ui.map.making import MapPicture
from embedlib.ui.map.space import Space
from embedlib.ui.map.words import LEAST_JUDGED

_MEASURES = {
    "Trustworthiness": "trustworthiness",
    "Continuity": "continuity",
    "Neighbours kept": "knn_preservation",
    "Triples in order": "triplets",
}
_EXPLAINED = (
    "**Trustworthiness** falls when points stand near that are far apart as vectors; "
    "**continuity** falls when near vectors stand far apart; **neighbours kept** is the share of "
    "each text's nearest texts that are among its nearest points; **triples in order** is how "
    "often, of two random texts, the one that is nearer to a third is nearer on the map too: "
    "whether the large arrangement means anything. A random layout has about 0.5, 0.5, 0 and 0.5."
)


def show(picture: MapPicture, agreed: Stability | None) -> None:
    """Scores beside PCA's and a random layout's, then confounds and chance."""
    projection = picture.projection
    if picture.at_once:
        st.caption("The map above stands in for one that is on its way, which will be judged.")
        return
    if projection.honesty is None or len(picture.space) < LEAST_JUDGED:
        st.caption(f"A map can be judged from {LEAST_JUDGED} different texts on.")
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        _scores(picture, projection.honesty)
    with right:
        _confounds(picture.space, picture.points)
        steadiness.show(picture, agreed)
    if picture.layers:
        _by_layer(picture)


def _scores(picture: MapPicture, honesty: Honesty) -> None:
    name = PROJECTIONS[picture.projection.method].label
    values = {f"This map ({name})": _four(honesty.map)}
    if picture.projection.method != "pca":
        values["PCA"] = _four(honesty.pca)
    values["a random layout"] = _four(honesty.random)
    drawn = honesty_scores(values, palette())
    st.plotly_chart(drawn.figure, theme=None, config=CONFIG, key="honesty", alt=drawn.alt)
    st.markdown(_EXPLAINED)
    how = f"Measured with {honesty.k} neighbours on "
    if honesty.sampled:
        margin = max(honesty.map.margins)
        how += (
            f"{len(honesty.rows):,} of {honesty.n_points:,} texts, drawn at random, each against "
            f"all others (95 % interval: ± {margin:.3f} at most)."
        )
    else:
        how += f"all {honesty.n_points:,} texts."
    st.caption(how)


def _by_layer(picture: MapPicture) -> None:
    """The scores of every layer's map."""
    st.markdown("**Every layer**")
    scores = [projection.honesty for projection in picture.projections]
    table: dict[str, list[float | int | None]] = {"Layer": list(picture.layers)}
    for name, measure in _MEASURES.items():
        table[name] = [None if one is None else getattr(one.map, measure) for one in scores]
    table["PCA keeps"] = [None if one is None else one.pca.knn_preservation for one in scores]
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="%.3f") for name in table if name != "Layer"
        },
        alt="Trustworthiness, continuity and kept neighbours of the map of each layer",
    )


def _confounds(space: Space, points: Floats) -> None:
    """What the places follow beside meaning."""
    st.markdown("**Does the map follow something dull?**")
    rows = []
    for name, values in _dull(space).items():
        found = confound(points, values)
        if found is not None:
            rows.append((name, found.share, *(float(r) for r in found.along)))
    if not rows:
        st.caption("All texts are alike in length.")
        return
    axes = [f"Axis {number + 1}" for number in range(points.shape[1])]
    columns = list(zip(*rows, strict=True))
    table = dict(zip(["Of the texts", "Explained", *axes], map(list, columns), strict=True))
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "Explained": st.column_config.NumberColumn(
                format="percent", help="Share of the ranks' variance that the places explain."
            ),
            **{axis: st.column_config.NumberColumn(format="%.2f") for axis in axes},
        },
        alt="How far places on the map follow the length of texts and the like",
    )
    worst = max(rows, key=lambda row: row[1])
    st.caption(
        f"Places explain {worst[1]:.0%} of the order by {worst[0].lower()}. "
        + ("Look twice: colour the map by it." if worst[1] > 0.25 else "That is little.")
        + " Axes: rank correlation, −1 to 1; only straight trends are found."
    )


def _dull(space: Space) -> dict[str, np.ndarray]:
    seen: dict[str, int] = {}
    for text in space.texts:
        seen[text] = seen.get(text, 0) + 1
    found = {
        "Length in characters": np.array([len(text) for text in space.texts], dtype=float),
        "Being a duplicate": np.array([seen[text] > 1 for text in space.texts], dtype=float),
    }
    if space.made is not None:
        found["Length in tokens"] = space.made.ledger.n_all.astype(float)
        found["Being cut"] = space.made.ledger.cut.astype(float)
    return found


def _four(scores: Scores) -> tuple[float, float, float, float]:
    return (
        scores.trustworthiness,
        scores.continuity,
        scores.knn_preservation,
        scores.triplets,
    )
