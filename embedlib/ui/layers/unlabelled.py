"""Without labels: what needs them says so, and groups found without labels are offered instead."""

from collections.abc import Callable

import streamlit as st

from embedlib.clusters import Clusters
from embedlib.exporting.panel_code import groups_code
from embedlib.limits import LIMITS
from embedlib.records import Corpus, Progress
from embedlib.ui.background import background
from embedlib.ui.layers.taking import offer, start
from embedlib.ui.layers.view import View
from embedlib.ui.literal import literal

_LEAST_TEXTS = 10
_LEAST_CATEGORIES = 2  # with two texts each
_MANY = 10  # values; of fewer the error itself says what is missing


def warn(corpus: Corpus) -> None:
    """Say before anything is embedded that these labels are no categories, where they are none."""
    if corpus.labels is None or len(set(corpus.labels)) < _MANY:
        return
    texts: dict[str, set[str]] = {}
    for label, text in zip(corpus.labels, corpus.texts, strict=True):
        texts.setdefault(label, set()).add(text)
    if sum(len(own) > 1 for own in texts.values()) < _LEAST_CATEGORIES:
        name = literal(corpus.label_column or "")
        st.warning(
            f"The column {name} has another value in nearly every row, so that it holds no "
            "categories that could be told apart, such as numbers to predict. Choose another "
            "label column for the grid; the panels below need none.",
            icon=":material/label_off:",
        )


def show(seen: View) -> None:
    """What the grid needs, and by choice the groups of the chosen layer."""
    st.info(
        "The grid needs labels: a column that puts each text into one of at least two categories. "
        "Open a file with one, or choose a sample. Health, relations and all else below need none.",
        icon=":material/label_off:",
    )
    if len(seen.corpus) < _LEAST_TEXTS:
        return
    if not st.toggle("Find groups without labels instead", key="find_groups", bind="query-params"):
        return
    found = _found(seen)
    sizes = ", ".join(str(size) for size in found.sizes[:12])
    st.text(f"{len(found.sizes)} groups at this layer, of {sizes} texts.")
    groups = [int(code) + 1 for code in found.codes]
    most = LIMITS["map_table_rows"].value
    listed = {"Group": groups[:most], "Text": list(seen.corpus.texts[:most])}
    st.dataframe(listed, hide_index=True, alt="The group of each text")
    if len(groups) > most:
        st.caption(f":material/info: The first {most:,} texts are listed; the file has all.")
    st.caption(
        "Groups are found by the vectors themselves, so no score of them can say which "
        "layer is right: only labels can."
    )
    table = {"text": list(range(1, len(groups) + 1)), "group": groups}
    code = groups_code(start(seen), seen.pooling, seen.choice.layer)
    offer(seen, "groups", code, {"groups": table}, first=False, method="k-means", seed=0)


def _found(seen: View) -> Clusters:
    from embedlib.clusters import cluster

    vectors = seen.vectors.select(seen.pooling, seen.choice.layer)

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Clusters:
        return cluster(vectors, "kmeans", progress=progress, cancelled=cancelled)

    key = ("layer groups", seen.key, seen.pooling, seen.choice.layer)
    return background(key, work, "Finding groups", height=200)
