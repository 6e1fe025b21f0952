"""The Map page, with the bundled model and its own store: maps, addresses, files, failures."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embedlib.errors import Cancelled, WorkerError
from embedlib.projection import PROJECTIONS
from embedlib.ui.map import making
from embedlib.ui.map.words import judged, title
from tests.ui import mapped
from tests.ui.mapped import npy, page, shown, uploaded, words
from tests.ui.test_pages import checked

own_home = mapped.own_home


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


def test_the_colour_stands_in_the_address_in_two_and_in_three_dimensions() -> None:
    at = page(map_colour="text length")
    assert at.session_state["map memory"].value("colouring") == "text length"
    at.segmented_control(key="dims").set_value("3")
    checked(at.run())
    chooser = at.selectbox(key="map_colour")
    assert chooser.value == "text length"
    chooser.set_value("tokens")
    checked(at.run())
    assert at.query_params["map_colour"] == "tokens"
    at.segmented_control(key="dims").set_value("2")
    checked(at.run())
    assert at.session_state["map memory"].value("colouring") == "tokens"
    assert page(map_colour="x").session_state["map memory"].value("colouring") == "label"


def test_the_title_says_what_chance_would_keep_and_a_picture_how_far_to_trust_it() -> None:
    picture = shown(page())
    assert re.fullmatch(
        r"60 texts; the map keeps \d+% of each one’s 15 nearest \(25% by chance\)", title(picture)
    )
    assert re.fullmatch(r"Trustworthiness 0\.\d{3}, continuity 0\.\d{3}", judged(picture))


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


def test_all_layers_lie_in_one_frame_and_the_sidebar_chooses_among_them() -> None:
    at = page(frames="all")
    picture = shown(at)
    assert picture.frames.shape == (7, 60, 2) and picture.layers == tuple(range(7))
    assert picture.frame == 6
    at.sidebar.select_slider(key="layer").set_value(2)
    checked(at.run())
    assert shown(at).frame == 2 and shown(at).made is picture.made


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
    assert title(shown(at)).endswith(": too few to judge a map by")
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
