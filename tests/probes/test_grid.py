"""The grid: every cell, partial results, cancel, and the learned sum."""

import numpy as np
import pytest

from embedlib.errors import Cancelled, OptionError
from embedlib.probes import WEIGHTED, GridOptions, grid, layer_label, score_cell
from tests.probes.made import clusters, posed, stored

GOOD, LABELS = clusters(60, 3, spread=0.2)
NOISE = np.random.default_rng(9).standard_normal(GOOD.shape).astype(np.float32)
VECTORS = stored({"mean": np.stack([NOISE, GOOD]), "max": np.stack([NOISE, NOISE + GOOD])})
PROBLEM = posed(LABELS)


def test_every_layer_mix_and_pooling_has_a_cell():
    made = grid(VECTORS, PROBLEM)
    assert made.layers == (0, 1, "mean_last_4", "concat_last_4", "mean_all")
    assert made.done and len(made.cells) == 10
    assert made.cell(1, "mean").mean > 0.95
    assert made.cell(0, "mean").mean < 0.6
    assert (1, "mean") in {(cell.layer, cell.pooling) for cell in made.best}
    assert (0, "mean") not in {(cell.layer, cell.pooling) for cell in made.best}
    assert 0.1 < made.baseline < 0.6


def test_partial_grids_come_as_they_are_made_with_the_last_layer_first():
    seen, said = [], []
    whole = grid(VECTORS, PROBLEM, partial=seen.append, progress=said.append)
    assert [len(part.cells) for part in seen] == [*range(1, 11), 10, 10]
    assert seen[0].cells[0].layer == 1
    assert seen[3].cell("mean_all", "mean") is None
    assert (said[0].done, said[-1].done, said[-1].total) == (0, 12, 12)
    assert seen[-1].shuffled == whole.shuffled


def test_it_stops_when_asked():
    seen = []
    with pytest.raises(Cancelled):
        grid(VECTORS, PROBLEM, partial=seen.append, cancelled=lambda: len(seen) == 2)
    assert len(seen) == 2


def test_cells_do_not_depend_on_the_rest_of_the_grid():
    made = grid(VECTORS, PROBLEM, GridOptions("centroid", mixes=False))
    alone = score_cell(VECTORS, PROBLEM, 1, "max", made.options)
    assert made.cell(1, "max").folds.tolist() == alone.folds.tolist()


def test_a_transform_acts_before_the_score():
    shifted = stored({"mean": np.stack([GOOD + 50, GOOD + 50])})
    raw = score_cell(shifted, PROBLEM, 1, "mean", GridOptions("silhouette")).mean
    centred = score_cell(shifted, PROBLEM, 1, "mean", GridOptions("silhouette", "centred")).mean
    plain = score_cell(VECTORS, PROBLEM, 1, "mean", GridOptions("silhouette", "centred")).mean
    assert centred > raw + 0.1 or centred == pytest.approx(plain, abs=0.02)


def test_rows_of_other_texts_are_refused():
    with pytest.raises(OptionError, match="those of the 60 texts, got row 79"):
        grid(VECTORS, posed(["a", "b"] * 40))


def test_layers_have_names():
    assert layer_label(3) == "Layer 3"
    assert layer_label("concat_last_4") == "Last four side by side"
    assert layer_label(WEIGHTED) == "Learned weighted sum"
