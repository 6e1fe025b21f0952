"""cloud: what an interactive map draws: points in frames, their texts, colourings, marks on them.

`point_map` (ui/components) shows these in Streamlit, `map_page` (exporting) in a file of its own.
A new kind of line is one row of `LINES`; a new kind of colouring is one branch in `colouring.js`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embedlib.browser.bundles import Bundle, bundle
from embedlib.browser.text_bytes import text_bytes
from embedlib.errors import OptionError, shown
from embedlib.figures.text import clean, shorten
from embedlib.limits import LIMITS
from embedlib.records import Bools, Floats, Longs
from embedlib.table import Table

_NAME_COLUMNS = 80


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points in one layout or in several, such as one a layer, that are shown one at a time.

    Keep the object: what travels to the browser is packed once and kept with it.

    Args:
        frames: (frame, point, 2) float32, or (point, 2) for one frame. A point with NaN in a frame
            has no place there: it is not drawn, and the map says how many there are.
        texts: (point,) what hovering shows; cut to what the limit "map_text_bytes" lets through.
        frame_names: (frame,) such as "Layer 3"; by default "1 of 6".
        ids: (point,) different numbers, 0 or more: the row of each point in the data that it came
            from. Linked maps meet in them. By default the number of the point.
        n_all: Texts that there are in all, where the map shows a sample of them.

    Raises:
        OptionError: If shapes or numbers do not fit together.
        LimitError: If there are more points than the limit "map_points".
    """

    frames: Floats
    texts: tuple[str, ...]
    frame_names: tuple[str, ...] = ()
    ids: Longs = field(default_factory=lambda: np.zeros(0, np.int64))
    n_all: int = 0

    def __post_init__(self) -> None:
        frames = _frames(self.frames)
        n_frames, n_points = frames.shape[:2]
        LIMITS["map_points"].check(n_points, "A map")
        _count("texts", len(self.texts), n_points, "point")
        if self.frame_names:
            _count("frame names", len(self.frame_names), n_frames, "frame")
        ids = np.asarray(self.ids, dtype=np.int64)
        if not ids.size:
            ids = np.arange(n_points)
        _count("ids", len(ids), n_points, "point")
        if n_points and (ids.min() < 0 or ids.max() >= 2**31 or len(np.unique(ids)) < n_points):
            raise OptionError("The ids must be different numbers from 0 to 2,147,483,647.")
        names = self.frame_names or tuple(f"{n} of {n_frames}" for n in range(1, n_frames + 1))
        object.__setattr__(self, "frames", frames)
        object.__setattr__(self, "texts", tuple(self.texts))
        object.__setattr__(self, "frame_names", tuple(names))
        object.__setattr__(self, "ids", ids)
        object.__setattr__(self, "n_all", max(int(self.n_all), n_points))

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def n_frames(self) -> int:
        return int(self.frames.shape[0])

    @cached_property
    def places(self) -> Bundle:
        """Where the points are, for the browser."""
        names = [shorten(name, _NAME_COLUMNS) for name in self.frame_names]
        header = {"n": len(self), "frame_names": names}
        return bundle(header, {"frames": self.frames})

    @cached_property
    def words(self) -> Bundle:
        """What the points say, and their ids, for the browser; its digest identifies the rows."""
        header, arrays = text_bytes(self.texts, LIMITS["map_text_bytes"].value)
        return bundle(header | {"n_all": self.n_all}, {"ids": self.ids.astype("<i4")} | arrays)


@dataclass(frozen=True, eq=False)
class Colouring:
    """One way to colour the points; `categories`, `numbers` and `one_colour` make them.

    Keep the object: what travels to the browser is packed once and kept with it.

    Args:
        name: What it shows, as the chooser lists it: "label", "tokens", "distortion".
        kind: "category", "number" or "none".
        values: (point,) the number of each point's category, -1 for none; or float32, NaN where
            there is none. Empty for kind "none".
        names: (category,) what the categories are called.
        unit: Of the numbers.
        centre: The number in the middle of a scale from blue over grey to red; None for a scale
            from little to much.
        limits: The numbers at the ends of the scale; by default what holds 99 of 100 points.
        note: What the legend says of it, in one or two sentences.
        ranked: Whether the names stand in the order in which they get the eight colours; if not,
            the largest categories get them.
    """

    name: str
    kind: str
    values: NDArray[np.generic]
    names: tuple[str, ...] = ()
    unit: str = ""
    centre: float | None = None
    limits: tuple[float, float] | None = None
    note: str = ""
    ranked: bool = False

    @cached_property
    def packed(self) -> Bundle:
        """The colouring, for the browser."""
        header = {
            "name": clean(self.name),
            "kind": self.kind,
            "names": [shorten(name, _NAME_COLUMNS) for name in self.names],
            "unit": clean(self.unit),
            "centre": self.centre,
            "limits": self.limits,
            "note": clean(self.note),
            "ranked": self.ranked,
        }
        return bundle(header, {"values": self.values})


def categories(name: str, labels: Sequence[str]) -> Colouring:
    """A colour and a shape for each of the eight largest categories, grey for the others.

    Args:
        name: What the categories are, such as "label".
        labels: (point,) the category of each, "" for none.

    Raises:
        LimitError: If there are more categories than the limit "map_categories".
    """
    seen: dict[str, int] = {"": -1}
    codes = np.array([seen.setdefault(label, len(seen) - 1) for label in labels], np.int32)
    found = tuple(seen)[1:]
    LIMITS["map_categories"].check(len(found), f"The categories of {shown(name)}")
    return Colouring(name, "category", codes, found)


