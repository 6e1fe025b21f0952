"""The certificate passes for a sound model and fails where vectors depend on their company."""

import numpy as np
import pytest

from embedlib import certificate
from embedlib.certificate import CHECKS, certify
from embedlib.errors import Cancelled, OptionError
from tests import tiny

TEXTS = ["the river flows to the sea", "a dog", "the savings bank is not slow", "the cat runs"]


@pytest.mark.parametrize("model", ["bert", "gpt2", "roberta"])
def test_a_sound_model_passes_every_check(model):
    verdicts = certify(tiny.encoder(model), TEXTS)
    assert [v.check for v in verdicts] == list(CHECKS)
    assert all(v.passed for v in verdicts), verdicts
    for verdict in verdicts[:3]:
        assert verdict.least_cosine == pytest.approx(1, abs=1e-5)
        assert verdict.neighbours_kept == 1
        assert verdict.largest_difference < 1e-3


def test_half_precision_is_not_the_same_and_leaves_the_model_in_full():
    encoder = tiny.encoder()
    half = certify(encoder, TEXTS)[-1]
    assert half.check == "bfloat16"
    assert 1e-4 < half.largest_difference < 0.2
    assert all(str(p.dtype) == "torch.float32" for p in encoder.model.parameters())


def test_vectors_that_depend_on_their_order_fail(monkeypatch):
    real = certificate._extracted

    def by_place(encoder, texts, layer):
        made = real(encoder, texts, layer)
        made[0, 0] += 5  # the first row of whatever is asked for
        return made

    monkeypatch.setattr(certificate, "_extracted", by_place)
    verdicts = {v.check: v for v in certify(tiny.encoder(), TEXTS)}
    assert not verdicts["reversed_order"].passed
    assert not verdicts["plain_transformers"].passed


def test_any_layer_can_be_certified():
    assert all(v.passed for v in certify(tiny.encoder(), TEXTS, layer=1))


def test_it_says_how_far_it_is_and_stops_when_asked():
    said = []
    certify(tiny.encoder(), TEXTS, progress=said.append)
    assert [p.done for p in said] == [0, 1, 2, 3]
    with pytest.raises(Cancelled):
        certify(tiny.encoder(), TEXTS, cancelled=lambda: True)
    with pytest.raises(OptionError, match="at least 3 texts, got 2"):
        certify(tiny.encoder(), TEXTS[:2])


def test_thresholds_are_cosines():
    assert all(0.9 < row.least_cosine < 1 for row in CHECKS.values())
    assert np.all([row.help for row in CHECKS.values()])
