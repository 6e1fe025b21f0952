"""Suspicious labels, the learning curve, the changed space and the estimate tell what is so."""

from dataclasses import replace

import numpy as np
import pytest

from embedlib.errors import Cancelled, OptionError
from embedlib.geometry import cka
from embedlib.training.child import train
from embedlib.training.drift import drift, n_neighbours
from embedlib.training.estimating import estimate
from embedlib.training.learning_curve import (
    forecast_of,
    learning_curve,
    part_of,
    probe_fit,
    sizes_of,
)
from embedlib.training.regressions import regression
from embedlib.training.suspicion import N_FOLDS, doubtful, folds_of, out_of_fold
from tests.training import made


def clusters(n_each: int = 40, n_labels: int = 3, seed: int = 0):
    random = np.random.default_rng(seed)
    truth = np.repeat(np.arange(n_labels), n_each)
    centres = random.normal(size=(n_labels, 8)) * 4
    return (centres[truth] + random.normal(size=(len(truth), 8))).astype(np.float32), truth


def test_wrong_labels_are_the_first_to_be_doubted():
    vectors, truth = clusters(n_each=100)
    given = truth.copy()
    wrong = [3, 150, 290]
    given[wrong] = (given[wrong] + 1) % 3
    doubted = doubtful(out_of_fold(vectors, given, 3, seed=1), given)
    assert set(doubted[:3].tolist()) == set(wrong)
    assert len(doubtful(out_of_fold(vectors, truth, 3, seed=1), truth)) == 0


def test_no_row_is_judged_by_a_probe_that_saw_it():
    vectors, truth = clusters()
    folds = folds_of(truth, 0)
    for fold in range(N_FOLDS):
        assert (np.bincount(truth[folds == fold]) == 8).all()
    honest = out_of_fold(vectors, truth, 3, seed=0)
    lied = truth.copy()
    lied[folds == 2] = (lied[folds == 2] + 1) % 3
    # The labels of a fold do not reach its own judgements.
    np.testing.assert_allclose(
        out_of_fold(vectors, lied, 3, seed=0)[folds == 2], honest[folds == 2], atol=0.5
    )
    assert out_of_fold(vectors[:4], np.array([0, 0, 1, 1]), 2, 0).shape == (4, 2)


def test_a_learning_curve_rises_and_its_forecast_stays_in_bounds():
    vectors, truth = clusters(n_each=200)
    noise = np.random.default_rng(1).normal(size=vectors.shape).astype(np.float32) * 6
    rows = vectors + noise
    train_rows, test_rows = np.arange(0, 600, 2), np.arange(1, 600, 2)
    said = []
    curve = learning_curve(
        probe_fit(rows[train_rows], truth[train_rows], rows[test_rows], regression(0.03)),
        truth[train_rows],
        truth[test_rows],
        seed=0,
        progress=lambda done, total: said.append((done, total)),
    )
    assert [p.rows for p in curve.points] == sorted(p.rows for p in curve.points)
    assert curve.points[-1].rows == 300 and curve.points[-1].accuracy > curve.points[0].accuracy
    assert all(0 <= p.low <= p.accuracy <= p.high <= 1 for p in curve.points)
    assert said[-1][0] == said[-1][1] == len(said)
    assert curve.forecast.rows[-1] == 1_200 and "1,200 rows instead" in curve.forecast.sentence
    for low, middle, high in zip(
        curve.forecast.low, curve.forecast.accuracy, curve.forecast.high, strict=True
    ):
        assert 0 <= low <= middle <= high <= 1
    with pytest.raises(Cancelled):
        learning_curve(lambda r: r, truth, truth, 0, cancelled=lambda: True)


def test_a_forecast_follows_a_true_power_law():
    from embedlib.training.learning_curve import CurvePoint

    sizes = [50, 100, 200, 400, 800]
    errors = [2 * n**-0.5 for n in sizes]
    points = [CurvePoint(n, 1 - e, 0, 1, (1 - e,)) for n, e in zip(sizes, errors, strict=True)]
    found = forecast_of(points, n_test=1_000_000, seed=0)
    assert found.accuracy[-1] == pytest.approx(1 - 2 * found.rows[-1] ** -0.5, abs=0.01)
    assert forecast_of(points[:3], 100, 0) is None


def test_parts_grow_within_each_label():
    truth = np.array([0] * 90 + [1] * 10)
    for size in sizes_of(truth):
        rows = part_of(truth, size, 3)
        assert len(rows) == size == len(set(rows.tolist()))
        share = (truth[rows] == 1).mean()
        assert (truth[rows] == 1).any() and share < 0.3
    with pytest.raises(OptionError, match="at least 20 rows"):
        sizes_of(np.array([0, 1] * 5))


def test_a_turned_space_has_not_drifted_and_another_has():
    vectors, truth = clusters()
    labels = [f"l{n}" for n in truth]
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(8, 8)))[0].astype(np.float32)
    other = np.random.default_rng(9).normal(size=vectors.shape).astype(np.float32)
    same, moved = drift([vectors, vectors], [vectors @ turn, other], labels).layers
    assert same.similarity == pytest.approx(1, abs=1e-4) and same.neighbours_kept > 0.999
    assert same.separation_before == same.separation_after
    assert moved.similarity == pytest.approx(cka(vectors, other)) and moved.similarity < 0.2
    assert moved.neighbours_kept < 0.3 and moved.separation_after < moved.separation_before
    few = drift([vectors[:20]], [other[:20]], [""] * 20)
    assert few.layers[0].similarity is None and few.layers[0].separation_before is None


def test_a_run_tells_of_wrong_labels_more_data_and_the_changed_space(tmp_path, models_dir):
    data = made.examples()
    labels = list(data.labels)
    labels[0] = "water" if labels[0] != "water" else "money"
    run = made.run(
        tmp_path / "run",
        models_dir,
        data=replace(data, labels=tuple(labels)),
        epochs=2,
        learning_rate=3e-3,
        batch_size=16,
        rungs=("probe",),
    )
    train(run.folder)
    report = run.report()
    assert 0 in [one["row"] for one in report["suspicious"][:10]]
    assert report["learning_curve"]["points"] and report["learning_curve"]["forecast"]
    last, rows = report["learning_curve"]["points"][-1], report["data"]["rows"]
    ladder = {step["name"]: step["accuracy"]["value"] for step in report["ladder"]}
    assert last["accuracy"] == ladder["probe"]
    assert last["rows"] == rows["train"] + rows["validation"]
    layers = run.drift()["layers"]
    assert [one["layer"] for one in layers] == [0, 1, 2, 3]
    assert all(0 < one["neighbours_kept"] <= 1 for one in layers)
    assert "Suspicious labels" in (run.folder / "report.html").read_text("utf-8")


def test_an_estimate_measures_real_steps(tmp_path, models_dir):
    run = made.run(tmp_path / "run", models_dir, epochs=3, batch_size=8)
    found = estimate(run.settings, run.examples())
    assert (
        found.steps == -(-run.settings.data["rows"]["train"] // 8) * 3
        and found.texts_per_second > 1
        and found.seconds > 1
    )
    assert found.memory_bytes > 2**26 and found.disk_bytes > 10_000


def test_neighbours_that_are_compared_are_few_of_all_texts():
    assert [n_neighbours(n) for n in (3, 12, 31, 500)] == [1, 3, 10, 10]
