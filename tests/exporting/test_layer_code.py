"""The shown code makes the grid that is on screen; pictures and facts agree with it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from embedlib.exporting.layer_code import layer_code
from embedlib.exporting.layer_facts import facts, grid_facts
from embedlib.exporting.layer_page import as_html
from embedlib.exporting.layer_pictures import grid_picture, relation_picture
from embedlib.exporting.layer_report import measured, sampled_rows
from embedlib.figures import PALETTES
from embedlib.probes import GridOptions, grid, problem
from embedlib.reading import sample_corpus
from tests.probes.made import clusters, posed, stored

GOOD, LABELS = clusters(60, 3, spread=0.2)
NOISE = np.random.default_rng(9).standard_normal(GOOD.shape).astype(np.float32)
VECTORS = stored({"mean": np.stack([NOISE, GOOD]), "cls": np.stack([NOISE, NOISE])})
MADE = grid(VECTORS, posed(LABELS), GridOptions("centroid"))


def test_the_code_of_a_sample_makes_the_same_cells(tmp_path, monkeypatch):
    from embedlib import embed

    monkeypatch.setenv("EMBEDLIB_HOME", str(tmp_path))
    corpus = sample_corpus("service")
    vectors = embed(corpus.texts, poolings=("mean", "cls"))
    posed_here = problem(corpus.labels, corpus.texts, seed=3, measure="macro_f1")
    options = GridOptions("centroid", "centred", mixes=False)
    made = grid(vectors, posed_here, options)
    scope: dict[str, object] = {}
    exec(layer_code(vectors, corpus, made, "sample"), scope)
    again = scope["made"]
    assert [c.folds.tolist() for c in again.cells] == [c.folds.tolist() for c in made.cells]


def test_without_labels_the_code_says_what_the_layers_are_like(capsys):
    corpus = replace(sample_corpus("service"), name="pasted", labels=None, label_column=None)
    code = layer_code(VECTORS, corpus, None, "lines")
    compile(code, "shown", "exec")
    assert "from embedlib.geometry import health" in code


def test_a_grid_that_is_not_whole_has_gaps_and_no_stars():
    picture = grid_picture(replace(MADE, cells=MADE.cells[:3]), PALETTES["light"])
    written = picture.figure.data[2].text
    assert sum(text == "·" for text in written) == 7
    assert not any("★" in text for text in written)


def test_the_setting_of_the_app_is_framed():
    picture = grid_picture(MADE, PALETTES["light"], chosen=(1, "cls"))
    shape = picture.figure.layout.shapes[0]
    assert ((shape.x0 + shape.x1) / 2, (shape.y0 + shape.y1) / 2) == (1, 1)
    assert not grid_picture(MADE, PALETTES["light"], chosen=(5, "cls")).figure.layout.shapes


def test_facts_are_plain_json_and_agree_with_the_grid():
    plain = json.loads(json.dumps(grid_facts(MADE), allow_nan=False))
    assert plain["cells"][0]["folds"] == pytest.approx(
        MADE.cell(0, "mean").folds.tolist(), abs=1e-5
    )
    assert {(c["layer"], c["pooling"]) for c in plain["cells"] if c["unbeaten"]} == {
        (c.layer, c.pooling) for c in MADE.best
    }


def test_a_report_without_labels_has_health_and_relations_alone():
    report = measured(VECTORS, None)
    plain = json.loads(json.dumps(facts(report), allow_nan=False))
    assert plain["grids"] == [] and np.shape(plain["cka"]) == (2, 2)
    page = as_html(report, "<b>title</b>")
    assert "<title>&lt;b&gt;title&lt;/b&gt;</title>" in page
    assert "Scores need labels" in page


def test_relations_say_on_how_many_texts_they_are():
    picture = relation_picture(
        np.eye(2), ["Layer 0", "Layer 1"], ["Layer 0", "Layer 1"], PALETTES["dark"],
        measure="CKA", n_texts=60,
    )  # fmt: skip
    assert "Least alike: layer 0 and layer 1 (0)" in picture.alt
    assert "60 texts" in picture.alt


def test_large_data_is_sampled_and_it_is_said(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_HEALTH_TEXTS", "20")
    rows, notes = sampled_rows(60)
    assert len(set(rows.tolist())) == 20 and "random 20 of 60 texts (seed 0)" in notes[0]
    assert sampled_rows(20)[1] == ()