def numbers(
    name: str,
    values: ArrayLike,
    *,
    unit: str = "",
    centre: float | None = None,
    limits: tuple[float, float] | None = None,
    note: str = "",
) -> Colouring:
    """A colour on a drawn scale for each number; what is not finite has its own grey.

    Args:
        name: What the numbers are, such as "length".
        values: (point,) the numbers.
        unit: Of the numbers, such as "tokens".
        centre: The middle of a scale from blue over grey to red.
        limits: The ends of the scale; None for what holds 99 of 100 points.
        note: What the legend says of it.
    """
    found = np.asarray(values, dtype=np.float32).reshape(-1)
    found = np.where(np.isfinite(found), found, np.float32(np.nan))
    ends = limits or _limits(found, centre)
    return Colouring(name, "number", found, (), unit, centre, ends, note)


def one_colour(name: str = "one colour") -> Colouring:
    """The same colour for all points."""
    return Colouring(name, "none", np.zeros(0, np.int16))


@dataclass(frozen=True)
class LineKind:
    """How one kind of line is drawn; never by colour alone.

    Args:
        name: As it is asked for.
        legend: What the legend says.
        colour: A role of the theme: "good", "bad" or "warn".
        dash: Lengths of ink and of gap in pixels; empty for a solid line.
    """

    name: str
    legend: str
    colour: str
    dash: tuple[int, ...]


_LINES = (
    LineKind("kept", "near in both", "good", ()),
    LineKind("torn", "torn apart here", "bad", (7, 5)),
    LineKind("false", "near only here", "warn", (2, 4)),
)
LINES: Table[LineKind] = Table("line", {row.name: row for row in _LINES})


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines of one kind.

    Args:
        kind: A name in `LINES`.
        pairs: (line, 2) the points that each line joins.
    """

    kind: str
    pairs: Longs


@dataclass(frozen=True, eq=False)
class Star:
    """Something that is not one of the points, such as a new sentence placed among them.

    Args:
        text: What it says.
        places: (2,) or (frame, 2) where it stands.
        note: What hovering adds: how far its neighbours are.
    """

    text: str
    places: ArrayLike
    note: str = ""


@dataclass(frozen=True, eq=False)
class Label:
    """A short text over a place, such as the name of a cluster; left out where it has no room.

    Args:
        text: What it says. Labels that come first are placed first.
        places: (2,) or (frame, 2) its middle.
    """

    text: str
    places: ArrayLike


@dataclass(frozen=True, eq=False)
class MapView:
    """What a map shows of a cloud, and says about it.

    Args:
        title: The finding or the question, in a few words.
        made_by: The sentence of what made it: method, parameters, seed, vectors.
        brief: The same in one line, for the page; `made_by` when empty.
        judged: How far it can be trusted; a saved picture says it below.
        alt: The finding for who cannot see it; the title when empty.
        colouring: Name of the colouring to begin with; "" for the first.
        frame: Number of the frame to begin with.
        selected: Rows that are selected to begin with.
        opened: The row that is opened to begin with.
        marked: Rows to ring, such as hits of a search.
        dimmed: (point,) True for points that are drawn grey and cannot be chosen.
        lines: Lines between points.
        stars: What is placed among the points.
        labels: Short texts over the points.
    """

    title: str
    made_by: str = ""
    brief: str = ""
    judged: str = ""
    alt: str = ""
    colouring: str = ""
    frame: int = 0
    selected: Sequence[int] | Longs = ()
    opened: int | None = None
    marked: Sequence[int] | Longs = ()
    dimmed: Bools | None = None
    lines: tuple[Lines, ...] = ()
    stars: tuple[Star, ...] = ()
    labels: tuple[Label, ...] = ()


def _frames(frames: ArrayLike) -> Floats:
    given = np.asarray(frames)
    found = given[None] if given.ndim == 2 else given
    if (
        found.ndim != 3
        or found.shape[2] != 2
        or not found.shape[0]
        or found.dtype.kind not in "fiu"
    ):
        raise OptionError(
            f"The frames must be numbers of shape (frame, point, 2), "
            f"got {given.dtype} of shape {given.shape}.",
            "Give the two coordinates of every point, in one frame or in several.",
        )
    found = np.ascontiguousarray(found, dtype="<f4")
    gone = ~np.isfinite(found).all(axis=2)
    if gone.any():
        found = found.copy()
        found[gone] = np.nan
    return found


def _count(what: str, given: int, wanted: int, unit: str) -> None:
    if given != wanted:
        raise OptionError(f"The {what} must be one a {unit}, got {given:,} for {wanted:,} {unit}s.")


def _limits(values: Floats, centre: float | None) -> tuple[float, float] | None:
    """The ends of the scale: half a percent beyond each, or both as far from the centre."""
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return None
    low, high = (float(end) for end in np.quantile(finite, (0.005, 0.995)))
    if centre is not None:
        reach = max(high - centre, centre - low) or 1.0
        return centre - reach, centre + reach
    if low == high:
        low, high = float(finite.min()), float(finite.max())
    return low, high
