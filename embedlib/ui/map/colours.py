"""Colours: the ways to colour a map's points; a new one is a function of `_WAYS`.

Each is made once for a space and kept, so that its numbers travel to the browser once.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from embedlib.figures.cloud import Colouring, categories, numbers, one_colour
from embedlib.limits import LIMITS
from embedlib.ui.map.making import MapPicture
from embedlib.ui.map.space import Space

if TYPE_CHECKING:
    import pandas as pd

GROUPS = "group"
KEPT, STEADY = "neighbours kept", "steady whatever the seed"
OF_ONE_MAP = (KEPT, STEADY)  # of no other map of the same texts
_KEPT = "_map_colourings"
_MOST_KEPT = 60
_FEW_VALUES = 12  # numbers with no more different values than this are categories


def colourings(picture: MapPicture, more: Sequence[Colouring] = ()) -> list[Colouring]:
    """Every way to colour the points of a map, the label first; names differ.

    Args:
        picture: The map.
        more: Those that come from elsewhere on the page: groups, a search.
    """
    space = picture.space
    found = [*_labels(space), *_columns(space), *_lengths(space), *more, *_distortion(picture)]
    found.append(one_colour())
    return list({colouring.name: colouring for colouring in reversed(found)}.values())[::-1]


def kept(key: Hashable, make: Callable[[], Colouring]) -> Colouring:
    """The colouring of `key`, made once in a session."""
    store: OrderedDict[Hashable, Colouring] = st.session_state.setdefault(_KEPT, OrderedDict())
    if key not in store:
        store[key] = make()
        while len(store) > _MOST_KEPT:
            store.popitem(last=False)
    store.move_to_end(key)
    return store[key]


def _labels(space: Space) -> list[Colouring]:
    if space.labels is None or len(set(space.labels)) > LIMITS["map_categories"].value:
        return []
    name = space.corpus.label_column or "label"
    return [kept((space.texts_key, "label", name), lambda: categories(name, space.labels))]


def _columns(space: Space) -> list[Colouring]:
    """Columns that can be coloured by, the first of them up to a bound."""
    corpus = space.corpus
    names = [
        name
        for name in corpus.frame.columns
        if name not in (corpus.text_column, corpus.label_column)
    ]
    found = []
    for name in names:
        key = (space.texts_key, "column", name)
        colouring = kept(key, lambda name=name: _of_column(name, corpus.frame[name]))
        if colouring.kind != "none":
            found.append(colouring)
        if len(found) == LIMITS["map_columns"].value:
            break
    return found


def _of_column(name: str, column: "pd.Series[Any]") -> Colouring:
    """Numbers on a scale, few values as categories; kind "none" where neither makes sense."""
    written = ["" if _is_missing(value) else str(value) for value in column]
    different = set(written) - {""}
    as_numbers = _numbers(column)
    if as_numbers is not None and len(different) > _FEW_VALUES:
        return numbers(name, as_numbers)
    if 1 < len(different) <= min(LIMITS["map_categories"].value, max(50, len(written) // 2)):
        return categories(name, written)
    return one_colour(name)


def _numbers(column: "pd.Series[Any]") -> "np.ndarray | None":
    """(row,) float64, NaN where there is none; None where something is no number."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_bool_dtype(column):
        return None
    found = pd.to_numeric(column, errors="coerce")
    lost = found.isna() & column.notna() & (column.astype(str).str.strip() != "")
    return None if lost.any() or found.isna().all() else found.to_numpy(np.float64, na_value=np.nan)


def _is_missing(value: object) -> bool:
    return value is None or value != value  # NaN and NaT differ from themselves


def _lengths(space: Space) -> list[Colouring]:
    key = space.texts_key
    found = [
        kept(
            (key, "characters"),
            lambda: numbers("text length", [len(text) for text in space.texts], unit="characters"),
        )
    ]
    if space.made is not None:
        ledger = space.made.ledger
        settings = (key, space.made.encoder.fingerprint, space.made.settings)
        found.append(
            kept((settings, "tokens"), lambda: numbers("tokens", ledger.n_all, unit="tokens"))
        )
        if ledger.cut.any():
            names = np.where(ledger.cut, "cut", "read to its end").tolist()
            found.append(kept((settings, "cut"), lambda: categories("truncation", names)))
    return found


def _distortion(picture: MapPicture) -> list[Colouring]:
    """How much of each text's true neighbourhood the map keeps."""
    honesty = picture.projection.honesty
    if honesty is None:
        return []
    share = honesty.over_all_points(100 * honesty.kept / honesty.k)
    return [
        kept(
            (picture.key, picture.frame, "kept"),
            lambda: numbers(KEPT, share, unit=f"% of {honesty.k}"),
        )
    ]
