"""ROC and precision-recall curves: what every threshold gives, beside what chance gives."""

from typing import Any

from embedlib.figures.picture import Picture, picture
from embedlib.figures.text import quoted
from embedlib.figures.theme import Palette, axis, layout, legend_on_top
from embedlib.records import Floats

_HEIGHT_PX = 400


def roc_picture(
    label: str, false_rate: Floats, true_rate: Floats, area: float, palette: Palette
) -> Picture:
    """The ROC curve of one label against the rest.

    Args:
        label: A person's label.
        false_rate, true_rate: (point,) each 0 to 1.
        area: Under the curve.
        palette: The theme.
    """
    title = f"Area under the ROC curve: {area:.3f}"
    names = ("false positive rate", "true positive rate")
    return _curve(false_rate, true_rate, ([0, 1], [0, 1]), names, (title, label), palette)


def precision_recall_picture(
    label: str,
    recall: Floats,
    precision: Floats,
    average: float,
    share: float,
    palette: Palette,
) -> Picture:
    """The precision-recall curve of one label against the rest.

    Args:
        label: A person's label.
        recall, precision: (point,) each 0 to 1.
        average: Average precision.
        share: Share of rows with the label, which is the precision of chance.
        palette: The theme.
    """
    title = f"Average precision: {average:.3f}"
    chance = ([0.0, 1.0], [share, share])
    return _curve(recall, precision, chance, ("recall", "precision"), (title, label), palette)


def _curve(
    x: Any,
    y: Any,
    chance: tuple[list[float], list[float]],
    names: tuple[str, str],
    said: tuple[str, str],
    palette: Palette,
) -> Picture:
    """`said` is the finding and the label that it is about; short, for half a page's width."""
    title, label = said
    subtitle = f"{quoted(label, 24)} against the rest"
    frame = layout(
        palette, title, subtitle, height=_HEIGHT_PX, hovermode="closest", showlegend=True
    )
    legend_on_top(frame)
    frame["xaxis"] = axis(palette, names[0], range=[-0.01, 1.01])
    frame["yaxis"] = axis(palette, names[1], range=[-0.01, 1.02])
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": "this model",
        "x": x,
        "y": y,
        "line": {"width": 2.5, "color": palette.accent},
        "hovertemplate": f"{names[0]} <b>%{{x:.4f}}</b><br>{names[1]} <b>%{{y:.4f}}</b>"
        "<extra></extra>",
    }
    guess = {
        "type": "scatter",
        "mode": "lines",
        "name": "chance",
        "x": chance[0],
        "y": chance[1],
        "line": {"width": 1.5, "color": palette.muted, "dash": "dash"},
        "hoverinfo": "skip",
    }
    return picture([guess, line], frame, f"{title}. {subtitle}.")
