"""A heat map with tokens at one or both sides; a picture of that kind fills a `TokenHeat`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.amounts import number, ordinal
from embedlib.figures.colours import along, ink
from embedlib.figures.picture import Picture, picture
from embedlib.figures.scales import SCALE_BAR_PX, scale, scale_bar
from embedlib.figures.text import plain, shorten, width
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.figures.token_strips import strip_above
from embedlib.records import Floats

_LETTER_PX, _LINE_PX = 7.2, 15
_ROW_COLUMNS, _COLUMN_COLUMNS = 24, 16  # width of a name at a row, and below a column
_MOST_CELL_PX, _MOST_BODY_PX, _LEAST_BODY_PX = 30, 520, 120
_USUAL_WIDTH_PX = 760  # of the cells; a narrow window is allowed for
_MOST_WRITTEN, _WRITTEN_PX = 150, 40  # cells that hold their value, and the width that it needs


@dataclass(frozen=True, eq=False)
class TokenHeat:
    """What is drawn.

    Args:
        values: (row, column); NaN where there is nothing.
        rows: (row,) what each row is, as it is written.
        columns: (column,) what each column is.
        row_title: What rows are: "from", "layer".
        column_title: What columns are: "to", "dimension".
        unit: What a value is, for hovering: "share".
        signed: Whether values are differences around zero.
        limit: Value at which colours end; the largest one when None.
        square: Whether cells are as high as they are wide.
    """

    values: Floats
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_title: str
    column_title: str
    unit: str
    signed: bool = False
    limit: float | None = None
    square: bool = False

    def __post_init__(self) -> None:
        shape = (len(self.rows), len(self.columns))
        if np.shape(self.values) != shape or 0 in shape:
            raise OptionError(
                f"The values must have the shape {shape} of their names, at least (1, 1), "
                f"got {np.shape(self.values)}."
            )

    @property
    def most(self) -> float:
        """The value at which colours end."""
        if self.limit is not None:
            return self.limit
        sizes = np.abs(self.values[np.isfinite(self.values)])
        return float(sizes.max(initial=0.0)) or 1.0


def token_heat(
    heat: TokenHeat,
    title: str,
    subtitle: str,
    palette: Palette,
    *,
    strip: Mapping[str, Floats] | None = None,
) -> Picture:
    """The heat map with its scale above it.

    Args:
        heat: What is drawn.
        title: The finding, without its full stop; a person's text in it is `quoted`.
        subtitle: What is drawn.
        palette: The theme.
        strip: Name to (column,) numbers that stand above the columns; see `token_strips`.
    """
    n_rows, n_columns = heat.values.shape
    body = body_px(heat)
    across = body * n_columns / n_rows if heat.square else _USUAL_WIDTH_PX
    row_step, column_step = _step(n_rows, body, _LINE_PX), _column_step(heat, across)
    thinned = max(row_step, column_step)
    subtitle += f"; every {ordinal(thinned)} name is written, hover gives all" * (thinned > 1)
    frame = layout(palette, title, subtitle)
    frame["yaxis"] = row_axis(heat, row_step, palette)
    frame["xaxis"] = _column_axis(heat, column_step, across, palette)
    if heat.square:
        frame["yaxis"] |= {"scaleanchor": "x", "constrain": "domain", "constraintoward": "top"}
        frame["xaxis"] |= {"constrain": "domain", "constraintoward": "left"}
    frame["margin"] |= {"t": frame["margin"]["t"] + SCALE_BAR_PX, "r": 24}
    names = _name_px(heat, across)
    frame["height"] = body + frame["margin"]["t"] + names + 34
    traces = [cells(heat, palette), *_written(heat, across / n_columns, body / n_rows, palette)]
    if strip:
        traces += strip_above(strip, keys(heat.columns), body, frame, palette)
    return picture(traces, frame, f"{title}. {_capital(subtitle)}.")


def cells(heat: TokenHeat, palette: Palette) -> dict[str, Any]:
    """The trace. Hover names its row and column by the categories of the axes."""
    low, most = (-heat.most if heat.signed else 0.0), heat.most
    gap = 1 if max(heat.values.shape) <= 64 else 0
    return {
        "type": "heatmap",
        "z": np.asarray(heat.values, dtype=np.float32),
        "x": keys(heat.columns),
        "y": keys(heat.rows),
        "zmin": low,
        "zmax": most,
        "colorscale": scale(palette.diverging if heat.signed else palette.sequential),
        "xgap": gap,
        "ygap": gap,
        "hoverongaps": False,
        "hovertemplate": (
            f"{heat.row_title} %{{y}}<br>{heat.column_title} %{{x}}<br>"
            f"{heat.unit} <b>%{{z:.6f}}</b><extra></extra>"
        ),
        "colorbar": _bar(heat, palette),
    }


def keys(names: tuple[str, ...]) -> list[str]:
    """(name,) categories of an axis: the number keeps equal names apart."""
    return [f"<b>{plain(shorten(name, 40))}</b> ({place})" for place, name in enumerate(names)]


def body_px(heat: TokenHeat) -> int:
    """How high the cells are together."""
    n_rows = len(heat.rows)
    each = _MOST_CELL_PX if not heat.square else 2 * _MOST_CELL_PX
    return int(np.clip(n_rows * each, _LEAST_BODY_PX, _MOST_BODY_PX))


def row_axis(heat: TokenHeat, step: int, palette: Palette) -> dict[str, Any]:
    """The y axis: names, the first row on top.

    Hover shows a tick's short text when it points at a tick, and the full category elsewhere.
    So ticks stand beside the middle of their row, by less than a pixel.
    """
    beside = len(heat.rows) / 4000
    shown = range(0, len(heat.rows), step)
    return axis(
        palette,
        heat.row_title,
        type="category",
        range=[len(heat.rows) - 0.5, -0.5],
        tickmode="array",
        tickvals=[row + beside for row in shown],
        ticktext=[plain(shorten(heat.rows[row], _ROW_COLUMNS)) for row in shown],
        tickfont={"size": SMALL_PX, "color": palette.text},
        showgrid=False,
    )


def _column_axis(heat: TokenHeat, step: int, across: float, palette: Palette) -> dict[str, Any]:
    """The x axis: names, upright where they do not fit side by side."""
    beside = len(heat.columns) / 4000
    shown = range(0, len(heat.columns), step)
    return axis(
        palette,
        heat.column_title,
        type="category",
        range=[-0.5, len(heat.columns) - 0.5],
        tickmode="array",
        tickvals=[column + beside for column in shown],
        ticktext=[plain(shorten(heat.columns[column], _COLUMN_COLUMNS)) for column in shown],
        tickangle=0 if _lie_flat(heat, across) else -90,
        tickfont={"size": SMALL_PX, "color": palette.text},
        showgrid=False,
    )


def _lie_flat(heat: TokenHeat, across: float) -> bool:
    """Whether the names of all columns fit below them side by side."""
    longest = max(width(shorten(name, _COLUMN_COLUMNS)) for name in heat.columns)
    return _LETTER_PX * (longest + 1) <= 0.9 * across / len(heat.columns)


def _column_step(heat: TokenHeat, across: float) -> int:
    return 1 if _lie_flat(heat, across) else _step(len(heat.columns), across, _LINE_PX)


def _name_px(heat: TokenHeat, across: float) -> int:
    """How high the names of the columns are."""
    if _lie_flat(heat, across):
        return _LINE_PX
    return 8 + round(
        _LETTER_PX * max(width(shorten(name, _COLUMN_COLUMNS)) for name in heat.columns)
    )


def _step(n: int, room_px: float, needed_px: float) -> int:
    """Every how manieth name can stand without touching the next."""
    return max(1, int(np.ceil(n * needed_px / room_px)))


def _written(heat: TokenHeat, across: float, down: float, palette: Palette) -> list[dict[str, Any]]:
    """The value in each cell while there are few, in whichever colour can be read on it."""
    if heat.values.size > _MOST_WRITTEN or across < _WRITTEN_PX or down < _LINE_PX:
        return []
    ramp = palette.diverging if heat.signed else palette.sequential
    low = -heat.most if heat.signed else 0.0
    shares = np.nan_to_num((heat.values - low) / (heat.most - low)).clip(0, 1)
    inks = palette.text, palette.background
    colours = [along(ramp, float(share)) for share in shares.ravel()]
    n_rows, n_columns = heat.values.shape
    return [
        {
            "type": "scatter",
            "mode": "text",
            "x": keys(heat.columns) * n_rows,
            "y": [key for key in keys(heat.rows) for _ in range(n_columns)],
            "text": [_hundredths(value) for value in heat.values.ravel().tolist()],
            "textfont": {
                "size": SMALL_PX,
                "color": [ink(colour, *inks) for colour in colours],
            },
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def _hundredths(value: float) -> str:
    """Two decimals, a real minus sign, none before a zero, and nothing for NaN."""
    if not np.isfinite(value):
        return ""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _bar(heat: TokenHeat, palette: Palette) -> dict[str, Any]:
    """The scale, with a sign where values go beyond its ends."""
    most = heat.most
    ticks = [-most, 0.0, most] if heat.signed else [0.0, most / 2, most]
    words = [number(float(f"{tick:.3g}")) for tick in ticks]
    if float(np.nanmax(np.abs(heat.values), initial=0.0)) > most * (1 + 1e-6):
        words[-1] = f"≥ {words[-1]}"
        words[0] = f"≤ {words[0]}" if heat.signed else words[0]
    return scale_bar(palette, ticks, words)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
