"""The panels of the Map page: finding, selection, groups, labels, trust, comparing, export."""

import time
from pathlib import Path

import numpy as np
import pytest

from embedlib.clusters import CLUSTERINGS
from tests import tiny
from tests.ui import mapped
from tests.ui.mapped import page, shown, uploaded, words
from tests.ui.reading import as_read
from tests.ui.test_pages import checked

own_home = mapped.own_home


def test_a_search_by_words_counts_its_hits_and_one_by_meaning_ranks_them() -> None:
    at = page(find="refund")
    assert "3 of 60 texts have these words." in words(at)
    at = page(find="my money back", find_by="meaning")
    assert "Nearest text: cosine" in words(at)


def test_a_selection_is_listed_counted_and_described() -> None:
    at = page()
    at.session_state["_map_told"] = {"selected": np.arange(8)}
    checked(at.run())
    assert "8 of 60 texts are selected." in words(at)
    frames = [frame.value for frame in at.dataframe]
    assert any(list(frame.get("Label", [])) == ["delivery"] for frame in frames)
    assert any("Word" in frame for frame in frames)
    at.button[-1].click()
    checked(at.run())
    assert "Choose the lasso" in words(at)


@pytest.mark.parametrize("method", list(CLUSTERINGS))
def test_every_clustering_gives_groups_with_scores(method: str) -> None:
    at = page(groups=method, map_view="Groups")
    assert {"Groups", "Silhouette by cosine", "Stability"} <= {m.label for m in at.metric}
    assert "in all their dimensions" in words(at) or "principal axes" in words(at)


def test_a_probe_judges_every_label_by_what_it_never_saw() -> None:
    at = page(map_view="Labels")
    assert "Labels told from the vectors" in words(at)
    assert "60 rows, 8 categories, 10 folds" in words(at)
    doubted = next(frame.value for frame in at.dataframe if "Predicted" in frame.value)
    assert (doubted["Predicted"] != doubted["Label"]).all() and len(doubted) < 30
    colourings = at.session_state["_map_colourings"].values()
    found = {colouring.name: colouring for colouring in colourings}
    assert found["confidence in the label"].limits == (0, 100)
    assert "never saw the text or its equals (10 folds)" in found["predicted label"].note
    wrong = np.flatnonzero(found["right or wrong"].values == 1)
    assert (wrong + 1).tolist() == sorted(doubted["Number"])
    at = page(map_view="Export and code")
    assert '"judged_by": "linear probe' in at.code[0].value


def test_without_labels_or_with_one_of_each_the_probe_says_why_it_is_silent() -> None:
    at = page(data="paste", map_view="Labels")
    at.text_area(key="pasted").set_value("one\ntwo\nthree\nfour")
    assert "These texts have no labels." in words(checked(at.run()))
    at = uploaded(page(data="file", map_view="Labels"), ("t.csv", b"text,label\na,1\nb,2\nc,3\n"))
    at.selectbox(key="label_column").set_value("label")
    assert "at least 2 categories with 2 different texts each" in words(checked(at.run()))


def test_more_labels_than_can_be_coloured_leave_the_map_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMBEDLIB_MAP_CATEGORIES", "5")
    monkeypatch.setenv("EMBEDLIB_CATEGORIES", "5")
    at = page(map_view="Labels", layer="2", pooling="max")  # which nothing has judged before
    assert "The number of categories must be at most 5" in words(at)


def test_many_labels_are_judged_only_when_asked_with_an_estimate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("embedlib.ui.map.labels.AT_ONCE_TEXTS", 10)
    at = page(map_view="Labels", data="reviews")
    assert "Labels told from the vectors" not in words(at)
    button = next(button for button in at.button if button.label.startswith("Ask a probe about"))
    button.click()
    assert "Labels told from the vectors" in words(checked(at.run()))


