"""How every picture looks: palettes, type, margins and the mode bar; a new theme is one row.

Pass `theme=None` to `st.plotly_chart`, or Streamlit paints its own colours over these.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from embedlib.figures.colours import mix, ramp
from embedlib.figures.text import balanced, escaped, plain, shorten
from embedlib.table import Table

__all__ = ["CONFIG", "FONT", "PALETTES", "Palette", "axis", "layout", "plain", "shorten"]

FONT = (
    "Inter, 'Segoe UI', system-ui, -apple-system, 'Helvetica Neue', Arial, 'Noto Sans', "
    "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans Arabic', "
    "'Noto Color Emoji', sans-serif"
)
TEXT_PX, SMALL_PX, TITLE_PX = 13, 12, 15
_LEGEND_PX = 28  # one line of it
_TITLE_COLUMNS, _SUBTITLE_COLUMNS = 86, 98  # about 600 pixels

# For `st.plotly_chart(config=CONFIG)`: one button, which saves the picture; no formulas in text.
CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "displayModeBar": "hover",
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "embedding-explorer"},
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "typesetMath": False,
    "scrollZoom": False,
    "responsive": True,
}

# Okabe and Ito 2008, then two of ours; safe for colour-blind eyes in this order.
_CATEGORIES = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#8C6D31",
    "#6F4E9B",
)


@dataclass(frozen=True)
class Palette:
    """The colours of one theme.

    Args:
        name: "light" or "dark".
        background: Behind everything.
        panel: Boxes, the middle of the diverging scale.
        text: What is read first.
        muted: What is read second.
        border: Lines of the frame and the grid.
        accent: Primary marks and what is chosen.
        good: Right.
        warn: Cut, or doubtful.
        bad: Wrong.
        other: Categories beyond the eighth.
        categories: Eight colours, in order.
        sequential: Nine colours from the background to the accent: none to much.
        diverging: Eleven colours from less (blue) over none to more (red).
    """

    name: str
    background: str
    panel: str
    text: str
    muted: str
    border: str
    accent: str
    good: str
    warn: str
    bad: str
    other: str
    categories: tuple[str, ...] = _CATEGORIES
    sequential: tuple[str, ...] = field(init=False)
    diverging: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        ends = ("#2166AC", self.panel, "#B2182B")
        object.__setattr__(self, "sequential", ramp((self.background, self.accent)))
        object.__setattr__(self, "diverging", ramp(ends, 11))

    @property
    def grid(self) -> str:
        """Lines behind the data, fainter than the frame."""
        return mix(self.background, self.border, 0.6)

    @property
    def outline(self) -> str:
        """Around marks, so that those on top of each other can be told apart."""
        return self.background if self.name == "light" else mix(self.background, self.text, 0.75)


_LIGHT = Palette(
    name="light",
    background="#FFFFFF",
    panel="#F4F6F8",
    text="#1B2430",
    muted="#5B6675",
    border="#DCE1E7",
    accent="#0B6E75",
    good="#2B7A3D",
    warn="#9A6700",
    bad="#B3261E",
    other="#8E99A6",
)
_DARK = Palette(
    name="dark",
    background="#0F1419",
    panel="#1A2129",
    text="#E6EBF0",
    muted="#93A0AE",
    border="#2C3641",
    accent="#3EC6C0",
    good="#5CC97A",
    warn="#E3B341",
    bad="#F2837B",
    other="#76828F",
)
PALETTES: Table[Palette] = Table("theme", {row.name: row for row in (_LIGHT, _DARK)})


def axis(palette: Palette, title: str = "", **more: Any) -> dict[str, Any]:
    """A quiet axis; `more` are Plotly's own names and win.

    Args:
        palette: The theme.
        title: Name and unit, as Plotly reads it: never a person's text.
        more: Properties of a Plotly axis.
    """
    return {
        "title": {"text": title, "font": {"size": TEXT_PX, "color": palette.muted}, "standoff": 8},
        "tickfont": {"size": SMALL_PX, "color": palette.muted},
        "gridcolor": palette.grid,
        "linecolor": palette.border,
        "ticks": "",
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
    } | more


def layout(
    palette: Palette,
    title: str,
    subtitle: str = "",
    *,
    columns: int = _SUBTITLE_COLUMNS,
    height: int = 480,
    **more: Any,
) -> dict[str, Any]:
    """What every picture has: the finding on top, room for it, type, hover boxes, the mode bar.

    Args:
        palette: The theme.
        title: The finding or the question in one sentence; a person's text in it is `quoted`.
            Broken and escaped here.
        subtitle: What is drawn, in the same way.
        columns: Of a line of the subtitle; fewer for a narrow picture.
        height: In pixels.
        more: Properties of a Plotly layout; they win.
    """
    font = {"family": FONT, "size": TEXT_PX, "color": palette.text}
    head, room = _headline(title, subtitle, columns, palette)
    return {
        "template": {},  # nothing of Plotly's own look
        "paper_bgcolor": palette.background,  # a saved picture must be readable in its own right
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": font,
        "title": head,
        "height": height,
        "margin": {"l": 8, "r": 16, "t": room, "b": 8, "pad": 4},
        "hoverlabel": {
            "bgcolor": palette.panel,
            "bordercolor": palette.muted,
            "font": font,
            "align": "left",
            "namelength": 0,
        },
        "modebar": {
            "bgcolor": "rgba(0,0,0,0)",
            "color": palette.muted,
            "activecolor": palette.accent,
        },
        "legend": {"font": {"size": SMALL_PX}, "itemsizing": "constant"},
        "dragmode": False,
        "showlegend": False,
    } | more


def legend_on_top(frame: dict[str, Any]) -> None:
    """Put the legend of a layout in one line under its title, with room for it if it is shown."""
    frame["legend"] |= {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom"}
    if frame["showlegend"]:
        frame["margin"] |= {"t": frame["margin"]["t"] + _LEGEND_PX}


def named_rows(palette: Palette, names: Sequence[str], **font: Any) -> dict[str, Any]:
    """A vertical axis with a name for each whole number, the first on top.

    Args:
        palette: The theme.
        names: (row,) any texts.
        font: Properties of the names' font.
    """
    return axis(
        palette,
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=[plain(shorten(name, 30)) for name in names],
        tickfont=font,
        range=[len(names) - 0.5, -0.5],
        griddash="dot",
    )


def _headline(
    title: str, subtitle: str, columns: int, palette: Palette
) -> tuple[dict[str, Any], int]:
    """The title with its lines broken, and the pixels that it takes."""
    first, second = balanced(title, _TITLE_COLUMNS), balanced(subtitle, columns)
    style = f"font-size:{TEXT_PX}px;font-weight:400;color:{palette.muted}"
    spans = [escaped(line) for line in _closed(first)]
    spans += [f"<span style='{style}'>{escaped(line)}</span>" for line in _closed(second)]
    head = {
        "text": "<br>".join(spans),
        "font": {"size": TITLE_PX, "color": palette.text, "weight": 600},
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        # Plotly forgets the height of a line when there are several, except from the bottom.
        "y": 1,
        "yref": "container",
        "yanchor": "bottom",
        "pad": {"b": -24, "l": 8},
    }
    return head, 22 + 20 * len(spans)


def _closed(lines: list[str]) -> list[str]:
    """`lines` in each of which every change of direction ends, and goes on in the next."""
    done, still_open = [], 0
    for line in lines:
        begun = "\u2068" * still_open + line
        still_open = begun.count("\u2068") - begun.count("\u2069")
        done.append(begun + "\u2069" * still_open)
    return done
