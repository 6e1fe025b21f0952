"""map_page: an interactive map as one HTML file, which opens from a disk without a network."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embedlib.browser.bundles import bundle
from embedlib.exporting.page import page
from embedlib.figures.cloud import Cloud, Colouring, MapView
from embedlib.figures.map_payload import packed_colourings, view_payload
from embedlib.limits import LIMITS


def map_page(
    cloud: Cloud,
    colourings: Sequence[Colouring],
    view: MapView,
    *,
    card: Mapping[str, Any],
    theme: str = "auto",
) -> str:
    """The map of the Map page in a file of its own: every frame, colouring and text of it.

    Zoom, lasso, legend, frames and saving pictures work as in the app, with the same scripts.

    Args:
        cloud: The points.
        colourings: Ways to colour them, with different names; at least one.
        view: What to show of them, and what to say about it.
        card: How the map came about: names to plain values, listed below it.
        theme: A row of `page.THEMES`.

    Raises:
        LimitError: If the file would be larger than the limit "export_bytes".
        OptionError: If a row, frame or colouring is named that there is not.
        UnknownNameError: If there is no such theme.
    """
    parts = {
        cloud.places.digest: cloud.places.content,
        cloud.words.digest: cloud.words.content,
        **packed_colourings(cloud, colourings),
    }
    n_bytes = sum(map(len, parts.values()))
    LIMITS["export_bytes"].check(n_bytes * 4 // 3, "A map as a page")
    arrays = {digest: np.frombuffer(content, np.uint8) for digest, content in parts.items()}
    whole = bundle({"view": view_payload(cloud, colourings, view)}, arrays)
    return page(
        "point_map",
        "MapAlone",
        whole.content,
        title=view.title,
        alt=view.alt or view.title,
        theme=theme,
        card=card,
    )
