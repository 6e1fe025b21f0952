"""Error bars: the scores by layer with their intervals, all numbers, and a second model's grid."""

from typing import Any

import streamlit as st

from embedlib.exporting.layer_code import layer_code
from embedlib.exporting.layer_pictures import curve_picture, grid_picture
from embedlib.exporting.layer_words import TIED, compared, pooling_label, score_label
from embedlib.probes import Grid, layer_label
from embedlib.records import Vectors
from embedlib.ui import address, background, resources, texts
from embedlib.ui.layers import measured
from embedlib.ui.layers.measured import Asked
from embedlib.ui.layers.taking import draw, offer
from embedlib.ui.layers.view import View, of_model


def show(seen: View, made: Grid | None) -> None:
    """Curves, then one row a cell, the best first; then the same of another model."""
    if made is None:
        st.caption("The intervals stand here once the grid above is measured.")
        return
    picture = curve_picture(made, seen.palette)
    draw(picture, "bars")
    st.dataframe(
        columns_of(made),
        hide_index=True,
        height=320,
        column_config={
            name: st.column_config.NumberColumn(format="%.4f")
            for name in (score_label(made), "From", "To")
        }
        | {TIED: st.column_config.CheckboxColumn("★", help=f"{TIED}, beyond noise")},
        alt="The score of every layer and pooling with its interval",
    )
    st.caption(
        "★ cannot be told apart from the best by a paired t test over folds, corrected for "
        "overlapping training sets (Nadeau and Bengio 2003) and for the number of cells "
        "(Holm 1979). What is lower than a cell that is told apart has no star either."
    )
    code = layer_code(seen.vectors, seen.corpus, made, texts.kind())
    pictures = [grid_picture(made, seen.palette), picture]
    offer(seen, "grid", code, {"scores": columns_of(made)}, pictures, **facts_of(made))
    _beside(seen, made)


def columns_of(made: Grid) -> dict[str, list[Any]]:
    """A row a cell, the best first."""
    best = {(cell.layer, cell.pooling) for cell in made.best}
    cells = sorted(made.cells, key=lambda cell: -round(cell.mean, 6))  # ties: as in `best`
    words = made.problem.sequences is not None
    return {
        "Layer": [layer_label(cell.layer) for cell in cells],
        "Pooling": [pooling_label(cell.pooling, words=words) for cell in cells],
        score_label(made): [cell.mean for cell in cells],
        "From": [cell.interval[0] for cell in cells],
        "To": [cell.interval[1] for cell in cells],
        TIED: [(cell.layer, cell.pooling) in best for cell in cells],
    }


def facts_of(made: Grid) -> dict[str, Any]:
    """What the card of a grid says beside model and texts."""
    posed = made.problem
    return {
        "score": made.options.score,
        "measure": posed.measure,
        "transform": made.options.transform,
        "rows_measured": posed.n_rows,
        "categories": len(posed.labels),
        "folds": posed.n_folds,
        "seed": posed.seed,
        "sampling": list(posed.notes),
    }


def _beside(seen: View, made: Grid) -> None:
    """The grid of a second model on the same rows and folds, and which of the two is better."""
    names = [name for name in resources.model_names() if name != seen.choice.model]
    if not names:
        return
    other = address.chooser(
        st.selectbox,
        "Grid of another model beside it",
        ["", *names],
        format_func=lambda name: name or "None",
        key="grid_beside",
        default="",
        help="The same texts, rows and folds, read by another model of any size.",
    )
    if not other:
        return
    second = _of_other(seen, made, other)
    if second is None:
        return
    vectors, grid = second
    texts.say_taught(other, seen.corpus, other)
    picture = grid_picture(grid, seen.palette, beside=made)
    draw(picture, "bars_beside")
    st.text(compared({seen.choice.model: made, other: grid}))
    code = layer_code(vectors, seen.corpus, grid, texts.kind())
    offer(
        seen, "grid-beside", code, {"scores": columns_of(grid)}, [picture], first=False,
        **facts_of(grid) | {"model": other},
    )  # fmt: skip


def _of_other(seen: View, made: Grid, other: str) -> tuple[Vectors, Grid] | None:
    """Vectors and grid of another model; None while a person is asked whether to begin."""
    vectors = of_model(seen, other)
    poolings = tuple(name for name in made.poolings if name in vectors.poolings)
    how = made.options, made.poolings, made.problem.seed, made.problem.measure
    asked = Asked(
        made.problem,
        made.options,
        poolings or vectors.poolings[:1],
        ("grid", seen.key, other, seen.labels_key, *how),
    )
    if measured.ask_first(vectors, asked):
        return None
    job = measured.job_of(vectors, asked)
    return vectors, background.result(job, f"Measuring the grid of {other}", height=420)
