"""Every dimension of a vector as a strip of cells; another way to lay them out starts here."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.figures.amounts import counted, number
from embedlib.figures.picture import Picture, blank, picture
from embedlib.figures.scales import SCALE_BAR_PX, scale, scale_bar
from embedlib.figures.text import plain, quoted, shorten
from embedlib.figures.theme import SMALL_PX, Palette, axis, layout
from embedlib.geometry.doors import checked
from embedlib.records import Floats

_LEAST_CELL_PX, _MOST_CELL_PX, _LEAST_BODY_PX = 9, 22, 66
_MOST_COLUMNS = 128
_OUTSTANDING = 3.0  # times the 99th percentile: above it colours would show one dimension only


def vector_strip(vectors: Floats | Mapping[str, Floats], palette: Palette) -> Picture:
    """Every dimension of one vector, or of a few below each other, as cells around zero.

    Args:
        vectors: (dim,), or a name to (dim,) each; all of the same model.
        palette: The theme.

    Raises:
        OptionError: If the vectors differ in length, are more than 12, or hold NaN.
    """
    named = dict(vectors) if isinstance(vectors, Mapping) else {"": vectors}
    if not named:
        return blank(palette, "There is no vector to show")
    values = _stacked(named)
    dim = values.shape[1]
    columns = _columns(dim)
    n_rows = -(-dim // columns)
    cells, numbers = _cells(values, columns, n_rows)
    limit, cut = _limit(values)
    title, alt = _strip_words(values, tuple(named))
    subtitle = counted(dim, "dimension") + (f", {columns} to a row" if n_rows > 1 else "")
    subtitle += f"; colours end at ±{number(limit)}, hover gives the value" if cut else ""
    frame = layout(palette, title, subtitle, xaxis=_strip_axis(columns, n_rows, palette))
    frame["yaxis"] = _strip_rows(tuple(named), n_rows, columns, palette)
    cell = int(np.clip(300 // len(cells), _LEAST_CELL_PX, _MOST_CELL_PX))
    frame["margin"] |= {"t": frame["margin"]["t"] + SCALE_BAR_PX}
    body = max(len(cells) * cell, _LEAST_BODY_PX)
    frame["height"] = body + frame["margin"]["t"] + 48
    words = [f"≤ {number(-limit)}", "0", f"≥ {number(limit)}"]
    words = words if cut else [word.lstrip("≤≥ ") for word in words]
    trace = {
        "type": "heatmap",
        "z": cells,
        "customdata": numbers,
        "zmin": -limit,
        "zmax": limit,
        "colorscale": scale(palette.diverging),
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "hovertemplate": "dimension %{customdata}<br>value <b>%{z:.6g}</b><extra></extra>",
        "colorbar": scale_bar(palette, (-limit, 0, limit), words),
    }
    return picture([trace], frame, alt)


def _stacked(named: Mapping[str, Floats]) -> Floats:
    """(vector, dim) float32.

    Raises:
        OptionError: If the vectors differ in length, are more than 12, or hold NaN.
    """
    arrays = [np.asarray(vector, dtype=np.float32) for vector in named.values()]
    shapes = sorted({array.shape for array in arrays})
    if len(shapes) > 1 or len(shapes[0]) != 1 or not shapes[0][0]:
        raise OptionError(f"The vectors must all have one shape (dim,), got {shapes}.")
    if len(arrays) > 12:
        raise OptionError(f"There must be at most 12 vectors in a strip, got {len(arrays)}.")
    checked(np.stack(arrays), "The vectors")
    return np.stack(arrays)


def _columns(dim: int) -> int:
    """Dimensions to a row: 128, 96 or 64 where rows are full, or else as near as that is had."""
    if dim <= _MOST_COLUMNS:
        return dim
    wanted = (128, 96, 64, *range(_MOST_COLUMNS, 63, -1))
    return next((columns for columns in wanted if dim % columns == 0), 96)


def _cells(values: Floats, columns: int, n_rows: int) -> tuple[Floats, Any]:
    """(row, column) values and dimensions; vectors are parted by an empty row, the first on top."""
    n, dim = values.shape
    each = n_rows + (n > 1)
    cells = np.full((n, each * columns), np.nan, dtype=np.float32)
    numbers = np.zeros((n, each * columns), dtype=np.int32)
    cells[:, :dim], numbers[:, :dim] = values, np.arange(dim)
    flat = n * each - (n > 1)
    return cells.reshape(-1, columns)[:flat], numbers.reshape(-1, columns)[:flat]


def _limit(values: Floats) -> tuple[float, bool]:
    """Where colours end, and whether some values lie beyond."""
    sizes = np.abs(values)
    most = float(sizes.max(initial=0.0))
    usual = float(np.quantile(sizes, 0.99))
    if usual and most > _OUTSTANDING * usual:
        return usual, True
    return most or 1.0, False


def _strip_words(values: Floats, names: tuple[str, ...]) -> tuple[str, str]:
    """Title and description: which dimension is largest, against the usual size."""
    row, dim = np.unravel_index(np.argmax(np.abs(values)), values.shape)
    value, usual = float(values[row, dim]), float(np.median(np.abs(values[row])))
    if value == 0:
        return "All dimensions are zero", "A vector in which all dimensions are zero."
    title = f"Dimension {dim} is largest: {number(value)}"
    title += f" in {quoted(names[row])}" if len(names) > 1 else ""
    title += f", {number(abs(value) / usual)} times the median size" if usual else ""
    shown = ", ".join(quoted(name, 40) for name in names if name)
    alt = f"{title}. Strip of {values.shape[1]:,} dimensions{' of ' + shown if shown else ''}."
    return title, alt


def _strip_axis(columns: int, n_rows: int, palette: Palette) -> dict[str, Any]:
    """Columns, counted from 0; to be added to the row's first dimension where there are rows."""
    step = 16 if columns >= 64 else 8 if columns > 16 else 1
    several = n_rows > 1
    return axis(
        palette,
        "dimension, counted from that at the left" if several else "dimension",
        tickvals=[*range(0, columns, step)],
        ticktext=[f"{'+' if several else ''}{column}" for column in range(0, columns, step)],
        tickangle=0,
        showgrid=False,
        range=[-0.5, columns - 0.5],
    )


def _strip_rows(
    names: tuple[str, ...], n_rows: int, columns: int, palette: Palette
) -> dict[str, Any]:
    """Rows: the dimension at the left of each, or the name of each vector."""
    n = len(names)
    each = n_rows + (n > 1)
    if n > 1:
        places = [each * vector + (n_rows - 1) / 2 for vector in range(n)]
        words = [plain(shorten(name, 24)) for name in names]
    else:
        step = max(1, -(-n_rows // 16))
        places = [float(row) for row in range(0, n_rows, step)]
        words = [str(row * columns) for row in range(0, n_rows, step)]
    return axis(
        palette,
        tickvals=places,
        ticktext=words,
        showgrid=False,
        range=[each * n - (n > 1) - 0.5, -0.5],
        tickfont={"size": SMALL_PX, "color": palette.text},
    )
