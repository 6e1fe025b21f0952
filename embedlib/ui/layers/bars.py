"""Error bars: the scores by layer with their intervals, and the table of all numbers."""

import streamlit as st

from embedlib.exporting.layer_pictures import curve_picture, pooling_label, score_label
from embedlib.figures import CONFIG
from embedlib.probes import Grid, layer_label
from embedlib.ui.layers.view import View


def show(seen: View, made: Grid | None) -> None:
    """Curves, then one row a cell, the best first."""
    if made is None:
        st.caption("The intervals stand here once the grid above is measured.")
        return
    picture = curve_picture(made, seen.palette)
    st.plotly_chart(picture.figure, theme=None, config=CONFIG, key="bars", alt=picture.alt)
    best = {(cell.layer, cell.pooling) for cell in made.best}
    cells = sorted(made.cells, key=lambda cell: -cell.mean)
    st.dataframe(
        {
            "Layer": [layer_label(cell.layer) for cell in cells],
            "Pooling": [pooling_label(cell.pooling) for cell in cells],
            score_label(made): [cell.mean for cell in cells],
            "From": [cell.interval[0] for cell in cells],
            "To": [cell.interval[1] for cell in cells],
            "Not beaten": [(cell.layer, cell.pooling) in best for cell in cells],
        },
        hide_index=True,
        height=320,
        column_config={
            name: st.column_config.NumberColumn(format="%.4f")
            for name in (score_label(made), "From", "To")
        },
        alt="The score of every layer and pooling with its interval",
    )
    st.caption(
        "Not beaten: not worse than the best beyond noise, by a paired t test over folds that is "
        "corrected for overlapping training sets (Nadeau and Bengio 2003) and for the number of "
        "cells (Holm 1979)."
    )
