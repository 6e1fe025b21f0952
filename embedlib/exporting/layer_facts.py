"""layer_facts: grids and reports as plain values, for JSON and tables; NaN becomes None."""

from typing import Any

import numpy as np

from embedlib.exporting.layer_report import LayerReport
from embedlib.exporting.layer_words import conclusions, finding
from embedlib.probes import Grid
from embedlib.records import Floats

FORMAT = "embedlib layers 1"


def grid_rows(made: Grid) -> list[dict[str, Any]]:
    """A grid as plain rows: layer, pooling, mean, interval, folds, and whether it is tied.

    "unbeaten" is true of the best, and of what cannot be told apart from it.
    """
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
        "conclusions": list(conclusions(made)),
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


def _number(value: float) -> float | None:
    return None if not np.isfinite(value) else round(float(value), 6)


def _table(values: Floats) -> list[list[float | None]]:
    return [[_number(value) for value in row] for row in values]
