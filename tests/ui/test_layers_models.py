"""The Layers page with models of other sizes, with and without a language-modelling head."""

import re
from collections.abc import Iterator

import numpy as np
import pytest

from embedlib import embed, geometry, load
from embedlib.attention.lens import logit_lens
from embedlib.extract import token_vectors
from embedlib.reading import sample_corpus
from embedlib.ui import resources
from embedlib.words import spans_of_word, tokens_of_spans
from tests.models.folders import save_language_model
from tests.ui.test_layers_export import frame, run, taken
from tests.ui.test_layers_page import layers
from tests.ui.test_pages import PATIENCE_SECONDS, captions, pictures

__all__ = ["taken"]  # a fixture of that module
MASKED, CAUSAL = "small-bert", "wide-gpt2"
SHAPES = {MASKED: (4, 16), CAUSAL: (6, 24)}  # layers with the embeddings, dimensions
LENS = {"layers_view": "A word's journey", "lens": "true", "lens_text": "3"}


@pytest.fixture(autouse=True, scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A masked model of 3 blocks and 16 dimensions and a causal one of 5 and 24, beside ours."""
    root = tmp_path_factory.mktemp("models")
    save_language_model(root / MASKED, "bert")
    save_language_model(root / CAUSAL, "gpt2", n_layer=5, n_embd=24)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDLIB_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("EMBEDLIB_MODELS_DIR", str(root))
        patch.setattr("embedlib.ui.background.PATIENCE_SECONDS", PATIENCE_SECONDS)
        for made in (resources.store, resources.jobs):
            made.cache_clear()
        yield
        for made in (resources.store, resources.jobs):
            made.cache_clear()


@pytest.fixture(scope="module")
def spaces() -> dict[str, np.ndarray]:
    """Model to (layer, text, dim) of the sample, by the library."""
    texts = sample_corpus("service").texts
    found = {name: embed(texts, name).arrays["mean"] for name in SHAPES}
    assert {name: (len(one), one.shape[2]) for name, one in found.items()} == SHAPES
    return found


@pytest.mark.parametrize("measure", ["cka", "overlap"])
def test_layers_of_two_models_of_different_sizes_are_related(taken, spaces, measure):
    address = {"relation": measure, "pair_a": "1", "pair_b": "5"}
    at = layers(data="service", model=MASKED, layers_view="Relations", beside=CAUSAL, **address)
    one, other = (list(spaces[name]) for name in SHAPES)
    if measure == "cka":
        expected = geometry.cka_matrix(one, other)
    else:
        near = [[geometry.neighbour_rows(space, 10) for space in own] for own in (one, other)]
        expected = [[geometry.neighbour_overlap(a, b).mean() for b in near[1]] for a in near[0]]
    table = frame(taken[0], "relations").drop(columns="layer")
    np.testing.assert_allclose(table, expected, atol=1e-5)
    assert table.shape == (4, 6) and table.columns[5] == f"{CAUSAL} layer 5"
    assert "Most alike" in pictures(at)[-1]
    kept = geometry.neighbour_overlap(
        geometry.neighbour_rows(one[1], 10), geometry.neighbour_rows(other[5], 10)
    )
    assert any(f"{kept.mean():.1%} of the neighbours" in text.value for text in at.text)
    scope = run(taken[0].code)
    np.testing.assert_allclose(scope["table"], expected, atol=1e-5)
    np.testing.assert_allclose(scope["kept"], kept, atol=1e-6)


def test_the_grid_of_a_second_model_stands_beside_the_first_on_the_same_folds(taken):
    at = layers(data="service", model=MASKED, layers_view="Error bars", grid_beside=CAUSAL)
    first, second = taken
    assert (first.card["folds"], first.card["seed"]) == (second.card["folds"], second.card["seed"])
    assert set(frame(first, "scores")["Layer"]) < set(frame(second, "scores")["Layer"])
    sentence = next(text.value for text in at.text if "at its highest cell" in text.value)
    bests = {name: frame(one, "scores").iloc[0, 2] for name, one in zip(SHAPES, taken, strict=True)}
    assert sentence.startswith(max(bests, key=bests.get))
    assert re.search("is ahead of .* beyond noise|cannot be told apart", sentence)
    cells = sorted((cell.mean for cell in run(second.code)["made"].cells), reverse=True)
    np.testing.assert_allclose(frame(second, "scores").iloc[:, 2], cells, atol=1e-6)


def test_a_second_model_that_has_seen_the_texts_is_named(monkeypatch):
    seen = {CAUSAL: 43}
    monkeypatch.setattr("embedlib.training.taught.n_taught", lambda name, _: seen.get(name, 0))
    at = layers(data="service", model=MASKED, layers_view="Error bars", grid_beside=CAUSAL)
    assert "43 of these 60 texts trained" in captions(at)


@pytest.mark.parametrize("model", [MASKED, CAUSAL])
def test_the_lens_reads_every_layer_at_the_word(taken, model):
    layers(model=model, **LENS)
    export = taken[-1]
    text = export.card["text"]
    assert text == "The bank refused to extend the loan for another year."
    encoder = load(model)
    tokens = token_vectors(encoder, text)
    pieces = tokens_of_spans(tokens.spans.tolist(), spans_of_word(text, "bank"))
    assert export.card["position"] == pieces[-1 if encoder.card.causal else 0]
    expected = logit_lens(encoder, text, export.card["position"])
    table = frame(export, "predictions")
    assert table["layer"].max() == SHAPES[model][0] - 1
    for found in (expected, run(export.code)["table"]):
        flat = [share for one in found for share in one.probabilities]
        np.testing.assert_allclose(table["probability"], flat, rtol=1e-4)


def test_a_model_without_a_head_says_so_in_one_sentence():
    at = layers(**LENS)
    assert "all-MiniLM-L6-v2 has no language-modelling head" in captions(at)
