"""The functions in the child: the same results, for several at once, after a death or a stop."""

import os
import signal
import threading

import numpy as np
import pytest

from embedlib import projection
from embedlib.errors import Cancelled, OptionError, UnknownNameError, WorkerError
from embedlib.projection import worker
from tests.projection.made import FEW, groups

LONG = {"epochs": 2000}


@pytest.fixture(scope="module", autouse=True)
def _warmed():
    worker.warm()
    yield
    worker.close()


@pytest.mark.parametrize("method", list(projection.PROJECTIONS))
def test_the_child_gives_the_same_points(method):
    vectors, _ = groups()
    there = worker.project(vectors, method, seed=4, options=FEW[method])
    here = projection.project(vectors, method, seed=4, options=FEW[method])
    np.testing.assert_array_equal(there.points, here.points)
    assert there.options == here.options and there.versions == here.versions
    assert there.honesty.map == here.honesty.map


def test_every_function_answers_from_the_child():
    vectors, _ = groups()
    made = worker.project(vectors, options=FEW["umap"], labels=["a", "b", ""] * 20)
    assert made.labelled
    found = worker.neighbours(vectors, 4)
    np.testing.assert_array_equal(found.indices, projection.neighbours(vectors, 4).indices)
    assert worker.honesty(vectors, made.points, 5).k == 5
    assert worker.place(made, vectors, vectors[:2]).belongs.all()
    assert worker.stability(vectors, "pca").overall == 1
    assert worker.project_layers([vectors, vectors], "pca").points.shape == (2, 60, 2)


def test_progress_comes_from_the_child():
    said = []
    worker.project(groups()[0], options=LONG, progress=said.append)
    assert [p.done for p in said] == sorted(p.done for p in said)
    assert {p.note for p in said} >= {"Finding neighbours", "Laying out"}


def test_errors_of_the_child_keep_their_class_and_words():
    with pytest.raises(UnknownNameError, match="Did you mean umap"):
        worker.project(groups()[0], "umpa")
    with pytest.raises(OptionError, match="must be finite numbers, got nan in row 1"):
        worker.project([[1.0, 2.0], [np.nan, 1.0]])


def test_several_at_once_get_what_each_asked_for():
    sets = [groups(40 + n, seed=n)[0] for n in range(4)]
    made = {}

    def ask(number):
        made[number] = worker.project(sets[number], seed=number, options=FEW["umap"])

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    for number, vectors in enumerate(sets):
        here = projection.project(vectors, seed=number, options=FEW["umap"])
        np.testing.assert_array_equal(made[number].points, here.points)


def test_a_killed_child_gives_one_clear_message_and_the_next_request_works():
    def kill(_):
        os.kill(worker.resident().pid, signal.SIGKILL)

    with pytest.raises(WorkerError, match="The map was stopped by the system"):
        worker.project(groups(400)[0], options=LONG, progress=kill)
    assert worker.project(groups()[0], "pca").points.shape == (60, 2)


def test_stopping_ends_the_work_at_once_and_the_next_request_works():
    said = []
    before = worker.resident().pid
    with pytest.raises(Cancelled):
        worker.project(
            groups(2000)[0], options=LONG, progress=said.append, cancelled=lambda: bool(said)
        )
    assert worker.project(groups()[0], "pca").points.shape == (60, 2)
    assert worker.resident().pid != before
