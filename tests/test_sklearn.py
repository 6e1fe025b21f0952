"""EmbeddingTransformer in pipelines and grid searches."""

import pickle
from collections.abc import Iterator

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

import embedlib.extract
from embedlib import EmbeddingTransformer, embed
from embedlib.errors import OptionError, TextError, UnknownNameError
from embedlib.sklearn import _TABLES

TEXTS = [f"the river bank number {n}" for n in range(12)] + [f"a fast dog {n}" for n in range(12)]
LABELS = ["bank"] * 12 + ["dog"] * 12


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    _TABLES.blocks.clear()
    yield
    _TABLES.blocks.clear()


@pytest.fixture
def n_extracted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of texts of each extraction."""
    calls: list[int] = []
    real = embedlib.extract.extract

    def counted(encoder: object, texts: list[str], **options: object) -> object:
        calls.append(len(texts))
        return real(encoder, texts, **options)

    monkeypatch.setattr(embedlib.extract, "extract", counted)
    return calls


def test_it_gives_what_embed_gives() -> None:
    step = EmbeddingTransformer(layer=4, pooling="max", normalise=True, store=False)
    expected = embed(TEXTS, poolings="max", store=False).select("max", 4, normalise=True)
    np.testing.assert_array_equal(step.fit_transform(TEXTS), expected)


def test_a_grid_search_over_layer_and_pooling_makes_each_texts_vectors_once(
    n_extracted: list[int],
) -> None:
    pipe = make_pipeline(EmbeddingTransformer(store=False), LogisticRegression())
    grid = {
        "embeddingtransformer__layer": [0, 3, -1, "mean_last_4"],
        "embeddingtransformer__pooling": ["mean", "cls"],
    }
    search = GridSearchCV(pipe, grid, cv=3, error_score="raise").fit(TEXTS, LABELS)
    assert search.best_score_ > 0.9
    assert sum(n_extracted) == len(TEXTS)


def test_rows_keep_their_order_when_they_come_from_several_blocks() -> None:
    step = EmbeddingTransformer(store=False).fit(TEXTS)
    step.transform(TEXTS[5:9])
    mixed = [TEXTS[20], TEXTS[6], TEXTS[20], TEXTS[0], TEXTS[8]]
    expected = embed(mixed, store=False).select("mean", -1)
    np.testing.assert_allclose(step.transform(mixed), expected, atol=1e-5)


def test_it_clones_pickles_and_keeps_its_parameters_as_given() -> None:
    step = EmbeddingTransformer(layer="concat_last_4", pooling="cls", prefix="query: ")
    for copy in (clone(step), pickle.loads(pickle.dumps(step))):
        assert copy.get_params() == step.get_params()
    assert step.set_params(layer=2).layer == 2


def test_it_names_its_features_and_gives_frames_when_asked() -> None:
    step = EmbeddingTransformer(layer="concat_last_4", store=False).set_output(transform="pandas")
    frame = step.fit_transform(TEXTS[:3])
    assert frame.shape == (3, 1536)
    assert list(frame.columns[:2]) == ["embedding0", "embedding1"]


@pytest.mark.parametrize(
    ("settings", "kind", "words"),
    [
        ({"layer": 7}, OptionError, "from 0 to 6, got 7"),
        ({"layer": "top"}, OptionError, "from 0 to 6"),
        ({"pooling": "magic"}, UnknownNameError, "must be one of mean"),
        ({"pooling": "chosen"}, OptionError, "no choice of tokens"),
    ],
)
def test_wrong_settings_are_refused_in_fit(
    settings: dict[str, object], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        EmbeddingTransformer(**settings).fit(TEXTS)


def test_a_blank_text_is_refused_with_its_row() -> None:
    with pytest.raises(TextError, match=r"texts\[1\] must not be blank"):
        EmbeddingTransformer(store=False).fit(TEXTS).transform(["a", ""])
