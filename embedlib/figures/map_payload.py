"""map_payload: a `MapView` as the plain JSON values that the map's JavaScript reads.

The same values go to the Streamlit component and into the exported page; a new property of a view
is one entry of `view_payload` and is read in `map.js`.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from embedlib.browser.rows import packed_rows
from embedlib.errors import OptionError, shown
from embedlib.figures.cloud import LINES, Cloud, Colouring, Label, Lines, MapView, Star
from embedlib.figures.text import clean, shorten
from embedlib.limits import LIMITS
from embedlib.records import Longs

_LABEL_COLUMNS, _TITLE_COLUMNS, _STAR_CHARACTERS = 40, 160, 1_000


def view_payload(cloud: Cloud, colourings: Sequence[Colouring], view: MapView) -> dict[str, Any]:
    """What the browser gets beside the bundles; all of it small.

    Raises:
        OptionError: If a row, a frame or a colouring is named that there is not.
        LimitError: If there are more lines, stars or labels than the limit "map_marks".
    """
    LIMITS["map_marks"].check(sum(len(lines.pairs) for lines in view.lines), "The lines of a map")
    LIMITS["map_marks"].check(len(view.stars), "The stars of a map")
    LIMITS["map_marks"].check(len(view.labels), "The labels of a map")
    return {
        "places": cloud.places.digest,
        "words": cloud.words.digest,
        "colourings": list(packed_colourings(cloud, colourings)),
        "title": shorten(view.title, _TITLE_COLUMNS),
        "made_by": clean(view.made_by),
        "brief": clean(view.brief or view.made_by),
        "judged": clean(view.judged),
        "alt": clean(view.alt or view.title),
        "asked": asked(cloud, colourings, view),
        "marked": packed_rows(rows_of(view.marked, cloud, "marked"), len(cloud)),
        "dimmed": None if view.dimmed is None else _mask(view.dimmed, cloud),
        "lines": [_lines(lines, cloud) for lines in view.lines],
        "line_kinds": {name: asdict(row) for name, row in LINES.items()},
        "stars": [_star(star, cloud) for star in view.stars],
        "labels": [_label(label, cloud) for label in view.labels],
        "most_svg_points": LIMITS["map_svg_points"].value,
    }


def asked(cloud: Cloud, colourings: Sequence[Colouring], view: MapView) -> dict[str, Any]:
    """What the view begins with and a person may change: plain JSON values."""
    names = [clean(colouring.name) for colouring in colourings]
    if len(set(names)) < len(names) or not names:
        raise OptionError(
            f"The colourings must have names of their own, got {shown(names)}.",
            "Give at least one, such as `one_colour()`.",
        )
    colouring = clean(view.colouring) or names[0]
    if colouring not in names:
        raise OptionError(
            f"The colouring must be one of {', '.join(names)}, got {shown(view.colouring)}."
        )
    if not 0 <= view.frame < cloud.n_frames:
        raise OptionError(
            f"The frame must be a number from 0 to {cloud.n_frames - 1}, got {view.frame}."
        )
    opened = [] if view.opened is None else [view.opened]
    return {
        "colouring": colouring,
        "frame": int(view.frame),
        "selected": packed_rows(rows_of(view.selected, cloud, "selected"), len(cloud)),
        "opened": next(iter(rows_of(opened, cloud, "opened").tolist()), None),
    }


def packed_colourings(cloud: Cloud, colourings: Sequence[Colouring]) -> dict[str, bytes]:
    """The bundle of each colouring, by its digest, in order.

    Raises:
        OptionError: If one has not a value for each point.
    """
    for colouring in colourings:
        if colouring.kind != "none" and len(colouring.values) != len(cloud):
            raise OptionError(
                f"The colouring {shown(colouring.name)} must have one value a point, "
                f"got {len(colouring.values):,} for {len(cloud):,} points."
            )
    return {colouring.packed.digest: colouring.packed.content for colouring in colourings}


def rows_of(rows: ArrayLike, cloud: Cloud, what: str) -> Longs:
    """Checked row numbers.

    Raises:
        OptionError: If one is not a row of the cloud.
    """
    found = np.asarray(rows, dtype=np.int64).reshape(-1)
    wrong = found[(found < 0) | (found >= len(cloud))]
    if wrong.size:
        raise OptionError(
            f"A {what} row must be one of the {len(cloud):,} points, got {wrong[0]}.",
            "Count rows from 0.",
        )
    return found


def _mask(mask: ArrayLike, cloud: Cloud) -> dict[str, str]:
    found = np.asarray(mask)
    if found.dtype != np.bool_ or found.shape != (len(cloud),):
        raise OptionError(
            f"The dimmed points must be True or False for each of {len(cloud):,} points, "
            f"got {found.dtype} of shape {found.shape}."
        )
    return packed_rows(np.flatnonzero(found), len(cloud))


def _lines(lines: Lines, cloud: Cloud) -> dict[str, Any]:
    kind = LINES[lines.kind]
    pairs = np.asarray(lines.pairs, dtype=np.int64)
    if pairs.size and (pairs.ndim != 2 or pairs.shape[1] != 2):
        raise OptionError(f"The lines must be pairs of rows, got an array of shape {pairs.shape}.")
    return {"kind": kind.name, "pairs": rows_of(pairs, cloud, "line's").reshape(-1, 2).tolist()}


def _star(star: Star, cloud: Cloud) -> dict[str, Any]:
    return {
        "text": star.text[:_STAR_CHARACTERS].encode("utf-8", "replace").decode("utf-8"),
        "note": clean(star.note),
        "places": _places(star.places, cloud, "star"),
    }


def _label(label: Label, cloud: Cloud) -> dict[str, Any]:
    places = _places(label.places, cloud, "label")
    return {"text": shorten(label.text, _LABEL_COLUMNS), "places": places}


def _places(places: ArrayLike, cloud: Cloud, what: str) -> list[list[float] | None]:
    """The place in each frame, None where there is none."""
    found = np.asarray(places, dtype=np.float64)
    if found.shape == (2,):
        found = np.broadcast_to(found, (cloud.n_frames, 2))
    if found.shape != (cloud.n_frames, 2):
        raise OptionError(
            f"The places of a {what} must be (2,) or ({cloud.n_frames}, 2), got {found.shape}."
        )
    return [place if np.isfinite(place).all() else None for place in found.tolist()]
