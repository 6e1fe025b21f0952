"""Steadiness: how much of a map is the seed's doing, found out in the background."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from embedlib.figures.cloud import Colouring, numbers
from embedlib.jobs import Job
from embedlib.pace import duration
from embedlib.projection import Stability
from embedlib.records import Progress
from embedlib.ui import resources
from embedlib.ui.background import owner, progress_line
from embedlib.ui.literal import literal
from embedlib.ui.map import arrivals, colours, making
from embedlib.ui.map.making import MapPicture
from embedlib.ui.map.words import LEAST_JUDGED

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

N_SEEDS = 3
AT_ONCE_TEXTS = 3_000  # more are laid out again only when asked
_ASKED = "_map_steadiness_asked"


def found(picture: MapPicture) -> Stability | None:
    """How far seeds agree, if that is known; for few texts it is on its way by itself."""
    if not _has_chance(picture) or (len(picture.space) > AT_ONCE_TEXTS and not _is_asked(picture)):
        return None
    job = _job(picture)
    arrivals.expect(job, "how much of the map is the seed's doing", colours.STEADY)
    return job.result if job.state == "done" else None


def colouring(picture: MapPicture, agreed: Stability) -> Colouring:
    """How much of each text's surroundings on the map stays whatever the seed."""
    key = (picture.key, "steadiness")
    share = 100 * agreed.agreement
    return colours.kept(key, lambda: numbers(colours.STEADY, share, unit="%"))


def badge(slot: "DeltaGenerator", picture: MapPicture, agreed: Stability | None) -> None:
    """One line beside the controls."""
    if agreed is None or picture.at_once:
        return
    slot.caption(
        f"{N_SEEDS} seeds agree on {agreed.overall:.0%} of the neighbours on the map.",
        help=f"The map was laid out {N_SEEDS} times; two maps share this much of each text's "
        f"{agreed.k} nearest points. Unrelated maps share {agreed.chance:.0%}. *Colour by: steady "
        "whatever the seed* shows where.",
        width="stretch",
    )


def show(picture: MapPicture, agreed: Stability | None) -> None:
    """In full, under Trust; with the button where it takes long."""
    st.markdown("**How much is the seed's doing?**")
    if not _has_chance(picture):
        few = len(picture.space) < LEAST_JUDGED
        st.caption(
            f"Fewer than {LEAST_JUDGED} texts say nothing on that."
            if few
            else "Nothing: this method has no random numbers, or every layer is shown at once."
        )
        return
    if agreed is not None:
        st.text(
            f"{N_SEEDS} maps with different seeds share {agreed.overall:.0%} of each text's "
            f"{agreed.k} nearest points; unrelated maps would share {agreed.chance:.0%}."
        )
        return
    if len(picture.space) > AT_ONCE_TEXTS and not _is_asked(picture):
        seconds = N_SEEDS * making.estimate_seconds(picture.space, picture.settings)
        label = f"Lay out {N_SEEDS} times to find out, about {duration(seconds)}"
        if st.button(label):
            st.session_state[_ASKED] = picture.key
            st.rerun()
        return
    job = _job(picture)
    if job.error is not None:
        st.text(str(job.error))
        st.button("Try again", key="again", on_click=resources.jobs().forget, args=(job.key,))
        return
    _watch(job)


@st.fragment(run_every=1.0)
def _watch(job: Job) -> None:
    if job.finished:
        st.rerun()
    now = job.progress
    share = min(1.0, now.done / now.total) if now.total else 0.0
    st.progress(share, text=literal(progress_line(now)))
    if st.button("Cancel", key="cancel_steadiness", disabled=job.cancelling):
        job.cancel(owner())


def _is_asked(picture: MapPicture) -> bool:
    return st.session_state.get(_ASKED) == picture.key


def _has_chance(picture: MapPicture) -> bool:
    many = len(picture.space) >= LEAST_JUDGED
    different = many and not picture.layers and not picture.at_once
    return different and picture.settings.method != "pca"


def _job(picture: MapPicture) -> Job:
    space, settings = picture.space, picture.settings

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Stability:
        from embedlib.projection import worker

        return worker.stability(
            space.vectors,
            settings.method,
            tuple(settings.seed + number for number in range(N_SEEDS)),
            n_dims=settings.n_dims,
            options=dict(settings.options),
            labels=space.labels if settings.labelled else None,
            metric=settings.metric,
            progress=progress,
            cancelled=cancelled,
        )

    return resources.jobs().submit(("steadiness", picture.key), work, owner=owner())
