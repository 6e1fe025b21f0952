"""Curves over the layers of a model, with what to hold them against."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.amounts import number
from embedlib.figures.categories import SYMBOLS
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.text import plain, quoted, shorten, width, wrapped
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.geometry.doors import Doubles, checked
from embedlib.records import Floats

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "5px,2px", "2px,4px")
_SIGNS = "●■◆▲✕▼✚⬟"  # the same marks as letters, for the names at the ends
_ANY = "mean of all pairs"
_HOVER = "<br>layer %{x}: <b>%{y:.6f}</b><extra></extra>"
_NAME_COLUMNS = 26
_HEIGHT_PX = 420


def layer_curve(
    curves: Mapping[str, Floats],
    baseline: Floats | None,
    palette: Palette,
    *,
    chosen_layer: int | None = None,
    layers: Sequence[int] | None = None,
    title: str = "",
) -> Picture:
    """Cosine similarity by layer, one curve a pair.

    Args:
        curves: Name of a pair to (layer,) cosines, eight at most.
        baseline: (layer,) mean cosine of all pairs (`geometry.mean_pair_similarity`), or None;
            a layer that has none (NaN) leaves a gap.
        palette: The theme.
        chosen_layer: The layer to mark, by its number.
        layers: (layer,) their numbers; 0, 1, 2, ... when None.
        title: The finding; by default which pair is most alike at the chosen layer.

    Raises:
        OptionError: If the curves differ in length, are more than eight, or hold NaN.
    """
    if not curves:
        return blank(palette, "There is no pair to follow through the layers")
    if baseline is not None and np.isnan(baseline).all():
        baseline = None  # fewer than two texts: there is no pair
    values = _stacked(curves, baseline)
    numbers = np.arange(values.shape[1]) if layers is None else np.asarray(layers)
    if len(numbers) != values.shape[1]:
        raise OptionError(f"There must be {values.shape[1]} layer numbers, got {len(numbers)}.")
    title = title or _finding(curves, values, numbers, chosen_layer)
    traces, ends = [], []
    if baseline is not None:
        traces.append(_baseline(np.asarray(baseline, dtype=np.float32), numbers, palette))
        ends.append((_ANY, float(np.asarray(baseline)[-1]), "┄", palette.muted))
    for place, (name, curve) in enumerate(curves.items()):
        traces.append(_line(name, np.asarray(curve, dtype=np.float32), numbers, place, palette))
        end = float(np.asarray(curve)[-1])
        ends.append((name, end, _SIGNS[place], palette.categories[place]))
    frame = _frame(title, values, numbers, palette)
    frame["annotations"] = _end_names(ends, frame, palette)
    frame["shapes"] = []
    if chosen_layer is not None and chosen_layer in numbers:
        frame["shapes"] = [_mark(chosen_layer, palette)]
        frame["annotations"].append(_mark_name(chosen_layer, numbers, palette))
    alt = f"{title}. Cosine similarity at layers {numbers[0]} to {numbers[-1]}."
    if baseline is not None:
        mean = float(np.nanmean(baseline))
        alt += f" The mean of all pairs lies at {number(mean)} on average."
    return picture(traces, frame, alt)


def _stacked(curves: Mapping[str, Floats], baseline: Floats | None) -> Floats:
    """(curve, layer) with the baseline last.

    Raises:
        OptionError: If the curves differ in length, are more than eight, or hold NaN.
    """
    arrays = [np.asarray(curve, dtype=np.float32) for curve in curves.values()]
    arrays += [] if baseline is None else [np.asarray(baseline, dtype=np.float32)]
    shapes = sorted({array.shape for array in arrays})
    if len(shapes) > 1 or len(shapes[0]) != 1 or not shapes[0][0]:
        raise OptionError(f"The curves must all have one shape (layer,), got {shapes}.")
    if len(curves) > len(_DASHES):
        raise OptionError(f"There must be at most {len(_DASHES)} curves, got {len(curves)}.")
    checked(np.stack(arrays[: len(curves)]), "The curves")
    return np.stack(arrays)


def _finding(
    curves: Mapping[str, Floats], values: Floats, numbers: Any, chosen_layer: int | None
) -> str:
    """The sentence on top."""
    if len(curves) == 1 and len(numbers) > 1:
        ((name, curve),) = curves.items()
        most, least = int(np.nanargmax(curve)), int(np.nanargmin(curve))
        return (
            f"{quoted(name, 40)}: most alike at layer {numbers[most]} "
            f"({number(float(curve[most]))}), least at layer {numbers[least]} "
            f"({number(float(curve[least]))})"
        )
    at = int(np.flatnonzero(numbers == chosen_layer)[0]) if chosen_layer in numbers else -1
    column = values[: len(curves), at]
    highest = [*curves][int(np.nanargmax(column))]
    return (
        f"At layer {numbers[at]} {quoted(highest, 40)} is most alike "
        f"({number(float(np.nanmax(column)))})"
    )


def _line(name: str, curve: Floats, numbers: Any, place: int, palette: Palette) -> dict[str, Any]:
    """One pair: its colour, dash and mark."""
    colour = palette.categories[place]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(shorten(name, _NAME_COLUMNS)),
        "x": numbers.astype(np.int32),
        "y": curve,
        "line": {"width": 2.5, "color": colour, "dash": _DASHES[place]},
        "marker": {"size": 8, "color": colour, "symbol": SYMBOLS[place]},
        "hovertemplate": f"{wrapped(name, 60, 4)}{_HOVER}",
    }


def _baseline(curve: Floats, numbers: Any, palette: Palette) -> dict[str, Any]:
    """What two texts picked at random have."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": _ANY,
        "x": numbers.astype(np.int32),
        "y": curve,
        "line": {"width": 2, "color": palette.muted, "dash": "dot"},
        "hovertemplate": f"{_ANY}{_HOVER}",
    }


