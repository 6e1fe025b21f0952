"""Categories: the centroid of each label, their likeness, and how well they tell texts apart."""

import streamlit as st

from embedlib import geometry
from embedlib.errors import EmbedlibError
from embedlib.figures import CONFIG, centroid_matrix
from embedlib.ui import faults
from embedlib.ui.explore.view import View


def show(seen: View) -> None:
    """Accuracy of the nearest centroid, then the similarity of the centroids."""
    labels = seen.labels
    if labels is None or len(set(labels) - {""}) < 2:
        st.caption("Categories need a label column with at least two labels: choose it above.")
        return
    try:
        score = geometry.nearest_centroid_accuracy(seen.selected, labels)
    except EmbedlibError as error:
        faults.show(error)
        return
    _numbers(score)
    means = geometry.centroids(seen.selected, labels, normalise=True)
    picture = centroid_matrix(
        geometry.cosine_matrix(means.means), means.labels, seen.palette, counts=means.counts
    )
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="centroids", alt=picture.alt)
    _table(score)


def _numbers(score: geometry.CentroidAccuracy) -> None:
    low, high = score.interval
    first, second, third = st.columns(3)
    first.metric(
        "Nearest-centroid accuracy, leave one out",
        f"{score.accuracy:.1%}",
        help="Each text is compared with the centroids of all categories; its own category's "
        "centroid is taken without it.",
    )
    second.metric("95 % interval", f"{low:.1%} to {high:.1%}", help="Wilson interval.")
    third.metric(
        "Always the largest category",
        f"{score.baseline:.1%}",
        help="What the accuracy has to be held against.",
    )
    if score.n_single:
        st.caption(f"{score.n_single} categories have one text, which counts as wrong.")
    if score.n_unlabelled:
        st.caption(f"{score.n_unlabelled} texts have no label and are left out.")


def _table(score: geometry.CentroidAccuracy) -> None:
    confused = []
    for row, counts in enumerate(score.confusion):
        others = counts.copy()
        others[row] = 0
        worst = int(others.argmax())
        confused.append(f"{score.labels[worst]} ({others[worst]})" if others[worst] else "")
    st.dataframe(
        {
            "Category": list(score.labels),
            "Texts": [int(count) for count in score.counts],
            "Accuracy": [float(share) for share in score.per_label],
            "From": [float(low) for low, _ in score.per_label_interval],
            "To": [float(high) for _, high in score.per_label_interval],
            "Most often taken for": confused,
        },
        hide_index=True,
        height=420,
        column_config={
            name: st.column_config.NumberColumn(format="%.3f")
            for name in ("Accuracy", "From", "To")
        },
        alt="Accuracy of each category with its interval",
    )
