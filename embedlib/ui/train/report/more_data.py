"""More data: the score on growing parts of the training rows, and a cautious forecast."""

from collections.abc import Callable, Hashable
from dataclasses import asdict
from typing import Any

import numpy as np
import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.figures import CONFIG
from embedlib.figures.learning import learning_curves
from embedlib.pace import duration
from embedlib.records import Progress
from embedlib.training.examples import TRAIN
from embedlib.training.finished import SCORES, Finished
from embedlib.training.growing import grow, grown, probe_curve_of, share_of_work, sizes_of
from embedlib.training.recipes import RECIPES
from embedlib.ui import faults, resources
from embedlib.ui.background import background, owner, result, waits
from embedlib.ui.heading import palette

_PANEL_PX, _START_SECONDS = 220, 20  # each part is a process that loads the model


def show(found: Finished) -> None:
    """The curves there are, then the ones that can be asked for."""
    probe = _probe(found)
    points = grown(found.run, _score(found)) if found.changes_model else ()
    _picture(found, probe, points)
    if probe is None and not found.tags_words:
        _ask_probe(found)
    if found.changes_model:
        _recipe(found, len(points))
    elif found.report["recipe"] != "probe":
        st.caption(
            "The curve is the probe's, whose fits take a moment; class centroids need fewer "
            "rows and gain less from more."
        )


def _score(found: Finished) -> str:
    return "entity_f1" if found.tags_words else "accuracy"


def _probe(found: Finished) -> dict[str, Any] | None:
    """The probe's curve, of the report or measured since; None where there is none yet."""
    held = found.report.get("learning_curve")
    if held is not None:
        return held
    job = resources.jobs().get(_probe_key(found))
    return job.result if job is not None and job.finished and job.error is None else None


def _probe_key(found: Finished) -> Hashable:
    return "probe curve", str(found.run.folder), found.report["date"]


def _ask_probe(found: Finished) -> None:
    """Measure the probe's curve when asked to; the other curve need not wait for it."""
    key = _probe_key(found)
    if not _agreed(key, "Measure the probe on growing parts", "Seconds, once vectors are there."):
        return

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]):
        return asdict(probe_curve_of(found.run, progress, cancelled))

    job = resources.jobs().submit(key, work, owner=owner())
    title = "Drawing the learning curve"
    if not waits(job, title, _PANEL_PX) and result(job, title, _PANEL_PX):
        st.rerun()  # it has just ended: draw what it found


def _picture(found: Finished, probe: dict[str, Any] | None, points: tuple[Any, ...]) -> None:
    curves: dict[str, Any] = {}
    if probe is not None and len(probe["points"]) > 1:
        curves[RECIPES["probe"].label] = _rows(probe["points"])
    if len(points) > 1:
        curves[RECIPES[found.report["recipe"]].label] = _rows([asdict(one) for one in points])
    forecast = (probe or {}).get("forecast")
    if not curves:
        st.caption(
            "No curve is measured yet: below it can be asked for. The test rows stay the same for "
            "every part, and none of them is trained on."
        )
        return
    score = SCORES[_score(found)]
    picture = learning_curves(
        curves,
        palette(),
        _title(curves),
        unit=f"{score[0].lower()}{score[1:]} on the test rows",
        forecast=_ahead(forecast),
        subtitle=f"The same {found.report['test']['rows']:,} test rows for every point; intervals: "
        "95 % of the test rows, and the spread of the draws",
    )
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="learning", alt=picture.alt)
    if forecast:
        st.text(forecast["sentence"])
        st.caption(
            "A power law fitted to the probe's errors (Hestness et al. 2017), with the spread of "
            "200 resampled curves, and never beyond four times the rows there are. Such curves "
            "often bend: trust the near end."
        )
        _say_rows(found, probe)


def _say_rows(found: Finished, probe: dict[str, Any] | None) -> None:
    """Which rows teach the probe, where that is more than teaches a recipe that is tuned."""
    trained = found.report["data"].get("rows", {}).get(TRAIN, 0)
    if probe is not None and probe["points"][-1]["rows"] > trained:
        st.caption(
            "Training and validation rows teach the probe, so that its last point is that of the "
            "ladder; a recipe that is tuned learns from the training rows alone."
        )


def _title(curves: dict[str, Any]) -> str:
    """What the last doubling of the rows brought, as far as it was measured."""
    name, rows = [*curves.items()][-1]
    half = int(np.abs(np.log2(rows[:, 0] / rows[-1, 0]) + 1).argmin())
    points = 100 * (rows[-1, 1] - rows[half, 1])
    return (
        f"{name}: from {int(rows[half, 0]):,} to {int(rows[-1, 0]):,} rows "
        f"{points:+.1f} points".replace("-", "−")
    )


def _rows(points: list[dict[str, Any]]) -> Any:
    return np.array([[one[key] for key in ("rows", "accuracy", "low", "high")] for one in points])


def _ahead(forecast: dict[str, Any] | None) -> Any:
    if not forecast:
        return None
    return np.array([forecast[key] for key in ("rows", "accuracy", "low", "high")]).T


def _recipe(found: Finished, n_points: int) -> None:
    """The recipe itself on parts of the rows: it takes about as long as the run did."""
    label = RECIPES[found.report["recipe"]].label
    try:
        examples = found.run.examples()
        share, n_whole = share_of_work(examples), len(sizes_of(examples)) + 1
    except EmbedlibError as error:
        faults.show(error)
        return
    key = ("grow", str(found.run.folder), found.report["date"])
    if n_points < n_whole:
        seconds = share * found.report["seconds"] + _START_SECONDS * (n_whole - 1)
        about = duration(seconds)
        said = (
            f"About {about}: an eighth, a quarter and half of the rows, as far as they suffice. It "
            "trains in the background, goes on when this page is left, and what is done stays. "
            "Every part has the same options, so that a small one takes few steps."
        )
        if not _agreed(key, f"Measure {label} on growing parts", said):
            return
    elif resources.jobs().get(key) is None:
        return

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> bool:
        grow(found.run, progress, cancelled)
        return True

    background(key, work, f"{label} on growing parts of the rows", height=_PANEL_PX)
    if n_points < n_whole:  # it has just ended: draw what it found
        st.rerun()


def _agreed(key: Hashable, label: str, said: str) -> bool:
    """Whether somebody has asked for this work; else the button for it."""
    agreed = st.session_state.setdefault("_growing", set())
    if key in agreed or resources.jobs().get(key) is not None:
        return True
    with st.container(horizontal=True, vertical_alignment="center"):
        clicked = st.button(label, key=f"ask {key[0]}")
        st.caption(said)
    if clicked:
        agreed.add(key)
        st.rerun()
    return False
