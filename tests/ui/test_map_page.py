"""The Map page in Streamlit's own test harness, with the bundled model and its own store."""

import io
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embedlib.clusters import CLUSTERINGS
from embedlib.errors import Cancelled, WorkerError
from embedlib.projection import PROJECTIONS
from embedlib.ui import resources
from embedlib.ui.map import making
from embedlib.ui.map.making import MapPicture
from embedlib.ui.pages import path_of
from embedlib.ui.server import FRAME
from tests import tiny
from tests.ui.reading import as_read
from tests.ui.test_pages import checked

PATIENCE_SECONDS = 120


@pytest.fixture(autouse=True, scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home folder and jobs of this module's own; the page waits for its jobs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDLIB_HOME", str(tmp_path_factory.mktemp("home")))
        resources.store.cache_clear()
        resources.jobs.cache_clear()
        for module in ("background", "map.showing"):
            patch.setattr(f"embedlib.ui.{module}.PATIENCE_SECONDS", PATIENCE_SECONDS)
        yield
        resources.store.cache_clear()
        resources.jobs.cache_clear()


def page(**address: str) -> AppTest:
    """The Map page at an address; PCA, which takes no time, unless another method is asked."""
    st.cache_data.clear()
    st.cache_resource.clear()
    at = AppTest.from_file(str(FRAME), default_timeout=PATIENCE_SECONDS)
    at.switch_page(str(path_of("map")))
    for name, value in ({"data": "service", "method": "pca"} | address).items():
        at.query_params[name] = value
    return checked(at.run())


def words(at: AppTest) -> str:
    """Everything that is written on the page, as a person reads it."""
    kinds = (at.caption, at.text, at.markdown, at.metric)
    parts = [str(part.value) for kind in kinds for part in kind]
    return as_read("\n".join([*parts, *(metric.label for metric in at.metric)]))


def shown(at: AppTest) -> MapPicture:
    return at.session_state["_map_shown"]


def uploaded(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    at.file_uploader(key="upload").set_value([(name, content, "x/y") for name, content in files])
    return checked(at.run())


def npy(array: np.ndarray) -> bytes:
    sink = io.BytesIO()
    np.save(sink, array)
    return sink.getvalue()


def test_a_map_is_there_without_a_click() -> None:
    at = page()
    assert len(shown(at).space) == 60
    assert "Click a point to read its text" in words(at)


@pytest.mark.parametrize("method", list(PROJECTIONS))
def test_every_method_makes_a_map_with_its_own_options(method: str) -> None:
    at = page(method=method)
    assert shown(at).projections[0].method == method
    for option in PROJECTIONS[method].options.values():
        assert at.number_input(key=f"{method}_{option.name}").value == option.default


def test_the_address_restores_method_options_seed_and_the_open_text() -> None:
    at = page(method="umap", umap_n_neighbours="5", seed="7", open="3", metric="euclidean")
    projection = shown(at).projections[0]
    assert (projection.seed, projection.options["n_neighbours"]) == (7, 5)
    assert projection.metric == "euclidean"
    assert shown(at).space.texts[2] in words(at)
    assert "Of its 10 nearest texts the map keeps" in words(at)


@pytest.mark.parametrize(
    "address",
    [{"open": "0"}, {"open": "99"}, {"open": "²"}, {"seed": "-1"}, {"groups": "x"}, {"dims": "9"}],
)
def test_an_old_or_wrong_address_gives_the_default(address: dict[str, str]) -> None:
    assert "Click a point to read its text" in words(page(**address))


def test_another_seed_is_another_map_and_the_card_says_so() -> None:
    at = page(method="umap")
    before = shown(at).projections[0].points
    at.number_input(key="seed").set_value(5)
    checked(at.run())
    assert not np.array_equal(shown(at).projections[0].points, before)
    assert shown(at).projections[0].seed == 5


def test_labels_guide_a_map_only_when_asked() -> None:
    at = page(method="umap")
    assert not shown(at).projections[0].labelled
    at.toggle(key="guided").set_value(True)
    checked(at.run())
    assert shown(at).projections[0].labelled


def test_three_dimensions_are_drawn_by_plotly() -> None:
    at = page(dims="3")
    assert "scatter3d" in at.get("plotly_chart")[0].proto.spec


def test_what_is_open_and_selected_stays_in_three_dimensions_and_back_in_two() -> None:
    at = page(dims="3", map_view="Selection")
    at.session_state["_map_told"] = {"opened": 4, "selected": np.arange(3)}
    for _ in range(2):
        checked(at.run())
        assert shown(at).space.texts[4] in words(at) and "3 of 60 texts are" in words(at)
        assert '"circle-open"' in at.get("plotly_chart")[0].proto.spec
    at.segmented_control(key="dims").set_value("2")
    for _ in range(2):
        checked(at.run())
        assert shown(at).space.texts[4] in words(at) and "3 of 60 texts are" in words(at)
    at.session_state["_map_told"] = {"opened": 9}
    checked(at.run())
    at.segmented_control(key="dims").set_value("3")
    assert shown(checked(at.run())).space.texts[9] in words(at)


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


def test_all_layers_lie_in_one_frame_and_the_sidebar_chooses_among_them() -> None:
    at = page(frames="all")
    picture = shown(at)
    assert picture.frames.shape == (7, 60, 2) and picture.layers == tuple(range(7))
    assert picture.frame == 6
    at.sidebar.select_slider(key="layer").set_value(2)
    checked(at.run())
    assert shown(at).frame == 2 and shown(at).made is picture.made


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


def test_there_may_be_no_other_model() -> None:
    assert "There is no other model" in words(page(map_view="Compare", compare="model"))


def test_card_and_code_say_what_made_the_map() -> None:
    at = page(map_view="Export and code", seed="4")
    card, code = (block.value for block in at.code)
    assert '"method": "pca"' in card and '"seed": 4' in card
    assert 'project(embeddings, "pca", seed=4)' in code
    compile(code, "code", "exec")


def test_ready_made_vectors_are_mapped_without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(0).standard_normal((12, 4)).astype(np.float32)
    table = "text,label\n" + "".join(f"row {row},{'ab'[row % 2]}\n" for row in range(12))

    def refuse(*_: object) -> None:
        raise AssertionError("no model may be asked")

    at = page(data="file")
    monkeypatch.setattr("embedlib.ui.work.vectors", refuse)
    uploaded(at, ("v.npy", npy(vectors)), ("t.csv", table.encode()))
    np.testing.assert_array_equal(shown(at).space.vectors, vectors)
    assert "The vectors of the rows come from 'v.npy'." in words(at)
    at.session_state["map_view"] = "Export and code"
    checked(at.run())
    assert '"ready_made_vectors": "vectors"' in at.code[0].value
    at.session_state["find"], at.session_state["find_by"] = "row", "meaning"
    checked(at.run())
    assert "No model made these vectors" in words(at)


def test_bad_vectors_are_refused_in_words() -> None:
    at = uploaded(page(data="file"), ("v.npy", npy(np.array([[1.0, np.nan]] * 3))))
    assert "row 1 has nan, which is not finite" in words(at)
    bad, good = ("v.npy", npy(np.array([[1.0, np.nan]] * 3))), ("t.csv", b"text\na\nb\n")
    assert "t.csv, 2 rows" in words(uploaded(at, bad, good))  # the bad one is still in the list


@pytest.mark.parametrize("texts", ["alone", "twice\ntwice", "one\ntwo", "a\nb\nc\nd"])
@pytest.mark.parametrize("method", list(PROJECTIONS))
def test_few_and_equal_texts_have_a_map_and_every_panel(texts: str, method: str) -> None:
    at = page(data="paste", method=method)
    at.text_area(key="pasted").set_value(texts)
    checked(at.run())
    assert len(shown(at).space) == len(texts.split("\n"))
    at.session_state["_map_told"] = {"opened": 0, "selected": np.array([0])}
    for tab in ("Selection", "Trust", "Compare", "Export and code"):
        at.session_state["map_view"] = tab
        checked(at.run())


@pytest.mark.parametrize(
    "text", ["=1+1", "<img src=x onerror=alert(1)>", "$\\edef\\x{a}$", "![a](b) :red[x]", "‮abc"]
)
def test_any_text_is_shown_as_text(text: str) -> None:
    at = page(data="paste")
    at.text_area(key="pasted").set_value(f"{text}\nanother\nthird one")
    checked(at.run())
    at.session_state["_map_told"] = {"opened": 0, "selected": np.array([0])}
    checked(at.run())
    assert not any(text in markdown.value for markdown in at.markdown)
    assert any(text == shown_text.value for shown_text in at.text)


def test_while_a_map_is_made_the_one_before_stays_and_a_failure_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = page()
    before = shown(at)

    def fail(*_: object) -> None:
        raise WorkerError("The map's process ended early.", "Try again.")

    monkeypatch.setattr(making, "_made", fail)
    at.number_input(key="seed").set_value(11)
    checked(at.run())
    assert shown(at) is before
    assert "The map's process ended early. Try again. The map below is the one before." in words(at)
    monkeypatch.undo()
    next(button for button in at.button if button.label == "Try again").click()
    checked(at.run())
    assert shown(at).projections[0].seed == 11


def test_a_cancelled_map_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    at = page()

    def stop(*_: object) -> None:
        raise Cancelled

    monkeypatch.setattr(making, "_made", stop)
    at.number_input(key="seed").set_value(12)
    checked(at.run())
    assert "Stopped as you asked." in words(at)


def test_a_long_map_is_made_only_when_asked_with_an_estimate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(making, "ASK_FIRST_SECONDS", 0.01)
    at = page(method="umap")
    assert shown_method(at) is None
    button = next(button for button in at.button if button.label.startswith("Lay out 60 texts"))
    assert "by UMAP, about" in button.label
    button.click()
    checked(at.run())
    assert shown_method(at) == "umap"


def shown_method(at: AppTest) -> str | None:
    return shown(at).projections[0].method if "_map_shown" in at.session_state else None
