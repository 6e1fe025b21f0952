"""Every page in Streamlit's own test harness, with the bundled model and its own store."""

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embedlib.pooling import POOLINGS
from embedlib.reading.samples import SAMPLES
from embedlib.ui import resources
from embedlib.ui.pages import PAGES, path_of
from embedlib.ui.server import FRAME
from tests.ui.reading import as_read

PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True, scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home folder and jobs of this module's own; the model is loaded once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDLIB_HOME", str(tmp_path_factory.mktemp("home")))
        resources.store.cache_clear()
        resources.jobs.cache_clear()
        patch.setattr("embedlib.ui.background.PATIENCE_SECONDS", PATIENCE_SECONDS)
        yield
        resources.store.cache_clear()
        resources.jobs.cache_clear()


def app(**address: str) -> AppTest:
    """The app as a first visitor sees it, at an address."""
    st.cache_data.clear()
    st.cache_resource.clear()
    at = AppTest.from_file(str(FRAME), default_timeout=PATIENCE_SECONDS)
    for name, value in address.items():
        at.query_params[name] = value
    return checked(at.run())


def checked(at: AppTest) -> AppTest:
    assert not at.exception, [error.value for error in at.exception]
    assert not at.error, [error.value for error in at.error]
    return at


def pictures(at: AppTest) -> list[str]:
    """The specifications of the charts on the page."""
    return [chart.proto.spec for chart in at.get("plotly_chart")]


def captions(at: AppTest) -> str:
    """As a person reads them: without the backslashes that keep Markdown from parsing."""
    return as_read("\n".join(caption.value for caption in at.caption))


@pytest.mark.parametrize("name", list(PAGES))
def test_every_page_opens_with_its_title_and_its_question(name: str) -> None:
    at = app()
    at.switch_page(str(path_of(name)))
    checked(at.run())
    assert at.title[0].value == PAGES[name].title
    assert PAGES[name].question in captions(at)


def test_the_first_page_shows_a_result_without_a_click() -> None:
    at = app()
    assert any("variance" in spec for spec in pictures(at))
    assert "layer 6 of 6" in captions(at)


def test_another_layer_changes_the_picture_and_says_so() -> None:
    at = app()
    before = pictures(at)[0]
    at.sidebar.select_slider(key="layer").set_value(0)
    checked(at.run())
    assert pictures(at)[0] != before
    assert "layer 0 of 6" in captions(at)


@pytest.mark.parametrize("name", [name for name in POOLINGS if name != "chosen"])
def test_every_pooling_gives_a_picture(name: str) -> None:
    at = app(pooling=name)
    assert POOLINGS[name].label.lower() in captions(at)
    assert pictures(at)


@pytest.mark.parametrize("name", list(SAMPLES))
def test_every_sample_gives_a_picture(name: str) -> None:
    assert pictures(app(data=name))


@pytest.mark.parametrize("mix", ["mean_last_4", "concat_last_4", "mean_all"])
def test_every_mix_gives_a_picture_and_rests_the_slider(mix: str) -> None:
    at = app(mix=mix)
    assert pictures(at)
    assert at.sidebar.select_slider(key="layer").disabled


def test_the_address_restores_model_layer_pooling_sample_and_picture() -> None:
    at = app(layer="2", pooling="max", data="service", picture="matrix")
    assert "layer 2 of 6" in captions(at)
    assert "· max" in captions(at)
    assert at.session_state["data"] == "service"
    assert "Cosine similarity of 60 texts" in pictures(at)[0]


@pytest.mark.parametrize(
    "address",
    [{"layer": "99"}, {"layer": "x"}, {"pooling": "magic"}, {"data": "../x"}, {"model": "/etc"}],
)
def test_an_old_or_wrong_address_gives_the_default(address: dict[str, str]) -> None:
    at = app(**address)
    assert "all-MiniLM-L6-v2 · layer 6 of 6 · mean" in captions(at)


def test_texts_that_the_model_cannot_read_are_said_to_be_so() -> None:
    assert "does not know" not in captions(app(data="service"))
    assert "does not know 72 % of the tokens of these texts" in captions(app(data="service_zh"))


def test_a_word_that_is_pooled_leaves_only_the_texts_that_have_it() -> None:
    at = app(pooling="chosen", word="bank")
    assert "4 of 24 texts have chosen tokens" in captions(at)
    assert pictures(at)


def test_before_any_token_is_chosen_the_page_says_what_to_do() -> None:
    at = app(pooling="chosen")
    assert "Type a word in the sidebar, or click tokens below" in captions(at)


def test_pasted_lines_become_texts() -> None:
    at = app(data="paste")
    assert "Paste some text above" in captions(at)
    at.text_area(key="pasted").set_value("A river bank.\nA savings bank.\n\nA dog.")
    checked(at.run())
    assert at.session_state["_corpus"].texts == ("A river bank.", "A savings bank.", "A dog.")
    assert pictures(at)


def test_a_pasted_paragraph_becomes_sentences() -> None:
    at = app(data="paste", split="sentences")
    at.text_area(key="pasted").set_value("Dr. Wu sat on the bank. It was late! 我们走吧。好的。")
    checked(at.run())
    assert len(at.session_state["_corpus"].texts) == 4


def test_an_uploaded_file_is_read_and_its_columns_are_guessed() -> None:
    at = app(data="file")
    rows = "".join(f"question number {row} about money,{'ab'[row % 2]}\n" for row in range(12))
    at.file_uploader(key="upload").set_value(
        [("q.csv", f"text,label\n{rows}".encode(), "text/csv")]
    )
    checked(at.run())
    corpus = at.session_state["_corpus"]
    assert (len(corpus), corpus.text_column, corpus.label_column) == (12, "text", "label")
    assert pictures(at)


def test_a_refused_file_is_named_and_the_one_before_stays() -> None:
    at = app(data="file")
    at.file_uploader(key="upload").set_value(("q.csv", b"text\none\ntwo\nthree\n", "text/csv"))
    checked(at.run())
    at.file_uploader(key="upload").set_value(
        ("p.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "text/csv")
    )
    checked(at.run())
    shown = "\n".join(text.value for text in at.text)
    assert "PNG" in shown
    assert "Still showing q.csv." in shown
    assert at.session_state["_corpus"].texts == ("one", "two", "three")


def test_a_person_can_name_an_encoding_that_cannot_be_told() -> None:
    at = app(data="file")
    content = "text\nÄ\nÖ\nÜ\n".encode("cp1252")
    at.file_uploader(key="upload").set_value(("q.csv", content, "text/csv"))
    checked(at.run())
    assert "Name the encoding" in "\n".join(text.value for text in at.text)
    at.selectbox(key="encoding").set_value("windows-1252")
    checked(at.run())
    assert at.session_state["_corpus"].texts == ("Ä", "Ö", "Ü")


def test_one_text_is_enough_for_every_panel() -> None:
    at = app(data="paste")
    at.text_area(key="pasted").set_value("alone")
    checked(at.run())
    for tab in ("Neighbours", "Through the layers", "Categories", "Vector", "Cut texts"):
        at.session_state["view"] = tab
        checked(at.run())


@pytest.mark.parametrize(
    "text", ["=1+1", "<img src=x onerror=alert(1)>", "$\\edef\\x{a}$", "🏳️‍🌈", "‮abc"]
)
def test_any_text_is_shown_as_text(text: str) -> None:
    at = app(data="paste")
    at.text_area(key="pasted").set_value(f"{text}\nanother text")
    checked(at.run())
    assert not any(text in markdown.value for markdown in at.markdown)
