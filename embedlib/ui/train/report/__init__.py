"""show: all that is seen of a run that is done; a new panel is a row in PANELS."""

from collections.abc import Callable

from embedlib.errors import EmbedlibError
from embedlib.training.finished import Finished
from embedlib.training.runs import Run
from embedlib.ui import faults, panels
from embedlib.ui.train.report import (
    before_after,
    confidence,
    headline,
    kept,
    labels,
    ladder,
    mistakes,
    more_data,
    predict,
    take_home,
)

PANELS: dict[str, Callable[[Finished], None]] = {
    "Ladder": ladder.show,
    "Labels": labels.show,
    "Confidence": confidence.show,
    "Mistakes": mistakes.show,
    "Before and after": before_after.show,
    "More data": more_data.show,
    "Predict": predict.show,
    "Take it home": take_home.show,
}


def show(run: Run) -> None:
    """The scores in a sentence, then the panels; a damaged file is said in words."""
    try:
        found = kept.report_of(run)
        headline.show(found)
        panels.show(PANELS, "report_view", found)
    except EmbedlibError as error:
        faults.show(error)
