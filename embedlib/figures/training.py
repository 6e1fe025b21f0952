"""How a classifier learns, step by step, and the rows that it learns from, label by label."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embedlib.figures.amounts import counted, number
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import plain, shorten, wrapped
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout

Series = tuple[Sequence[float], Sequence[float]]
"""Steps and the values at them."""

_BAR_PX = 24
_MOST_LABELS = 16
_MANY_EPOCHS = 30
_FEW_ROWS = 8  # so few that ticks would fall between whole numbers
CURVES_PX = 420


def training_curves(
    loss: Series,
    validation_loss: Series,
    scores: Series,
    palette: Palette,
    *,
    score: str,
    steps: int = 0,
) -> Picture:
    """Loss above, validation score below, over the same steps.

    Args:
        loss: Of the training rows, as it is measured.
        validation_loss: Of the validation rows, once an epoch.
        scores: Of the validation rows, once an epoch; the highest is marked.
        palette: The theme.
        score: Name of the score.
        steps: Where the axis ends; 0 for the last step there is.
    """
    title = _finding(loss, scores, score)
    if not loss[0] and not scores[0]:
        return blank(palette, "The first step has not been measured yet", height=CURVES_PX)
    end = max(steps, *(series[0][-1] for series in (loss, validation_loss, scores) if series[0]), 1)
    frame = layout(
        palette,
        title,
        height=CURVES_PX,
        hovermode="x",
        showlegend=True,
        legend={
            "font": {"size": SMALL_PX},
            "orientation": "h",
            "x": 1,
            "xanchor": "right",
            "y": 1.02,
            "yanchor": "bottom",
        },
        xaxis=axis(
            palette, "training step", range=[-0.015 * end, 1.02 * end], anchor="y2", showgrid=False
        ),
        yaxis=axis(palette, "loss", domain=[0.54, 1.0], rangemode="tozero"),
        yaxis2=axis(palette, score, domain=[0.0, 0.44], range=[0, 1.04]),
    )
    frame["margin"]["t"] += 26
    first, second, third = palette.categories[0], palette.categories[1], palette.categories[2]
    traces = [
        _line("training loss", loss, first, "y", mode="lines"),
        _line("validation loss", validation_loss, second, "y", dash="dash", symbol="diamond"),
        _line(score, scores, third, "y2", symbol="circle"),
    ]
    if scores[0]:
        traces.append(_best(scores, score, palette))
    alt = f"{title}. Loss and {score} over {number(end)} training steps."
    return picture(traces, frame, alt)


def label_rows(
    counts: Mapping[str, Mapping[str, int]],
    palette: Palette,
    *,
    noun: str = "row",
    plural: str = "rows",
) -> Picture:
    """Rows of each label as a bar with its parts; the 16 largest labels, and how many more.

    Args:
        counts: Label to part ("train", ...) to rows.
        palette: The theme.
        noun, plural: What is counted.
    """
    if not counts:
        return blank(palette, f"There are no {plural} with a label")
    ranked = sorted(counts, key=lambda label: -sum(counts[label].values()))
    labels = ranked[:_MOST_LABELS]
    totals = {label: sum(counts[label].values()) for label in ranked}
    title = _counted_labels(totals, noun, plural)
    most = totals[ranked[0]]
    more = len(ranked) - len(labels)
    subtitle = f"The {_MOST_LABELS} largest labels; {more:,} more are not drawn." if more else ""
    parts = list(dict.fromkeys(part for label in ranked for part in counts[label]))
    frame = layout(palette, title, subtitle, hovermode="closest", barmode="stack", bargap=0.25)
    frame["margin"]["t"] += 26
    frame["height"] = _BAR_PX * len(labels) + frame["margin"]["t"] + 60
    frame |= {
        "showlegend": True,
        "legend": {
            "font": {"size": SMALL_PX},
            "orientation": "h",
            "x": 1,
            "xanchor": "right",
            "y": 1,
            "yanchor": "bottom",
            "traceorder": "normal",
        },
        "xaxis": axis(
            palette, plural, rangemode="tozero", **({"dtick": 1} if most <= _FEW_ROWS else {})
        ),
        "yaxis": axis(
            palette,
            tickmode="array",
            tickvals=list(range(len(labels))),
            ticktext=[plain(shorten(label or "no label", 26)) for label in labels],
            tickfont={"size": SMALL_PX, "color": palette.text},
            autorange="reversed",
            showgrid=False,
        ),
    }
    bars = [_bars(place, part, labels, counts, palette) for place, part in enumerate(parts)]
    alt = f"{title}. Largest: {shorten(ranked[0], 40)}, {totals[ranked[0]]:,}."
    return picture(bars, frame, alt)


def _counted_labels(totals: Mapping[str, int], noun: str, plural: str) -> str:
    """How many rows of how many labels; rows without a label are no label's."""
    named = [total for label, total in totals.items() if label]
    title = f"{counted(sum(named), noun, plural)} of {counted(len(named), 'label')}"
    if len(named) > 1:
        most, least = max(named), min(named)
        title += f": {most:,} each" if most == least else f": {least:,} to {most:,} a label"
    without = totals.get("", 0)
    return f"{title}, {without:,} without a label" if without else title


