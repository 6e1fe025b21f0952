"""The Layers page in Streamlit's own test harness."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from embedlib.ui.pages import path_of
from embedlib.ui.server import FRAME
from tests.ui.test_pages import PATIENCE_SECONDS, captions, checked, own_home, pictures

__all__ = ["own_home"]  # the fixture of that module, for this one

PANELS = (
    "Error bars",
    "Health",
    "Relations",
    "A word's journey",
    "Tagged words",
    "Why alike",
    "Pooling",
    "Break it",
    "Certificate",
    "Export and code",
)
CSV = "".join(
    f"the {word} {verb} {end},{word}\n"
    for word in ("river", "money", "dog")
    for verb in ("is", "was", "runs", "flows")
    for end in ("fast", "slow", "to the sea", "with a cat", "near a bank")
)


def layers(**address: str) -> AppTest:
    """The page as a first visitor sees it, at an address."""
    at = AppTest.from_file(str(FRAME), default_timeout=PATIENCE_SECONDS)
    at.switch_page(str(path_of("layers")))
    for name, value in address.items():
        at.query_params[name] = value
    return checked(at.run())


def shown(at: AppTest) -> str:
    return "\n".join([captions(at), *(text.value for text in at.text), *pictures(at)])


@pytest.fixture(scope="module")
def labelled() -> AppTest:
    """Sixty short texts of three categories, from a file."""
    at = layers(data="file", layer="0", pooling="cls")  # where every text has the same vector
    at.file_uploader(key="upload").set_value([("q.csv", f"text,label\n{CSV}".encode(), "text/csv")])
    return checked(at.run())


def test_the_grid_stands_there_without_a_click():
    at = layers()
    assert re.search("(Best|Highest): Layer ", pictures(at)[0])
    assert "60 rows, 8 categories" in pictures(at)[0]


def test_a_cell_becomes_the_setting_of_the_app(labelled):
    at = labelled
    next(b for b in at.button if re.fullmatch("Use the .* cell everywhere", b.label)).click()
    checked(at.run())
    made = at.session_state["_grid"]
    best = made.best[0]
    layer = at.session_state["mix"] if isinstance(best.layer, str) else at.session_state["layer"]
    assert (layer, at.session_state["pooling"]) == (best.layer, best.pooling)


@pytest.mark.parametrize("score", ["knn", "silhouette", "centroid"])
def test_every_score_has_a_grid(score):
    at = layers(score=score, data="service")
    assert "60 rows, 8 categories" in pictures(at)[0]


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("Error bars", "95 % intervals"),
        ("Health", "the dimensions that add most"),
        ("Relations", "of the neighbours are the same"),
        ("A word's journey", "occurrences in 6 texts"),
        ("Why alike", "the cells add up to the cosine"),
        ("Pooling", "all add up to 1"),
        ("Break it", "in one padded batch"),
        ("Certificate", "made again in other batches"),
        ("Export and code", "The address of this page"),
    ],
)
def test_every_panel_shows_something(labelled, tab, words):
    labelled.session_state["layers_view"] = tab
    assert words in shown(checked(labelled.run()))


def test_a_transform_says_what_it_does():
    at = layers(data="service", layers_view="Health", health_transform="whitened")
    assert [m.label for m in at.metric][1:] == [
        "Neighbour purity",
        "Silhouette",
        "Nearest centroid",
    ]


def test_too_few_texts_for_cka_are_said():
    at = layers(data="senses", layers_view="Relations", relation="cka")
    assert "CKA needs at least 50 texts, here are 24" in captions(at)


def test_one_text_is_enough_for_every_panel():
    at = layers(data="paste")
    at.text_area(key="pasted").set_value("alone")
    checked(at.run())
    for tab in PANELS:
        at.session_state["layers_view"] = tab
        checked(at.run())


@pytest.mark.parametrize("word", ["apple", "打", "意思"])
def test_every_sample_word_has_a_journey(word):
    at = layers(layers_view="A word's journey", journey=word)
    assert "6 occurrences in 6 texts" in captions(at)
    assert "the senses" in pictures(at)[-1]


def test_a_word_of_ones_own_is_followed():
    at = layers(data="senses", layers_view="A word's journey", journey="own", journey_word="bark")
    assert "4 occurrences in 4 texts" in captions(at)


@pytest.mark.parametrize("pooling", ["mean", "max", "last"])
def test_the_cosine_is_taken_apart_for_every_pooling_that_is_a_sum(pooling):
    at = layers(layers_view="Why alike", pooling=pooling, layer="3")
    assert "the cells add up to the cosine" in pictures(at)[-1]
    assert ("no sum over tokens" in captions(at)) == (pooling == "max")


@pytest.mark.parametrize("mistake", ["with_padding", "left_context", "shuffled_words"])
def test_every_mistake_does_damage(mistake):
    at = layers(layers_view="Break it", mistake=mistake)
    assert at.metric[0].label == "Cosine to the right vector"
    assert float(at.metric[0].value) < 1


def test_the_address_restores_score_transform_and_panel():
    at = layers(data="service", score="centroid", layers_view="Health", health_transform="whitened")
    assert "Nearest centroid, accuracy" in pictures(at)[0]
    assert at.session_state["health_transform"] == "whitened"


def test_the_address_restores_poolings_and_report():
    at = layers(data="service", layers_view="Export and code", grid_poolings="last,mean")
    at.multiselect(key="grid_poolings").select("max")
    checked(at.run())
    address = dict(at.query_params)
    assert address["grid_poolings"] == "last,mean,max"
    again = layers(**address, report="true")  # which the browser writes
    assert again.session_state["_grid"].poolings == at.session_state["_grid"].poolings
    assert again.toggle(key="report").value
    assert "Report as HTML" in [button.label for button in again.get("download_button")]


def test_an_address_with_poolings_that_are_no_more_shows_the_others():
    at = layers(data="service", grid_poolings="nothing,cls")
    assert at.session_state["_grid"].poolings == ("cls",)
    at.multiselect(key="grid_poolings").set_value([])
    assert checked(at.run()).session_state["_grid"].poolings == ("mean",)


def test_a_column_of_numbers_is_named_before_anything_is_embedded():
    at = layers(data="file")
    rows = "".join(f"text number {n},{n}.5\n" for n in range(30))
    at.file_uploader(key="upload").set_value(
        [("n.csv", f"text,label\n{rows}".encode(), "text/csv")]
    )
    checked(at.run())
    assert "has another value in nearly every row" in at.warning[0].value
