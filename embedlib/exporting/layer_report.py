"""layer_report: what the layers and poolings of some texts know, measured, as HTML and as JSON.

A new part is a picture in `pictures` and an entry in `facts`.
"""

import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embedlib.errors import OptionError
from embedlib.exporting.layer_pictures import (
    curve_picture,
    finding,
    grid_picture,
    pooling_label,
    relation_picture,
)
from embedlib.figures import CONFIG, PALETTES, Palette, Picture
from embedlib.geometry import (
    HEALTH,
    cka_matrix,
    health,
    neighbour_overlap,
    neighbour_rows,
)
from embedlib.geometry.relations import LEAST_TEXTS
from embedlib.limits import LIMITS
from embedlib.probes import Grid, GridOptions, Problem, grid, layer_label
from embedlib.records import Floats, Longs, Progress, Vectors

FORMAT = "embedlib layers 1"
NEIGHBOURS = 10


@dataclass(frozen=True, eq=False)
class Relations:
    """How alike every two layers of one pooling are.

    Args:
        layers: Their numbers.
        pooling: A row of POOLINGS.
        rows: (text,) rows of the texts that were compared.
        cka: (layer, layer) debiased CKA, or None for too few texts.
        overlap: (layer, layer) mean share of the 10 nearest texts that two layers have in common.
        chance: The overlap of unrelated spaces.
    """

    layers: tuple[int, ...]
    pooling: str
    rows: Longs
    cka: Floats | None
    overlap: Floats
    chance: float


@dataclass(frozen=True, eq=False)
class LayerReport:
    """Everything that was measured.

    Args:
        grids: One a score.
        health: Name of a measure to (layer,) values, for `relations.pooling`.
        relations: How layers relate.
        notes: What was sampled or left out.
        card: How the vectors came about.
    """

    grids: tuple[Grid, ...]
    health: Mapping[str, Floats]
    relations: Relations
    notes: tuple[str, ...]
    card: Mapping[str, Any]


