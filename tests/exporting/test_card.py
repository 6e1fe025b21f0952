"""The card says everything that decided the numbers."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from embedlib.exporting.card import card, licence


def test_card_names_model_setting_data_and_versions(vectors, corpus):
    facts = card(vectors, corpus, "cls", 2, normalise=True)
    assert facts["model"] == "all-MiniLM-L6-v2"
    assert facts["source"] == "bundled" and facts["revision"] == ""
    assert facts["weights_sha256"] == "53aa" * 16
    assert (facts["layer"], facts["pooling"], facts["l2_normalised"]) == (2, "cls", True)
    assert facts["prefix"] == "query: " and facts["special_tokens_pooled"] is True
    assert (facts["max_tokens"], facts["windows"]) == (256, False)
    assert (facts["rows"], facts["rows_left_out"]) == (7, 1)
    assert facts["texts_cut"] == 1
    assert facts["share_of_tokens_lost"] == vectors.ledger.share_lost > 0
    assert (facts["number_format"], facts["device"]) == ("float32", "cpu")
    assert facts["data"] == "awkward.csv" and facts["data_digest"] == corpus.digest
    assert set(facts["versions"]) == {"python", "torch", "transformers", "embedlib"}
    assert facts["versions"]["torch"] == "2.13.0", "the version that made the vectors"
    assert facts["seconds"] == 1.25
    assert abs(datetime.fromisoformat(facts["date"]) - datetime.now(UTC)).total_seconds() < 60


def test_card_is_plain_json(vectors, corpus):
    facts = card(vectors, corpus, "mean", "mean_last_4")
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert facts["layer"] == "mean_last_4"


def test_negative_layer_is_resolved(vectors, corpus):
    assert card(vectors, corpus, "mean", -1)["layer"] == 4


def test_licence_comes_from_the_catalog(vectors):
    encoder = vectors.encoder
    assert licence(encoder) == "Apache-2.0"
    assert licence(replace(encoder, source="hub", name="someone/unknown")) is None
    assert licence(replace(encoder, source="folder")) is None, "a folder may hold anything"
