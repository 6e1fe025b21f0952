"""Centroids and leave-one-out accuracy against brute force and scikit-learn."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.neighbors import NearestCentroid

from embedlib.errors import LimitError, OptionError
from embedlib.geometry import centroids, nearest_centroid_accuracy, wilson

RANDOM = np.random.default_rng(11)
LABELS = [f"c{number}" for number in RANDOM.integers(0, 5, 60)]
VECTORS = RANDOM.standard_normal((60, 7)) + np.eye(7)[[int(label[1]) for label in LABELS]] * 2


def by_brute_force(vectors: np.ndarray, labels: list[str], names: tuple[str, ...]) -> list[int]:
    """Each text's nearest centroid with every centroid made anew without that text."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    directions = vectors / np.where(lengths > 0, lengths, 1)
    predicted = []
    for left_out in range(len(vectors)):
        cosines = []
        for name in names:
            rows = [r for r, label in enumerate(labels) if label == name and r != left_out]
            mean = directions[rows].mean(axis=0) if rows else np.full(vectors.shape[1], np.nan)
            length = np.linalg.norm(mean)
            cosine = 0.0 if length < 1e-9 else directions[left_out] @ mean / length
            cosines.append(-np.inf if not rows else cosine)
        predicted.append(int(np.argmax(cosines)))
    return predicted


def test_centroids_are_the_means_of_scikit_learn():
    ours = centroids(VECTORS, LABELS)
    theirs = NearestCentroid().fit(VECTORS, LABELS)
    rows = [list(theirs.classes_).index(label) for label in ours.labels]
    np.testing.assert_allclose(ours.means, theirs.centroids_[rows], atol=1e-6)


def test_centroids_stand_by_size_and_then_by_first_appearance():
    ours = centroids(np.ones((6, 2)), ["b", "a", "c", "c", "a", ""])
    assert ours.labels == ("a", "c", "b") and ours.counts.tolist() == [2, 2, 1]


def test_normalised_centroids_do_not_depend_on_lengths():
    longer = VECTORS * RANDOM.uniform(0.1, 9, (60, 1))
    np.testing.assert_allclose(
        centroids(longer, LABELS, normalise=True).means,
        centroids(VECTORS, LABELS, normalise=True).means,
        atol=1e-6,
    )


def test_without_a_label_there_is_no_centroid():
    ours = centroids(np.ones((2, 3)), ["", ""])
    assert ours.labels == () and ours.means.shape == (0, 3)
    assert centroids(np.zeros((0, 3)), []).means.shape == (0, 3)


def test_leaving_one_out_in_closed_form_equals_doing_it():
    ours = nearest_centroid_accuracy(VECTORS, LABELS)
    brute = by_brute_force(VECTORS, LABELS, ours.labels)
    assert ours.predicted.tolist() == brute
    truth = [ours.labels.index(label) for label in LABELS]
    assert ours.accuracy == pytest.approx(accuracy_score(truth, brute))
    np.testing.assert_array_equal(ours.confusion, confusion_matrix(truth, brute))
    assert 0.3 < ours.accuracy < 1


@pytest.mark.parametrize("seed", range(8))
def test_closed_form_holds_with_single_texts_duplicates_and_zero_vectors(seed):
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((25, 4))
    vectors[3], vectors[10] = vectors[4], 0
    labels = [*"ABC", *(f"{n}" for n in random.integers(0, 3, 22))]
    ours = nearest_centroid_accuracy(vectors, labels)
    assert ours.predicted.tolist() == by_brute_force(vectors, labels, ours.labels)
    assert ours.n_single == 3


def test_a_text_whose_category_has_no_other_counts_as_wrong():
    ours = nearest_centroid_accuracy(np.eye(3), ["a", "a", "b"])
    assert ours.per_label[ours.labels.index("b")] == 0 and ours.n_single == 1


def test_its_own_vector_does_not_help_a_text():
    # Two opposite vectors a category: each text's own centroid, without it, points away.
    ours = nearest_centroid_accuracy([[1, 0], [-1, 0], [0, 1], [0, -1]], list("aabb"))
    assert ours.accuracy == 0


def test_categories_far_apart_are_told_apart():
    ours = nearest_centroid_accuracy(np.repeat(np.eye(3), 5, axis=0), [*"aaaaabbbbbccccc"])
    assert ours.accuracy == 1 and ours.interval[1] == 1 and ours.baseline == pytest.approx(1 / 3)
    np.testing.assert_array_equal(ours.confusion, np.eye(3) * 5)
    assert ours.per_label.tolist() == [1, 1, 1]
    assert tuple(ours.per_label_interval[0]) == pytest.approx(wilson(5, 5))


def test_texts_without_a_label_change_nothing_but_their_count():
    labels = [*LABELS, "", ""]
    ours = nearest_centroid_accuracy(np.concatenate([VECTORS, VECTORS[:2]]), labels)
    plain = nearest_centroid_accuracy(VECTORS, LABELS)
    assert ours.accuracy == plain.accuracy and ours.n_unlabelled == 2
    assert ours.predicted[-2:].tolist() == [-1, -1]


def test_more_texts_than_one_block_are_compared_alike():
    random = np.random.default_rng(0)
    labels = [f"c{n}" for n in random.integers(0, 4, 5000)]
    vectors = random.standard_normal((5000, 3)) + np.eye(4)[:, :3][[int(x[1]) for x in labels]]
    whole = nearest_centroid_accuracy(vectors, labels)
    order = random.permutation(5000)
    mixed = nearest_centroid_accuracy(vectors[order], [labels[row] for row in order])
    assert mixed.accuracy == whole.accuracy


def test_the_baseline_is_the_share_of_the_largest_category():
    assert nearest_centroid_accuracy(np.eye(4), list("aaab")).baseline == 0.75


@pytest.mark.parametrize("labels", [["a"] * 3, ["", "", ""], ["a", "", "a"]])
def test_one_category_is_refused(labels):
    with pytest.raises(OptionError, match="at least 2 categories, got"):
        nearest_centroid_accuracy(np.eye(3), labels)


def test_another_number_of_labels_is_refused():
    with pytest.raises(OptionError, match="one label a text, got 2 labels for 3 texts"):
        centroids(np.eye(3), ["a", "b"])


@pytest.mark.parametrize("wrong", [None, 3, 0.5])
def test_a_label_that_is_no_string_is_refused(wrong):
    with pytest.raises(OptionError, match="Every label must be a string, got"):
        centroids(np.eye(3), ["a", "b", wrong])


def test_as_many_categories_as_texts_are_refused(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_CATEGORIES", "3")
    with pytest.raises(LimitError, match="number of categories must be at most 3 categories"):
        nearest_centroid_accuracy(np.eye(4), list("abcd"))


@pytest.mark.parametrize(("n_right", "n"), [(8, 10), (0, 20), (50, 50), (1, 2), (7001, 10003)])
def test_wilson_gives_the_interval_of_scipy(n_right, n):
    theirs = binomtest(n_right, n).proportion_ci(method="wilson")
    assert wilson(n_right, n) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_wilson_refuses_more_right_than_there_are():
    with pytest.raises(OptionError, match="The number right must be a whole number from 0 to 3"):
        wilson(4, 3)
    with pytest.raises(OptionError, match="The number of texts must be a whole number from 1"):
        wilson(0, 0)
