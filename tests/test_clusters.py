"""Laws over CLUSTERINGS, and scores held against scikit-learn's own."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_score

from embedlib.clusters import CLUSTERINGS, cluster, finding, judging
from embedlib.errors import Cancelled, LimitError, OptionError, UnknownNameError

METHODS = list(CLUSTERINGS)


def blobs(n_each=30, n_groups=4, dim=40, spread=0.15, seed=0):
    """Groups of directions, and which group each text is of."""
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((n_groups, dim))
    truth = np.repeat(np.arange(n_groups), n_each)
    return centres[truth] + spread * generator.standard_normal((len(truth), dim)), truth


VECTORS, TRUTH = blobs()
KNOWN = {"kmeans": {"k": 4}, "hdbscan": {"min_cluster_size": 5}}


@pytest.mark.parametrize("method", METHODS)
def test_groups_that_are_there_are_found(method):
    found = cluster(VECTORS, method, KNOWN[method])
    assert adjusted_rand_score(TRUTH, found.codes) > 0.95
    assert found.stability > 0.9 and found.silhouette > 0.5


@pytest.mark.parametrize("method", METHODS)
def test_group_numbers_go_by_size_and_sizes_are_counted(method):
    vectors = np.concatenate([VECTORS, blobs(40, 1, seed=3)[0]])
    found = cluster(vectors, method, stability=False)
    assert list(found.sizes) == sorted(found.sizes, reverse=True)
    assert [int((found.codes == code).sum()) for code in range(len(found.sizes))] == [*found.sizes]
    assert sum(found.sizes) + round(found.noise * len(vectors)) == len(vectors)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_groups(method):
    first, second = (cluster(VECTORS, method, seed=7) for _ in range(2))
    np.testing.assert_array_equal(first.codes, second.codes)
    assert (first.silhouette, first.stability) == (second.silhouette, second.stability)


@pytest.mark.parametrize("method", METHODS)
def test_the_length_of_vectors_is_no_matter_and_inputs_stay_untouched(method):
    before = VECTORS.copy()
    lengths = np.random.default_rng(5).uniform(0.1, 10, (len(VECTORS), 1))
    scaled = cluster(VECTORS * lengths, method, stability=False)
    np.testing.assert_array_equal(scaled.codes, cluster(VECTORS, method, stability=False).codes)
    np.testing.assert_array_equal(VECTORS, before)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "vectors",
    [
        np.ones((6, 3)),
        np.zeros((4, 3)),
        np.eye(2),
        np.concatenate([np.zeros((3, 4)), np.ones((5, 4))]),
        np.array([[1.0], [2.0], [-1.0]]),
    ],
    ids=["equal", "zeros", "two", "zeros-and-equal", "one-dimension"],
)
def test_odd_vectors_give_groups_and_no_warning(method, vectors):
    found = cluster(vectors, method)
    assert found.codes.shape == (len(vectors),) and found.codes.dtype == np.int32
    assert found.silhouette is None or -1 <= found.silhouette <= 1


@pytest.mark.parametrize("method", METHODS)
def test_one_text_is_refused(method):
    with pytest.raises(OptionError, match="at least 2 texts, got 1"):
        cluster(VECTORS[:1], method)


def test_noise_alone_is_no_group():
    noise = np.random.default_rng(0).standard_normal((300, 15))
    found = cluster(noise, "hdbscan", {"min_cluster_size": 30, "min_samples": 10})
    assert found.sizes == () and found.noise == 1.0
    assert found.silhouette is None and found.stability is None


def test_noise_has_low_stability():
    noise = np.random.default_rng(0).standard_normal((300, 30))
    assert cluster(noise, "kmeans", {"k": 10}).stability < 0.5


def test_the_silhouette_is_scikit_learns_on_all_dimensions_of_grouped_texts():
    found = cluster(VECTORS, "hdbscan", {"min_cluster_size": 5}, stability=False)
    grouped = found.codes >= 0
    assert found.n_silhouette == grouped.sum()
    expected = silhouette_score(VECTORS[grouped], found.codes[grouped], metric="cosine")
    assert found.silhouette == pytest.approx(expected)


def test_a_silhouette_on_a_sample_says_its_size(monkeypatch):
    monkeypatch.setattr(judging, "SILHOUETTE_TEXTS", 50)
    found = cluster(VECTORS, "kmeans", {"k": 4}, stability=False)
    assert found.n_silhouette == 50
    assert found.silhouette == pytest.approx(
        silhouette_score(VECTORS, found.codes, metric="cosine"), abs=0.1
    )


def test_a_reduction_is_said_with_what_it_keeps():
    found = cluster(VECTORS, "hdbscan", stability=False)
    assert found.reduced_to == 30 and 0.5 < found.kept < 1
    assert cluster(VECTORS, "kmeans", stability=False).reduced_to is None


def test_a_setting_that_is_unknown_or_out_of_range_is_refused():
    with pytest.raises(OptionError, match="must be among k, got 'eps'"):
        cluster(VECTORS, "kmeans", {"eps": 1})
    with pytest.raises(OptionError, match="Number of groups must be a whole number from 2 to 120"):
        cluster(VECTORS, "kmeans", {"k": 500})
    with pytest.raises(UnknownNameError, match="must be one of hdbscan, kmeans"):
        cluster(VECTORS, "dbscan")


@pytest.mark.parametrize("row", CLUSTERINGS.values())
def test_defaults_are_within_their_bounds_for_any_number_of_texts(row):
    for n_texts in (2, 3, 10, 1_000, 200_000):
        chosen = finding._settings(row, {}, n_texts)
        assert all(count.least <= chosen[count.name] for count in row.counts)


def test_nan_is_refused_with_its_row():
    with pytest.raises(OptionError, match="must be finite numbers, got nan in row 1"):
        cluster([[1.0, 2.0], [float("nan"), 1.0]])


@pytest.mark.parametrize("row", CLUSTERINGS.values())
def test_more_texts_than_the_limit_are_refused_and_never_sampled(row, monkeypatch):
    monkeypatch.setenv(f"EMBEDLIB_{row.most_texts.upper()}", "10")
    with pytest.raises(LimitError, match=f"for {row.label} must be at most 10 texts, got 120"):
        cluster(VECTORS, row.name)


def test_progress_names_each_step_and_cancelling_stops_between_steps():
    told = []
    cluster(VECTORS, "kmeans", progress=told.append)
    assert [step.note for step in told] == [
        "Finding groups",
        "Measuring the groups",
        "Grouping parts of the texts again",
    ]
    with pytest.raises(Cancelled):
        cluster(VECTORS, "kmeans", cancelled=lambda: True)
