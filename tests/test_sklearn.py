"""EmbeddingTransformer in pipelines and grid searches."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline

import embedlib.extract
from embedlib import EmbeddingTransformer, embed
from embedlib.errors import OptionError, TextError, UnknownNameError
from embedlib.store import Store, texttable

TEXTS = [f"the river bank number {n}" for n in range(12)] + [f"a fast dog {n}" for n in range(12)]
LABELS = ["bank"] * 12 + ["dog"] * 12


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    texttable.forget()
    yield
    texttable.forget()


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


def test_a_text_column_of_a_frame_keeps_its_index_and_a_whole_frame_is_refused() -> None:
    frame = pd.DataFrame({"text": TEXTS[:3]}, index=[5, 3, 8])
    step = EmbeddingTransformer(store=False).set_output(transform="pandas")
    assert list(step.fit_transform(frame["text"]).index) == [5, 3, 8]
    with pytest.raises(TextError, match="one column of a table"):
        step.transform(frame)
    columns = make_column_transformer((EmbeddingTransformer(store=False), "text"))
    assert columns.fit_transform(frame).shape == (3, 384)


def test_transform_wants_a_fit_first() -> None:
    with pytest.raises(NotFittedError, match="not fitted yet"):
        EmbeddingTransformer(store=False).transform(TEXTS)


def test_layers_and_poolings_of_a_grid_may_be_numpy_values() -> None:
    step = EmbeddingTransformer(layer=np.int64(2), pooling=np.str_("cls"), store=False)
    expected = embed(TEXTS[:2], poolings="cls", store=False).select("cls", 2)
    np.testing.assert_array_equal(step.fit_transform(TEXTS[:2]), expected)


def test_fit_runs_no_text_through_the_model(n_extracted: list[int]) -> None:
    EmbeddingTransformer(store=False).fit(TEXTS)
    assert n_extracted == []


def test_a_second_process_finds_what_the_first_embedded(
    n_extracted: list[int], tmp_path: Path
) -> None:
    texts = [f"text number {n}" for n in range(70)]
    step = EmbeddingTransformer(store=Store(tmp_path))
    first = step.fit_transform(texts)
    texttable.forget()  # as in a new process
    np.testing.assert_array_equal(clone(step).fit_transform(texts[::-1]), first[::-1])
    assert n_extracted == [70]


def test_a_grid_search_runs_in_several_processes(tmp_path: Path) -> None:
    step = EmbeddingTransformer(store=Store(tmp_path))
    pipe = Pipeline([("embed", step), ("classify", LogisticRegression())])
    search = GridSearchCV(pipe, {"embed__layer": [0, -1]}, cv=2, n_jobs=2, error_score="raise")
    assert search.fit(TEXTS, LABELS).best_score_ > 0.9
