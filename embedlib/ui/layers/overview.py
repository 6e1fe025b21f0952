"""The main picture: the grid of layers and poolings, filled as it is measured; a click chooses."""

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.exporting.layer_pictures import grid_picture
from embedlib.exporting.layer_words import standing
from embedlib.figures import CONFIG
from embedlib.jobs import Job
from embedlib.probes import WEIGHTED, Grid, layer_label
from embedlib.ui import background, faults, resources
from embedlib.ui.layers import measured, unlabelled
from embedlib.ui.layers.measured import Asked
from embedlib.ui.layers.taking import draw
from embedlib.ui.layers.view import View, clicked_place, say
from embedlib.ui.literal import literal
from embedlib.ui.sidebar import NO_MIX

_HEIGHT_PX = 560


def show(seen: View) -> Grid | None:
    """Draw the controls and the grid; None while it is not whole."""
    if seen.corpus.vectors:
        st.caption(
            ":material/info: Ready-made vectors have no layers: this page reads the texts with the "
            "model of the sidebar. The Map page shows the vectors of the file."
        )
    if seen.labels is None:
        unlabelled.show(seen)
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        options, poolings, measure, seed = measured.controls(seen)
    try:
        posed = measured.posed(seen, measure, seed)
    except EmbedlibError as error:
        faults.show(error)
        return None
    key = ("grid", seen.key, seen.labels_key, options, poolings, measure, seed)
    asked = Asked(posed, options, poolings, key)
    say(posed.notes)
    if measured.ask_first(seen.vectors, asked):
        return None
    job = measured.job_of(seen.vectors, asked)
    job.wait(background.PATIENCE_SECONDS)
    if not job.finished:
        _filling(seen, asked, job)
        return None
    if isinstance(job.error, EmbedlibError):  # cancelled, say: the panels below need no grid
        faults.show(job.error)
        st.button("Measure again", on_click=resources.jobs().forget, args=(job.key,))
        return None
    made: Grid = background.result(job, "Measuring")
    _draw(seen, made)
    return made


@st.fragment(run_every=0.8)
def _filling(seen: View, asked: Asked, job: Job) -> None:
    """The cells so far, progress and cancel; one full rerun when the job ends."""
    if job.finished:
        st.rerun()
    with st.container(height=_HEIGHT_PX, border=True):
        now = job.progress
        line = background.progress_line(now)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(min(1.0, now.done / now.total) if now.total else 0.0, text=line)
            stop = "Stopping" if job.cancelling else "Cancel"
            if st.button(stop, disabled=job.cancelling, key="cancel_grid"):
                job.cancel(background.owner())
                st.rerun(scope="fragment")
        part = measured.so_far(asked)
        if part is not None:
            picture = grid_picture(part, seen.palette)
            st.plotly_chart(
                picture.figure, theme=None, config=CONFIG, key="grid_part", alt=picture.alt
            )


def _draw(seen: View, made: Grid) -> None:
    chosen = (seen.choice.layer, seen.choice.pooling)
    picture = grid_picture(made, seen.palette, chosen=chosen)
    st.session_state["_grid"] = made
    key = f"grid-{seen.choice.layer}-{seen.choice.pooling}"  # another choice: nothing is selected
    draw(picture, key, on_select=lambda: _clicked(key), selection_mode="points")
    with st.container(horizontal=True, vertical_alignment="center"):
        _best_button(made, chosen)
        st.text(standing(made, *chosen), width="stretch")
    st.caption(
        "Click a cell to make it the setting of the whole app. The orange frame is the "
        f"setting now: {literal(seen.choice.sentence)}"
    )
    if made.options.weighted and (cell := made.cell(WEIGHTED, made.poolings[0])) is not None:
        shares = ", ".join(
            f"{layer_label(number).lower()} {share:.0%}"
            for number, share in zip(seen.vectors.layers, cell.weights, strict=True)
        )
        st.caption(f"The learned sum leans on: {shares}.")


def _best_button(made: Grid, chosen: tuple[int | str, str]) -> None:
    """A way to the best cell; it stands out only where the setting now is worse."""
    best = made.best[0]
    if best.layer == WEIGHTED or (best.layer, best.pooling) == chosen:
        return
    tied = {(cell.layer, cell.pooling) for cell in made.best}
    st.button(
        f"Use the {'highest' if len(tied) > 1 else 'best'} cell everywhere",
        on_click=use,
        args=(best.layer, best.pooling),
        type="secondary" if chosen in tied else "primary",
    )


def _clicked(key: str) -> None:
    place, made = clicked_place(key), st.session_state.get("_grid")
    if place is not None and made is not None:
        use(made.layers[place[0]], made.poolings[place[1]])


def use(layer: int | str, pooling: str) -> None:
    """Make a cell the setting of every page."""
    if layer == WEIGHTED:
        st.toast("The weights of this sum were learned from the labels: it is no setting.")
        return
    st.session_state["pooling"] = pooling
    if isinstance(layer, str):
        st.session_state["mix"] = layer
    else:
        st.session_state["mix"] = NO_MIX
        st.session_state["layer"] = layer
