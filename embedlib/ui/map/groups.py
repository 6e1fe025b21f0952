"""Groups: clusters found in the vector space, named by their words, with scores from there."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from embedlib.clusters import CLUSTERINGS, Clustering, Clusters, Count, cluster
from embedlib.figures.cloud import Colouring
from embedlib.jobs import Job
from embedlib.keywords import group_names, terms
from embedlib.records import Progress
from embedlib.ui import address, resources
from embedlib.ui.background import owner, result
from embedlib.ui.map import arrivals, colours, state
from embedlib.ui.map.making import MapPicture
from embedlib.ui.map.space import Space

NONE = "none"
_OUTSIDE = "in no group"
_DRAWN = "_groups_drawn"  # the groups that the map of this run was drawn with


@dataclass(frozen=True, eq=False)
class Groups:
    """Clusters with their names.

    Args:
        clusters: What was found.
        keywords: (group,) "card, lost, stolen": the words that set each apart, "" for none.
    """

    clusters: Clusters
    keywords: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """(group,) "1 card, lost, stolen", different ones."""
        return tuple(f"{n} {words}".strip() for n, words in enumerate(self.keywords, 1))


def found(space: Space) -> Groups | None:
    """The groups that are asked for, if they are there already; if not, they are on their way."""
    method, settings = _asked(len(space))
    st.session_state[_DRAWN] = None
    if method == NONE:
        return None
    job = _job(space, method, settings)
    arrivals.expect(job, "the groups", colours.GROUPS)
    if job.state != "done":
        return None
    st.session_state[_DRAWN] = job.key
    return job.result


def colouring(space: Space, groups: Groups) -> Colouring:
    """The colouring of the groups."""
    codes, clusters = groups.clusters.codes, groups.clusters
    key = (space.key, "groups", clusters.method, tuple(clusters.settings.items()), clusters.seed)
    return colours.kept(
        key, lambda: Colouring(colours.GROUPS, "category", codes.astype(np.int32), groups.names)
    )


def show(picture: MapPicture) -> None:
    """Method and settings, then the groups with their scores."""
    space = picture.space
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = address.chooser(
            st.segmented_control,
            "Groups",
            [NONE, *CLUSTERINGS],
            format_func=lambda name: "None" if name == NONE else CLUSTERINGS[name].label,
            key="groups",
            default=NONE,
            required=True,
            help="\n\n".join(f"**{row.label}**: {row.help}" for row in CLUSTERINGS.values()),
        )
        if method != NONE:
            _settings(CLUSTERINGS[method], len(space))
    if method == NONE:
        st.caption(
            "Groups are found among the vectors in all their dimensions, never on the map, which "
            "draws groups apart that are not."
        )
        return
    job = _job(space, *_asked(len(space)))
    title = f"Grouping {len(space):,} texts by {CLUSTERINGS[method].label}"
    groups: Groups = result(job, title, height=240)
    if st.session_state[_DRAWN] != job.key:
        st.rerun()  # the map above was drawn without them
    _scores(groups.clusters, len(space))
    _table(space, groups)


def _asked(n_texts: int) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Method and settings, known before their widgets are drawn."""
    method = _written("groups", NONE)
    if method not in CLUSTERINGS:
        return NONE, ()
    settings = []
    for count in CLUSTERINGS[method].counts:
        default, most = _default(count, n_texts), max(count.least, n_texts)
        written = str(_written(f"{method}_{count.name}", default))
        number = int(written) if written.isascii() and written.isdigit() else default
        settings.append((count.name, number if count.least <= number <= most else default))
    return method, tuple(settings)


def _written(key: str, default: object) -> object:
    return st.session_state.get(key, st.query_params.get(key, default))


def _default(count: Count, n_texts: int) -> int:
    return min(count.default(n_texts), max(count.least, n_texts))


def _settings(row: Clustering, n_texts: int) -> None:
    for count in row.counts:
        most = max(count.least, n_texts)
        st.number_input(
            count.label,
            min_value=count.least,
            max_value=most,
            value=_default(count, n_texts),
            key=f"{row.name}_{count.name}",
            bind="query-params",
            width=150,
            help=count.help,
        )


def _job(space: Space, method: str, settings: tuple[tuple[str, int], ...]) -> Job:
    vectors, texts = space.vectors, space.texts

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Groups:
        clusters = cluster(vectors, method, dict(settings), progress=progress, cancelled=cancelled)
        return Groups(clusters, group_names(terms(texts), clusters.codes))

    key = ("groups", space.key, space.texts_key, method, settings)
    return resources.jobs().submit(key, work, owner=owner())


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
        column_config={"Of them": st.column_config.NumberColumn(format="percent")},
        alt="The groups with their sizes; choosing one selects its texts",
    )
    st.caption("Choose a group to select its texts on the map.")


def _commonest(space: Space, groups: Groups) -> dict[str, list[object]]:
    """The commonest label of each group and its share."""
    labels = np.array(space.labels, dtype=object)
    names, shares = [], []
    for code in range(len(groups.names)):
        own, counts = np.unique(
            labels[groups.clusters.codes == code].astype(str), return_counts=True
        )
        names.append(str(own[counts.argmax()]))
        shares.append(float(counts.max() / counts.sum()))
    return {"Commonest label": names, "Of them": shares}


def _select(groups: Groups) -> None:
    chosen = st.session_state["group_rows"]["selection"]["rows"]
    if chosen and chosen[0] < len(groups.names):
        state.tell("selected", np.flatnonzero(groups.clusters.codes == chosen[0]))
