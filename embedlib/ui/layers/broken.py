"""Break it on purpose: a tutorial's error beside the right way, in numbers and in pictures."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from embedlib import geometry
from embedlib.exporting.panel_code import mistake_code
from embedlib.figures import Cells, Picture, cell_table, named_bars, number, shared_scale
from embedlib.limits import LIMITS
from embedlib.mistakes import MISTAKES, Damage, damage
from embedlib.records import Progress
from embedlib.ui import address
from embedlib.ui.background import background
from embedlib.ui.layers.taking import draw, offer, start
from embedlib.ui.layers.view import View, lacks_texts

_DRAWN = 12


def show(seen: View) -> None:
    """Choose an error; what it does to vectors and neighbours, and what to do instead."""
    if lacks_texts(seen, 3, "An error shows on"):
        return
    name = address.chooser(
        st.pills,
        "Mistake",
        address.labels(MISTAKES),
        key="mistake",
        default="without_mask",
        required=True,
    )
    row = MISTAKES[name]
    st.markdown(f"{row.wrong} **Instead:** {row.lesson}")
    rows = _rows(len(seen.corpus))
    if len(rows) < len(seen.corpus):
        st.caption(f":material/info: {len(rows)} texts, evenly spaced, of {len(seen.corpus):,}.")
    layer = seen.one_layer
    found = _made(seen, name, layer, rows)
    _numbers(found)
    st.caption(f"Layer {layer}, always by mean pooling, {len(rows)} texts in one padded batch.")
    pictures = _pictures(seen, found, rows)
    table = {
        "text": [row + 1 for row in rows],
        "cosine to the right vector": found.cosines.tolist(),
        "neighbours kept": found.kept.tolist(),
    }
    code = mistake_code(start(seen), rows, name, layer)
    tables = {"damage": table} | _cosines(found, rows)
    offer(
        seen, "mistake", code, tables, pictures,
        mistake=name, layer=layer, pooling="mean", rows_measured=len(rows),
    )  # fmt: skip


def _numbers(found: Damage) -> None:
    first, second, third = st.columns(3)
    first.metric(
        "Cosine to the right vector", f"{found.cosines.mean():.3f}", help="Mean over the texts."
    )
    second.metric(
        "Neighbours kept",
        f"{found.kept.mean():.0%}",
        help=f"Of the {found.n_neighbours} nearest texts of each text.",
    )
    third.metric(
        "Change of a pair's cosine", f"{found.spread:.3f}", help="Mean size over all pairs."
    )


def _rows(n_texts: int) -> list[int]:
    """At most so many rows, evenly spaced."""
    n = min(n_texts, LIMITS["mistake_texts"].value)
    return sorted({int(row) for row in np.linspace(0, n_texts - 1, n)})


def _made(seen: View, name: str, layer: int, rows: list[int]) -> Damage:
    texts = [seen.corpus.texts[row] for row in rows]

    def work(_: Callable[[Progress], None], __: Callable[[], bool]) -> Damage:
        from embedlib.models import load

        return damage(load(seen.choice.model), texts, name, layer)

    key = ("mistake", seen.choice.model, seen.corpus.digest, name, layer)
    return background(key, work, "Making the mistake", height=420)


def _pictures(seen: View, found: Damage, rows: list[int]) -> list[Picture]:
    texts = [seen.corpus.texts[row] for row in rows]
    pair = [geometry.cosine_matrix(one[:_DRAWN]) for one in (found.right, found.wrong)]
    low = shared_scale(*pair)
    names = ("The right way", found.mistake.label)
    pictures = []
    for column, cosines, name in zip(st.columns(2), pair, names, strict=True):
        pictures.append(_matrix(seen, cosines, rows[:_DRAWN], name, low))
        with column:
            draw(pictures[-1], f"broken-{name}")
    order = np.argsort(found.cosines, kind="stable")
    picture = named_bars(
        [texts[row] for row in order],
        found.cosines[order],
        seen.palette,
        "Shorter bars: the vector went further astray",
        unit="cosine to the right vector",
    )
    draw(picture, "astray")
    return [*pictures, picture]


def _cosines(found: Damage, rows: list[int]) -> dict[str, dict[str, list[float]]]:
    """What the two matrices show, texts by their numbers."""
    numbers = [row + 1 for row in rows[:_DRAWN]]
    tables = {}
    for name, vectors in (("cosines right", found.right), ("cosines wrong", found.wrong)):
        columns = geometry.cosine_matrix(vectors[:_DRAWN]).T.tolist()
        tables[name] = {"text": numbers} | dict(zip(map(str, numbers), columns, strict=True))
    return tables


def _matrix(seen: View, cosines: np.ndarray, rows: list[int], name: str, low: float) -> Picture:
    """Cosines of some texts, by number; the texts stand in the boxes on hovering."""
    numbers, texts = [str(row + 1) for row in rows], [seen.corpus.texts[row] for row in rows]
    cells = Cells(
        cosines, numbers, numbers, low, 1.0,
        hover=lambda row, column: f"{texts[row]} / {texts[column]}", digits=1,
    )  # fmt: skip
    off = cosines[~np.eye(len(texts), dtype=bool)]
    subtitle = f"Cosines of {len(rows)} texts by number, mean {number(float(off.mean()))}"
    return cell_table(cells, seen.palette, name, subtitle)
