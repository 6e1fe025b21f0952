"""Options are numbers with a range; what is in force is always complete."""

import numpy as np
import pytest

from embedlib.errors import LimitError, OptionError, UnknownNameError
from embedlib.projection import PROJECTIONS, project
from embedlib.projection.options import in_force
from tests.projection.made import groups


@pytest.mark.parametrize("method", list(PROJECTIONS))
def test_every_option_has_words_and_a_default_in_its_range(method):
    for name, option in PROJECTIONS[method].options.items():
        assert option.name == name and option.help.endswith(".") and option.label
        assert option.checked(option.default) == option.default
        assert option.checked(option.least) == option.least
        assert option.whole == isinstance(option.checked(option.most), int)
    assert set(in_force(PROJECTIONS[method].options, None)) == set(PROJECTIONS[method].options)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1, "n_neighbours must be a whole number from 2 to 200, got 1. Leave it out for 15"),
        (2.5, "whole number"),
        ("15", "got '15'"),
        (True, "got True"),
        (None, "got None"),
        (float("nan"), "got nan"),
    ],
)
def test_a_value_outside_is_refused_in_words(value, words):
    with pytest.raises(OptionError, match=words):
        project(groups()[0], options={"n_neighbours": value})


def test_numbers_of_numpy_and_whole_floats_are_taken():
    options = PROJECTIONS["umap"].options
    assert in_force(options, {"n_neighbours": np.int64(5), "epochs": 20.0})["epochs"] == 20
    assert in_force(options, {"min_dist": np.float32(0.5)})["min_dist"] == 0.5


def test_unknown_options_name_the_known_ones():
    with pytest.raises(UnknownNameError, match="must be one of n_neighbours, min_dist"):
        project(groups()[0], options={"neighbours": 5})
    with pytest.raises(OptionError, match="This method has no options, got 'epochs'"):
        project(groups()[0], "pca", options={"epochs": 5})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"n_dims": 1}, "n_dims of UMAP must be 2 or 3, got 1"),
        ({"n_dims": True}, "got True"),
        ({"seed": -1}, "The seed must be a whole number from 0 to 4294967295"),
        ({"start": np.zeros((60, 3))}, r"The start must have the shape \(60, 2\)"),
    ],
)
def test_other_settings_are_refused_in_words(settings, words):
    with pytest.raises(OptionError, match=words):
        project(groups()[0], **settings)


def test_neighbours_of_other_vectors_are_refused():
    from embedlib.projection import neighbours

    for other in (neighbours(groups(50)[0], 5), neighbours(groups()[0], 5, metric="euclidean")):
        with pytest.raises(OptionError, match="must be those of these 60 vectors by cosine"):
            project(groups()[0], neighbours=other)


def test_more_vectors_than_a_map_may_have_are_refused(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_MAP_POINTS", "59")
    with pytest.raises(LimitError, match="must be at most 59 points, got 60"):
        project(groups()[0])