def measured(
    vectors: Vectors,
    problem: Problem | None,
    scores: Sequence[str] = ("linear",),
    *,
    weighted: bool = False,
    card: Mapping[str, Any] | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> LayerReport:
    """Measure scores (with labels), health and relations of all layers.

    Args:
        vectors: Of all texts.
        problem: What is to be told apart; None without labels, then there are no grids.
        scores: Rows of SCORES.
        weighted: Whether a learned weighted sum of layers is among the rows.
        card: How the vectors came about.
        progress: As `grid` calls it.
        cancelled: As `grid` asks it.

    Raises:
        OptionError: If there are fewer than 3 texts.
        Cancelled: If `cancelled` said so.
    """
    if vectors.n_texts < 3:
        raise OptionError(
            f"A report on layers needs at least 3 texts, got {vectors.n_texts}.", "Add texts."
        )
    grids: list[Grid] = []
    for score in scores:
        if problem is None:
            break
        asked = GridOptions(score, weighted=weighted)
        grids.append(grid(vectors, problem, asked, progress=progress, cancelled=cancelled))
    pooling = vectors.poolings[0]
    rows, notes = sampled_rows(vectors.n_texts)
    found = relations(vectors, pooling, rows)
    lengths = vectors.ledger.n_kept[rows]
    by_layer = [health(layer[rows], lengths) for layer in vectors.arrays[pooling]]
    values = {name: np.array([one[name] for one in by_layer], dtype=np.float32) for name in HEALTH}
    said = (*(problem.notes if problem is not None else ()), *notes)
    return LayerReport(tuple(grids), values, found, said, card or {})


def sampled_rows(n_texts: int, seed: int = 0) -> tuple[Longs, tuple[str, ...]]:
    """The rows that health and relations are measured on, and a note where they are a sample."""
    most = LIMITS["health_texts"].value
    if n_texts <= most:
        return np.arange(n_texts), ()
    rows = np.sort(np.random.default_rng(seed).choice(n_texts, most, replace=False))
    note = f"Health and relations are of a random {most:,} of {n_texts:,} texts (seed {seed})."
    return rows, (note,)


def relations(vectors: Vectors, pooling: str, rows: Longs) -> Relations:
    """CKA and neighbour overlap of every two layers, on some texts.

    Args:
        vectors: Of all texts.
        pooling: One that was extracted.
        rows: (text,) which texts; at least 2.
    """
    spaces = [np.asarray(layer[rows]) for layer in vectors.arrays[pooling]]
    n = min(NEIGHBOURS, len(rows) - 1)
    return Relations(
        layers=vectors.layers,
        pooling=pooling,
        rows=rows,
        cka=cka_matrix(spaces) if len(rows) >= LEAST_TEXTS else None,
        overlap=overlaps([neighbour_rows(space, n) for space in spaces]),
        chance=n / (len(rows) - 1),
    )


def overlaps(neighbours: Sequence[Longs], others: Sequence[Longs] | None = None) -> Floats:
    """(space, other space) mean share of neighbours in common."""
    return np.array(
        [
            [neighbour_overlap(one, other).mean() for other in others or neighbours]
            for one in neighbours
        ],
        dtype=np.float32,
    )


def grid_rows(made: Grid) -> list[dict[str, Any]]:
    """A grid as plain rows: layer, pooling, mean, interval, folds, and whether it is unbeaten."""
    best = {(cell.layer, cell.pooling) for cell in made.best}
    rows = []
    for layer in made.layers:
        for pooling in made.poolings:
            cell = made.cell(layer, pooling)
            if cell is None:
                continue
            low, high = cell.interval
            rows.append(
                {
                    "layer": layer,
                    "pooling": pooling,
                    "mean": _number(cell.mean),
                    "low": _number(low),
                    "high": _number(high),
                    "unbeaten": (layer, pooling) in best,
                    "folds": [_number(score) for score in cell.folds],
                    "weights": None
                    if cell.weights is None
                    else [_number(share) for share in cell.weights],
                }
            )
    return rows


def grid_facts(made: Grid) -> dict[str, Any]:
    """A grid as JSON takes it: its rows, and what they have to be held against."""
    return {
        "score": made.options.score,
        "measure": made.problem.measure,
        "transform": made.options.transform,
        "rows": made.problem.n_rows,
        "categories": len(made.problem.labels),
        "folds": made.problem.n_folds,
        "seed": made.problem.seed,
        "notes": list(made.problem.notes),
        "shuffled_labels": {
            pooling: _number(score)
            for pooling, score in zip(made.poolings, made.shuffled, strict=True)
        },
        "largest_category": _number(made.problem.largest_share),
        "finding": finding(made),
        "seconds": round(made.seconds, 2),
        "cells": grid_rows(made),
    }


def facts(report: LayerReport) -> dict[str, Any]:
    """The whole report as JSON takes it."""
    return {
        "format": FORMAT,
        "grids": [grid_facts(made) for made in report.grids],
        "layers": list(report.relations.layers),
        "pooling_of_health_and_relations": report.relations.pooling,
        "texts_compared": len(report.relations.rows),
        "health": {
            name: [_number(value) for value in values] for name, values in report.health.items()
        },
        "cka": None if report.relations.cka is None else _table(report.relations.cka),
        "neighbour_overlap": _table(report.relations.overlap),
        "neighbour_overlap_by_chance": _number(report.relations.chance),
        "notes": list(report.notes),
        "card": dict(report.card),
    }


def pictures(report: LayerReport, palette: Palette) -> list[Picture]:
    """The pictures in order of reading."""
    found = []
    for made in report.grids:
        found += [grid_picture(made, palette), curve_picture(made, palette)]
    between = report.relations
    names = [layer_label(layer) for layer in between.layers]
    n_texts = len(between.rows)
    if between.cka is not None:
        found.append(
            relation_picture(between.cka, names, names, palette, measure="CKA", n_texts=n_texts)
        )
    found.append(
        relation_picture(
            between.overlap,
            names,
            names,
            palette,
            measure="Overlap of the 10 nearest",
            n_texts=n_texts,
            chance=between.chance,
        )
    )
    return found


def as_html(report: LayerReport, title: str) -> str:
    """The report as one HTML file that needs no network; Plotly is inside it.

    Args:
        report: What was measured.
        title: The heading; any text.
    """
    import plotly.io

    palette = PALETTES["light"]
    drawn = []
    for number, one in enumerate(pictures(report, palette)):
        drawn.append(
            plotly.io.to_html(
                one.figure,
                config=dict(CONFIG),  # Plotly takes keys out of what it is given
                include_plotlyjs=number == 0,
                full_html=False,
                div_id=f"picture-{number}",
            )
        )
        drawn.append(f"<p class='alt'>{html.escape(one.alt)}</p>")
    if not report.grids:
        drawn.insert(0, "<p>Scores need labels: none were given.</p>")
    return _PAGE.format(
        title=html.escape(title),
        notes="".join(f"<p>{html.escape(note)}</p>" for note in report.notes),
        pictures="\n".join(drawn),
        health=_health_table(report),
        card=html.escape(json.dumps(facts(report)["card"], indent=2, ensure_ascii=False)),
    )


def _health_table(report: LayerReport) -> str:
    head = "".join(f"<th>{html.escape(row.label)}</th>" for row in HEALTH.values())
    rows = []
    for place, layer in enumerate(report.relations.layers):
        numbers = [float(report.health[name][place]) for name in HEALTH]
        cells = "".join(f"<td>{'' if np.isnan(x) else format(x, '.3g')}</td>" for x in numbers)
        rows.append(f"<tr><th>{html.escape(layer_label(layer))}</th>{cells}</tr>")
    words = any(made.problem.sequences is not None for made in report.grids)
    pooling = html.escape(pooling_label(report.relations.pooling, words=words))
    return (
        f"<h2>Health of each layer ({pooling})</h2>"
        f"<table><tr><th></th>{head}</tr>{''.join(rows)}</table>"
        + "".join(
            f"<p class='alt'>{html.escape(row.label)}: {html.escape(row.help)}</p>"
            for row in HEALTH.values()
        )
    )


def _number(value: float) -> float | None:
    return None if not np.isfinite(value) else round(float(value), 6)


def _table(values: Floats) -> list[list[float | None]]:
    return [[_number(value) for value in row] for row in values]


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none';
 script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:">
<style>
body {{ font-family: system-ui, sans-serif; color: #1B2430; max-width: 980px; margin: 2rem auto;
 padding: 0 1rem; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.3rem 0.7rem; border-bottom: 1px solid #DCE1E7; text-align: right; }}
th {{ font-weight: 600; }}
.alt {{ color: #5B6675; font-size: 0.9rem; }}
pre {{ background: #F4F6F8; padding: 1rem; overflow-x: auto; }}
</style></head><body>
<h1>{title}</h1>
{notes}
{pictures}
{health}
<h2>Card: what made these vectors</h2>
<pre>{card}</pre>
</body></html>
"""
