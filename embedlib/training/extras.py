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
from embedlib.training.examples import TEST, TRAIN, VALIDATION
from embedlib.training.frozen import frozen_vectors, part_of, probe
from embedlib.training.learning_curve import LearningCurve, learning_curve, probe_fit
from embedlib.training.recipes import RECIPES, frozen_options
from embedlib.training.regressions import regression
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
    suspicions, why = _tried(lambda: suspicious(work))
    curve, why_not = _tried(lambda: _curve(work))
    notes = [note for note in (why, why_not) if note]
    found: dict[str, Any] = {"suspicious": None, "learning_curve": curve}
    if suspicions is not None:
        rows = [asdict(one) for one in suspicions.rows]
        found |= {"suspicious": rows, "suspicion_accuracy": suspicions.accuracy}
    return found, notes


def compare_spaces(run: Run, work: Work) -> None:
    """drift.json for a recipe that changes the model; nothing for others."""
    if not RECIPES[run.settings.recipe].changes_model:
        return
    said, note = _tried(lambda: asdict(drift_of(run, work.say)))
    write_json(run.folder / DRIFT, said if said is not None else {"note": note})


def probe_curve(
    work: Work,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> LearningCurve:
    """The probe's curve: its vectors are made once, and each fit takes a moment.

    Its last point is the ladder's probe itself: training and validation rows teach it, with the C
    that the validation rows chose.

    Args:
        work: A task with one label a text or pair.
        progress: Called with fits done and in all.
        cancelled: Asked between fits whether to stop.

    Raises:
        OptionError: If there are too few rows to draw parts of.
        Cancelled: If `cancelled` said so.
    """
    own = replace(work, options=frozen_options("probe", work.options))
    vectors = frozen_vectors(own)
    train, held_out = part_of(own, vectors, TRAIN), part_of(own, vectors, VALIDATION)
    truth, held_out_truth = own.codes(TRAIN), own.codes(VALIDATION)
    _, strength = probe(train, truth, held_out, held_out_truth, own, vectors.source)
    rows, rows_truth = np.concatenate([train, held_out]), np.concatenate([truth, held_out_truth])
    balanced = bool(own.options.get("class_weights", False))
    test = part_of(own, vectors, TEST)
    fit = probe_fit(rows, rows_truth, test, regression(strength, balanced=balanced))
    return learning_curve(
        fit, rows_truth, own.codes(TEST), own.seed, progress=progress, cancelled=cancelled
    )


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
