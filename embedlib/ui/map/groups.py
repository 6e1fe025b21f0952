"""Groups: which method finds them, their scores in the vector space, and what each is about."""

import numpy as np
import streamlit as st

from embedlib.clusters import CLUSTERINGS, Clustering, Clusters
from embedlib.ui import address
from embedlib.ui.background import result
from embedlib.ui.map import grouping, state
from embedlib.ui.map.grouping import Groups
from embedlib.ui.map.making import MapPicture
from embedlib.ui.map.space import Space

_OUTSIDE = "in no group"


def show(picture: MapPicture) -> None:
    """Method and settings, then the groups with their scores."""
    space = picture.space
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = address.chooser(
            st.segmented_control,
            "Groups",
            address.labels(CLUSTERINGS, none="None"),
            key="groups",
            required=True,
            help=address.explained(CLUSTERINGS),
        )
        if method != address.NONE:
            _settings(CLUSTERINGS[method], len(space))
    if method == address.NONE:
        st.caption(
            "Groups are found among the vectors in all their dimensions, never on the map, which "
            "draws groups apart that are not."
        )
        return
    job = grouping.job_of(space, *grouping.asked(len(space)))
    title = f"Grouping {len(space):,} texts by {CLUSTERINGS[method].label}"
    groups: Groups = result(job, title, height=240)
    if st.session_state[grouping.DRAWN] != job.key:
        st.rerun()  # the map above was drawn without them
    _scores(groups.clusters, len(space))
    _table(space, groups)


def _settings(row: Clustering, n_texts: int) -> None:
    for count in row.counts:
        most = max(count.least, n_texts)
        st.number_input(
            count.label,
            min_value=count.least,
            max_value=most,
            value=grouping.default_of(count, n_texts),
            key=f"{row.name}_{count.name}",
            bind="query-params",
            width=150,
            help=count.help,
        )


def _scores(clusters: Clusters, n_texts: int) -> None:
    first, second, third, fourth = st.columns(4)
    first.metric("Groups", f"{len(clusters.sizes):,}")
    second.metric(_OUTSIDE.capitalize(), f"{clusters.noise:.1%}")
    third.metric(
        "Silhouette by cosine",
        "none" if clusters.silhouette is None else f"{clusters.silhouette:.3f}",
        help="1: far from the other groups; 0: on the border; below 0: in the wrong group. "
        f"Measured in all dimensions on {clusters.n_silhouette:,} grouped texts.",
    )
    fourth.metric(
        "Stability",
        "none" if clusters.stability is None else f"{clusters.stability:.2f}",
        help="Agreement (adjusted Rand index) with the groups that the method finds in a random "
        "80 % of the texts with another seed, mean of two; 1: the same groups, 0: chance.",
    )
    how = f"{CLUSTERINGS[clusters.method].label} on {n_texts:,} vectors of length 1, "
    how += (
        "in all their dimensions"
        if clusters.reduced_to is None
        else f"reduced to their {clusters.reduced_to} principal axes, which keep "
        f"{clusters.kept:.0%} of the variance"
    )
    st.caption(f"{how}; {clusters.seconds:.1f} s.")


def _table(space: Space, groups: Groups) -> None:
    if not groups.names:
        st.text("No region is dense enough to be a group: lower the smallest group.")
        return
    table: dict[str, list[object]] = {
        "Group": list(groups.names),
        "Texts": list(groups.clusters.sizes),
    }
    if space.labels is not None:
        table |= _commonest(space, groups)
    st.dataframe(
        table,
        hide_index=True,
        height=330,
        key="group_rows",
        on_select=lambda: _select(groups),
        selection_mode="single-row",
        column_config={"Of them": st.column_config.NumberColumn(format="%.0f %%")},
        alt="The groups with their sizes; choosing one selects its texts",
    )
    st.caption("Choose a group to select its texts on the map.")


def _commonest(space: Space, groups: Groups) -> dict[str, list[object]]:
    """The commonest label of each group and its share."""
    labels = np.array(space.labels, dtype=object)
    names, shares = [], []  # shares in per cent
    for code in range(len(groups.names)):
        own, counts = np.unique(
            labels[groups.clusters.codes == code].astype(str), return_counts=True
        )
        names.append(str(own[counts.argmax()]))
        shares.append(float(100 * counts.max() / counts.sum()))
    return {"Commonest label": names, "Of them": shares}


def _select(groups: Groups) -> None:
    chosen = st.session_state["group_rows"]["selection"]["rows"]
    if chosen and chosen[0] < len(groups.names):
        state.tell("selected", np.flatnonzero(groups.clusters.codes == chosen[0]))