def _frame(title: str, values: Floats, numbers: Any, palette: Palette) -> dict[str, Any]:
    """The frame, with cosine 1 always in sight, and 0 unless all lies below or above."""
    low = min(0.0, float(np.nanmin(values)))
    step = max(1, -(-len(numbers) // 14))
    return layout(
        palette,
        title,
        height=_HEIGHT_PX,
        hovermode="closest",
        xaxis=axis(
            palette,
            "layer (0: the embeddings before the first block)",
            tickvals=numbers[::step].tolist(),
            range=[float(numbers[0]) - 0.4, float(numbers[-1]) + 0.4],
            showgrid=False,
        ),
        yaxis=axis(
            palette,
            "cosine similarity",
            range=[low - 0.04 if low < 0 else 0.0, 1.04],
            zeroline=low < 0,
            zerolinecolor=palette.muted,
            zerolinewidth=1,
        ),
    )


def _end_names(
    ends: Sequence[tuple[str, float, str, str]], frame: dict[str, Any], palette: Palette
) -> list[dict[str, Any]]:
    """Each curve's name, after its sign in its colour, at its end; moved apart where ends meet."""
    low, high = frame["yaxis"]["range"]
    plot_px = _HEIGHT_PX - frame["margin"]["t"] - 60
    names = [shorten(name, _NAME_COLUMNS) for name, *_ in ends]
    frame["margin"]["r"] = 42 + round(7.2 * max(width(name) for name in names))
    values = np.nan_to_num(np.array([value for _, value, _, _ in ends]))
    places = _apart((values - low) / (high - low) * plot_px, 17.0, plot_px)
    return [
        {
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 6,
            "y": low + place / plot_px * (high - low),
            "yanchor": "middle",
            "text": f"<span style='color:{colour}'>{sign}</span> {plain(name)}",
            "showarrow": False,
            "font": {"size": SMALL_PX, "color": palette.text},
        }
        for name, place, (_, _, sign, colour) in zip(names, places, ends, strict=True)
    ]


def _apart(wanted: Doubles, least: float, most: float) -> Doubles:
    """`wanted` places moved as little as needed to stand `least` apart, within 0 to `most`.

    Neighbours that are too close form a group around the mean of what they want, as in isotonic
    regression by pooling; the order stays.
    """
    order = np.argsort(wanted, kind="stable")
    steps = least * np.arange(len(wanted))
    groups: list[tuple[float, int]] = []  # mean of (wanted - step), number of members
    for value in (wanted[order] - steps).tolist():
        mean, count = value, 1
        while groups and groups[-1][0] > mean:
            before, members = groups.pop()
            mean = (mean * count + before * members) / (count + members)
            count += members
        groups.append((mean, count))
    level = np.repeat([mean for mean, _ in groups], [count for _, count in groups])
    places = np.empty(len(wanted))
    places[order] = level.clip(0.0, max(0.0, most - steps[-1])) + steps
    return places


def _mark(layer: int, palette: Palette) -> dict[str, Any]:
    """A line at the chosen layer."""
    return {
        "type": "line",
        "x0": layer,
        "x1": layer,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"width": 2, "color": palette.accent},
    }


def _mark_name(layer: int, numbers: Any, palette: Palette) -> dict[str, Any]:
    """The chosen layer's number at the foot of its line."""
    left = layer > (numbers[0] + numbers[-1]) / 2
    return {
        "x": layer,
        "xanchor": "right" if left else "left",
        "xshift": -5 if left else 5,
        "y": 0,
        "yref": "paper",
        "yanchor": "bottom",
        "text": f"layer {layer}",
        "showarrow": False,
        "font": {"size": SMALL_PX, "color": palette.accent},
    }