def _bars(
    place: int,
    part: str,
    labels: Sequence[str],
    counts: Mapping[str, Mapping[str, int]],
    palette: Palette,
) -> dict[str, Any]:
    """One part of each label."""
    # A pattern beside the colour, for eyes and printers that tell no colours.
    return {
        "type": "bar",
        "orientation": "h",
        "name": plain(part),
        "x": np.array([counts[label].get(part, 0) for label in labels], dtype=np.int32),
        "y": list(range(len(labels))),
        "hovertext": [wrapped(label or "no label", 60, 3) for label in labels],
        "hovertemplate": f"%{{hovertext}}<br><b>%{{x}}</b> in {plain(part)}<extra></extra>",
        "marker": {
            "color": palette.categories[place % len(palette.categories)],
            "pattern": {
                "shape": ("", "/", ".", "x")[place % 4],
                "fillmode": "overlay",
                "fgcolor": palette.background,
                "fgopacity": 0.7,
            },
        },
    }


def _finding(loss: Series, scores: Series, score: str) -> str:
    if scores[0]:
        best = int(np.argmax(scores[1]))
        return f"Highest {score}: {number(float(scores[1][best]))} at step {scores[0][best]:,.0f}"
    return f"Loss {number(float(loss[1][-1]))} at step {loss[0][-1]:,.0f}" if loss[0] else ""


def _line(
    name: str,
    series: Series,
    colour: str,
    y_axis: str,
    *,
    mode: str = "lines+markers",
    dash: str = "solid",
    symbol: str = "circle",
) -> dict[str, Any]:
    size = 8 if len(series[0]) <= _MANY_EPOCHS else 4
    return {
        "type": "scatter",
        "mode": mode,
        "name": name,
        "x": np.asarray(series[0], dtype=np.int32),
        "y": np.asarray(series[1], dtype=np.float32),
        "yaxis": y_axis,
        "line": {"width": 2, "color": colour, "dash": dash},
        "marker": {"size": size, "color": colour, "symbol": symbol},
        "hovertemplate": f"{name} <b>%{{y:.4f}}</b><extra></extra>",
    }


def _best(scores: Series, score: str, palette: Palette) -> dict[str, Any]:
    """A ring around the highest score: these weights are kept."""
    best = int(np.argmax(scores[1]))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "best, kept",
        "x": [scores[0][best]],
        "y": [scores[1][best]],
        "yaxis": "y2",
        "marker": {
            "size": 15,
            "color": "rgba(0,0,0,0)",
            "line": {"width": 2, "color": palette.accent},
        },
        "hoverinfo": "skip",
    }