def test_trust_shows_the_map_beside_pca_and_a_random_layout() -> None:
    at = page(method="umap", map_view="Trust")
    spec = at.get("plotly_chart")[0].proto.spec
    assert "This map (UMAP)" in spec and "PCA" in spec and "a random layout" in spec
    assert "Places explain" in words(at)


def test_a_sentence_is_placed_in_every_layer() -> None:
    at = page(frames="all", find="Where is my money?", find_by="place")
    found = at.session_state["_map_found"]
    places = np.array(found.star.places)
    low, high = shown(at).frames.min(axis=1), shown(at).frames.max(axis=1)
    assert places.shape == (7, 2)
    assert ((places > low - (high - low)) & (places < high + (high - low))).all()
    assert "it belongs among them" in words(at) or "unlike any of them" in words(at)


def test_a_text_of_the_map_is_placed_on_its_own_point() -> None:
    at = page(find="How many days do refunds normally need?", find_by="place", frames="all")
    row = shown(at).space.texts.index("How many days do refunds normally need?")
    places = np.array(at.session_state["_map_found"].star.places)
    np.testing.assert_allclose(places, shown(at).frames[:, row], atol=1e-3)


def test_few_texts_are_laid_out_again_to_see_what_the_seed_does() -> None:
    at = page(method="umap", map_view="Trust")
    for _ in range(200):
        if "3 maps with different seeds share" in words(at):
            break
        at.session_state["_"] = time.sleep(0.3)
        checked(at.run())
    assert "3 seeds agree on" in words(at)


def test_pca_leaves_nothing_to_the_seed() -> None:
    assert "Nothing: this method has no random numbers" in words(page(map_view="Trust"))


@pytest.mark.parametrize(
    "address",
    [
        {"compare": "layer", "other_layer": "0"},
        {"compare": "pooling", "other_pooling": "cls"},
        {"compare": "layer", "layer": "0"},
    ],
)
def test_two_spaces_are_compared_by_their_neighbours(address: dict[str, str]) -> None:
    at = page(map_view="Compare", **address)
    assert "Of 10 nearest texts the same" in words(at)
    assert "Texts whose nearest texts changed most" in words(at)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two models of 16 dimensions and 3 layers beside the bundled one of 384 and 6."""
    monkeypatch.setenv("EMBEDLIB_MODELS_DIR", str(tmp_path))
    return [tiny.saved(tmp_path, name) for name in ("bert", "roberta")]


def test_two_models_of_other_sizes_are_compared_at_layers_of_their_own(models: list[str]) -> None:
    at = page(
        map_view="Compare", compare="model", other_model=models[1], layer="2", max_tokens="32"
    )
    assert "Of 10 nearest texts the same" in words(at)
    assert at.selectbox(key="other_model").options == models
    layer = at.selectbox(key="other_model_layer")
    assert (layer.value, layer.options) == ("3", ["0", "1", "2", "3"])
    at.session_state["_map_told"] = {"opened": 4}
    layer.set_value("1")
    checked(at.run())
    assert "of 10 nearest texts in both." in words(at)
    assert f"{models[1]} · layer 1 of 3" in as_read(at.metric[0].help)
    at.selectbox(key="other_model").set_value(models[0])
    checked(at.run())
    assert at.selectbox(key="other_model_layer").value == "3"


def test_another_model_that_has_seen_the_texts_is_named(
    models: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {models[1]: 7}
    monkeypatch.setattr("embedlib.training.taught.n_taught", lambda name, _: seen.get(name, 0))
    at = page(map_view="Compare", compare="model", other_model=models[1], max_tokens="32")
    assert any("7 of these" in caption.value for caption in at.caption)


def test_there_may_be_no_other_model() -> None:
    assert "There is no other model" in words(page(map_view="Compare", compare="model"))


def test_card_and_code_say_what_made_the_map() -> None:
    at = page(map_view="Export and code", seed="4")
    card, code = (block.value for block in at.code)
    assert '"method": "pca"' in card and '"seed": 4' in card
    assert 'project(embeddings, "pca", seed=4)' in code
    compile(code, "code", "exec")
