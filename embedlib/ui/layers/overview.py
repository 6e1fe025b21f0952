"""The main picture: the grid of layers and poolings, filled as it is measured; a click chooses."""

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.exporting.layer_pictures import grid_picture
from embedlib.exporting.panel_code import groups_code
from embedlib.figures import CONFIG
from embedlib.jobs import Job
from embedlib.limits import LIMITS
from embedlib.probes import WEIGHTED, Grid, layer_label
from embedlib.ui import background, faults, resources
from embedlib.ui.layers import measured
from embedlib.ui.layers.measured import Asked
from embedlib.ui.layers.taking import draw, offer, start
from embedlib.ui.layers.view import View
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
        _unlabelled(seen)
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
    for note in posed.notes:
        st.caption(":material/info: " + literal(note))
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
    best = made.best[0]
    with st.container(horizontal=True, vertical_alignment="center"):
        if best.layer != WEIGHTED and (best.layer, best.pooling) != chosen:
            st.button(
                "Use the best cell everywhere",
                on_click=use,
                args=(best.layer, best.pooling),
                type="primary",
            )
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


def _clicked(key: str) -> None:
    points = st.session_state[key]["selection"]["points"]
    place = points[0].get("customdata") if points else None
    made: Grid | None = st.session_state.get("_grid")
    if made is None or not isinstance(place, list | tuple) or len(place) != 2:
        return
    use(made.layers[int(place[0])], made.poolings[int(place[1])])


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


def _unlabelled(seen: View) -> None:
    """What needs labels says so, and groups found without labels are offered instead."""
    st.info(
        "The grid needs labels: a column that puts each text into one of at least two categories. "
        "Open a file with one, or choose a sample. Health, relations and all else below need none.",
        icon=":material/label_off:",
    )
    if len(seen.corpus) < 10:
        return
    if not st.toggle("Find groups without labels instead", key="find_groups", bind="query-params"):
        return
    from embedlib.clusters import cluster

    vectors = seen.vectors.select(seen.pooling, seen.choice.layer)

    def work(progress, cancelled):
        return cluster(vectors, "kmeans", progress=progress, cancelled=cancelled)

    key = ("layer groups", seen.key, seen.pooling, seen.choice.layer)
    found = background.background(key, work, "Finding groups", height=200)
    sizes = ", ".join(str(size) for size in found.sizes[:12])
    st.text(f"{len(found.sizes)} groups at this layer, of {sizes} texts.")
    most = LIMITS["map_table_rows"].value
    listed = {
        "Group": [int(code) + 1 for code in found.codes[:most]],
        "Text": list(seen.corpus.texts[:most]),
    }
    st.dataframe(listed, hide_index=True, alt="The group of each text")
    if len(found.codes) > most:
        st.caption(f":material/info: The first {most:,} texts are listed; the file has all.")
    st.caption(
        "Groups are found by the vectors themselves, so no score of them can say which "
        "layer is right: only labels can."
    )
    table = {
        "text": list(range(1, len(found.codes) + 1)),
        "group": [int(code) + 1 for code in found.codes],
    }
    code = groups_code(start(seen), seen.pooling, seen.choice.layer)
    offer(seen, "groups", code, {"groups": table}, method="k-means", seed=0)
