"""The vectors that come with the project are those of the model and the sample of today."""

import numpy as np

from embedlib.models import DEFAULT
from embedlib.reading import SAMPLES, sample_corpus
from embedlib.records import TokenSettings
from embedlib.store.shipped import make, shipped
from tests.test_project import modules_after

CORPUS = sample_corpus(next(iter(SAMPLES)))


def test_shipped_vectors_are_what_the_model_makes_of_the_first_sample():
    found, made = shipped(DEFAULT, CORPUS.digest, TokenSettings()), make()
    np.testing.assert_allclose(found.arrays["mean"], made.arrays["mean"], rtol=0, atol=1e-5)
    assert found.encoder == made.encoder
    assert (found.layers, found.texts_digest) == (made.layers, made.texts_digest)
    np.testing.assert_array_equal(found.ledger.n_all, made.ledger.n_all)
    np.testing.assert_array_equal(found.ledger.n_kept, made.ledger.n_kept)
    np.testing.assert_array_equal(found.ledger.n_unknown, made.ledger.n_unknown)
    assert found.ledger.max_tokens == made.ledger.max_tokens


def test_anything_else_is_not_shipped():
    assert shipped("another model", CORPUS.digest, TokenSettings()) is None
    assert shipped(DEFAULT, "0" * 32, TokenSettings()) is None
    assert shipped(DEFAULT, CORPUS.digest, TokenSettings(prefix="query: ")) is None


def test_reading_them_needs_no_torch():
    statement = (
        "from embedlib.store.shipped import shipped; from embedlib.records import TokenSettings; "
        f"assert shipped({DEFAULT!r}, {CORPUS.digest!r}, TokenSettings())"
    )
    assert "torch" not in modules_after(statement)
