"""Export and code: the grid as CSV and JSON, the whole report as a file, and the Python for it."""

import csv
import io
import json
from collections.abc import Callable

import streamlit as st

from embedlib.exporting import card
from embedlib.exporting.layer_code import layer_code
from embedlib.exporting.layer_facts import facts, grid_facts, grid_rows
from embedlib.exporting.layer_page import as_html
from embedlib.exporting.layer_report import measured
from embedlib.probes import Grid
from embedlib.records import Progress
from embedlib.ui import texts
from embedlib.ui.background import background
from embedlib.ui.layers.taking import picture_format
from embedlib.ui.layers.view import View


def show(seen: View, made: Grid | None) -> None:
    """Files on the left, code on the right."""
    made_of = card(seen.vectors, seen.corpus, seen.pooling, seen.choice.layer)
    left, right = st.columns([2, 3], gap="large")
    with left:
        if made is None:
            st.caption("The grid can be saved once it is measured.")
        else:
            _grid_files(made, made_of)
        _report(seen, made, made_of)
        picture_format()
        with st.expander("Card: what made these vectors"):
            st.code(json.dumps(made_of, indent=2, ensure_ascii=False), language="json")
    with right:
        st.subheader("Code", anchor=False)
        st.code(
            layer_code(seen.vectors, seen.corpus, made, texts.kind()),
            language="python",
            wrap_lines=True,
        )
        st.caption(
            "The address of this page restores score, transform, tab and the choices of each "
            "panel. Pasted texts and files are not in it. Below every other panel stand its own "
            "tables, pictures, code and card."
        )


def _grid_files(made: Grid, made_of: dict[str, object]) -> None:
    rows = grid_rows(made)
    table = io.StringIO()
    names = ["layer", "pooling", "mean", "low", "high", "unbeaten"]
    writer = csv.DictWriter(table, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with st.container(horizontal=True):
        st.download_button(
            "Grid as CSV", table.getvalue(), "grid.csv", "text/csv", on_click="ignore"
        )
        st.download_button(
            "Grid with card as JSON",
            json.dumps({"grid": grid_facts(made), "card": made_of}, indent=1),
            "grid.json",
            "application/json",
            on_click="ignore",
        )


def _report(seen: View, made: Grid | None, made_of: dict[str, object]) -> None:
    """The report of the command line, made when asked for."""
    if not st.toggle("Report with health and relations", key="report", bind="query-params"):
        return

    def work(progress: Callable[[Progress], None], cancelled: Callable[[], bool]):
        report = measured(seen.vectors, None, card=made_of, progress=progress, cancelled=cancelled)
        return report

    report = background(
        ("layer report", seen.key, seen.pooling), work, "Measuring health and relations", height=160
    )
    if made is not None:
        from dataclasses import replace

        report = replace(report, grids=(made,))
    with st.container(horizontal=True):
        st.download_button(
            "Report as HTML",
            lambda: as_html(report, f"Layers: {seen.corpus.name}"),
            "layers.html",
            "text/html",
            on_click="ignore",
            type="primary",
        )
        st.download_button(
            "Numbers as JSON",
            json.dumps(facts(report), indent=1),
            "layers.json",
            "application/json",
            on_click="ignore",
        )
