"""What a run tells beside its scores: suspicious labels, the learning curve, the changed space.

None of it can make a run fail: what cannot be found out says why in the report's notes.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from embedlib.errors import Cancelled, EmbedlibError
from embedlib.training.drift import drift_of
from embedlib.training.durable import write_json
from embedlib.training.examples import TEST, TRAIN
from embedlib.training.frozen import frozen_vectors, part_of
from embedlib.training.learning_curve import LearningCurve, learning_curve, probe_fit
from embedlib.training.recipes import RECIPES, frozen_options
from embedlib.training.runs import DRIFT, Run
from embedlib.training.suspicion import suspicious
from embedlib.training.work import Work


def findings(run: Run, work: Work) -> tuple[dict[str, Any], list[str]]:
    """Parts of the report that need the unchanged model's vectors, where a rung made them.

    Returns:
        "suspicious" and "learning_curve", None where one could not be had, and why as notes.
    """
    settings = run.settings
    has_vectors = {"probe", "centroids"} & {settings.recipe, *settings.rungs}
    if settings.task == "tokens" or not has_vectors:
        return {}, []
    suspicions, why = _tried(lambda: _suspicious(work))
    curve, why_not = _tried(lambda: _curve(work))
    notes = [note for note in (why, why_not) if note]
    return {"suspicious": suspicions, "learning_curve": curve}, notes


def compare_spaces(run: Run, work: Work) -> None:
    """drift.json for a recipe that changes the model; nothing for others."""
    if not RECIPES[run.settings.recipe].changes_model:
        return
    said, note = _tried(lambda: asdict(drift_of(run, work.say)))
    write_json(run.folder / DRIFT, said if said is not None else {"note": note})


def _suspicious(work: Work) -> list[dict[str, Any]]:
    return [asdict(one) for one in suspicious(work)]


def probe_curve(
    work: Work,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> LearningCurve:
    """The probe's curve: its vectors are made once, and each fit takes a moment.

    Args:
        work: A task with one label a text or pair.
        progress: Called with fits done and in all.
        cancelled: Asked between fits whether to stop.

    Raises:
        OptionError: If there are too few rows to draw parts of.
        Cancelled: If `cancelled` said so.
    """
    vectors = frozen_vectors(replace(work, options=frozen_options("probe", work.options)))
    fit = probe_fit(part_of(work, vectors, TRAIN), work.codes(TRAIN), part_of(work, vectors, TEST))
    truth, test_truth = work.codes(TRAIN), np.asarray(work.codes(TEST))
    return learning_curve(fit, truth, test_truth, work.seed, progress=progress, cancelled=cancelled)


def _curve(work: Work) -> dict[str, Any]:
    return asdict(
        probe_curve(
            work, lambda done, total: work.say("Drawing the learning curve", done, total, "fits")
        )
    )


def _tried(find: Callable[[], Any]) -> tuple[Any, str]:
    """What `find` gives, or why it could not."""
    try:
        return find(), ""
    except Cancelled:
        raise
    except EmbedlibError as error:
        return None, str(error)
