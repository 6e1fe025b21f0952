"""Grouping: clusters found in the vector space in the background, known before they are drawn."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from embedlib.clusters import CLUSTERINGS, Clusters, Count, cluster
from embedlib.figures.cloud import Colouring
from embedlib.jobs import Job
from embedlib.keywords import group_names, terms
from embedlib.records import Progress
from embedlib.ui import resources
from embedlib.ui.address import NONE
from embedlib.ui.background import owner
from embedlib.ui.map import arrivals, colours
from embedlib.ui.map.space import Space

DRAWN = "_groups_drawn"  # the groups that the map of this run was drawn with


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
    method, settings = asked(len(space))
    st.session_state[DRAWN] = None
    if method == NONE:
        return None
    job = job_of(space, method, settings)
    arrivals.expect(job, "the groups", colours.GROUPS)
    if job.state != "done":
        return None
    st.session_state[DRAWN] = job.key
    return job.result


def colouring(space: Space, groups: Groups) -> Colouring:
    """The colouring of the groups."""
    codes, clusters = groups.clusters.codes, groups.clusters
    key = (space.key, "groups", clusters.method, tuple(clusters.settings.items()), clusters.seed)
    return colours.kept(
        key, lambda: Colouring(colours.GROUPS, "category", codes.astype(np.int32), groups.names)
    )


def asked(n_texts: int) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Method and settings, known before their widgets are drawn."""
    method = _written("groups", NONE)
    if method not in CLUSTERINGS:
        return NONE, ()
    settings = []
    for count in CLUSTERINGS[method].counts:
        default, most = default_of(count, n_texts), max(count.least, n_texts)
        written = str(_written(f"{method}_{count.name}", default))
        number = int(written) if written.isascii() and written.isdigit() else default
        settings.append((count.name, number if count.least <= number <= most else default))
    return method, tuple(settings)


def _written(key: str, default: object) -> object:
    return st.session_state.get(key, st.query_params.get(key, default))


def default_of(count: Count, n_texts: int) -> int:
    """What a setting begins with for so many texts."""
    return min(count.default(n_texts), max(count.least, n_texts))


def job_of(space: Space, method: str, settings: tuple[tuple[str, int], ...]) -> Job:
    """The job that finds the groups, begun now or before; it gives `Groups`."""
    vectors, texts = space.vectors, space.texts

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Groups:
        clusters = cluster(vectors, method, dict(settings), progress=progress, cancelled=cancelled)
        return Groups(clusters, group_names(terms(texts), clusters.codes))

    key = ("groups", space.key, space.texts_key, method, settings)
    return resources.jobs().submit(key, work, owner=owner())
