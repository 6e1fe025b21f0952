"""The Layers page with very few texts, many categories, no labels, and more than it measures."""

import io

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embedlib.ui.layers import asking
from tests.ui.test_layers_export import taken
from tests.ui.test_layers_page import PANELS, layers, shown
from tests.ui.test_pages import captions, checked, own_home, pictures

__all__ = ["own_home", "taken"]  # fixtures of those modules
WORDS = ("river", "money", "dog", "cat", "sea", "bank", "savings", "horse", "tree", "road")


def opened(rows: list[tuple[str, str]], **address: str) -> AppTest:
    """The page with a file of texts and labels."""
    at = layers(data="file", **address)
    csv = "text,label\n" + "".join(f"{text},{label}\n" for text, label in rows)
    at.file_uploader(key="upload").set_value([("rows.csv", csv.encode(), "text/csv")])
    return checked(at.run())


def pressed(at: AppTest, label: str) -> AppTest:
    at.button[[button.label for button in at.button].index(label)].click()
    return checked(at.run())


def test_twenty_rows_of_two_categories_have_a_grid():
    at = opened([(f"the {word} {verb}", verb) for word in WORDS for verb in ("runs", "was")])
    assert "20 rows, 2 categories, 10 folds" in pictures(at)[0]


def test_ready_made_vectors_are_said_to_have_no_layers():
    at = layers(data="file", score="centroid")
    content = io.BytesIO()
    np.save(content, np.eye(12, 4, dtype=np.float32))
    upload = ("vectors.npy", content.getvalue(), "application/octet-stream")
    at.file_uploader(key="upload").set_value([upload])
    assert "Ready-made vectors have no layers" in captions(checked(at.run()))


def test_an_old_or_broken_address_opens_every_panel():
    wrong = dict.fromkeys(
        ("score", "relation", "beside", "grid_beside", "mistake", "journey", "health_transform",
         "pulled", "picture_format", "changed_text", "words_measure"), "none",
    )  # fmt: skip
    wrong |= {"pair_a": "99", "pair_b": "-1", "alike_a": "abc", "alike_b": "9999", "lens_text": "9"}
    at = layers(**wrong)
    for panel in PANELS:
        at.session_state["layers_view"] = panel
        checked(at.run())


def test_categories_of_two_texts_have_a_grid_and_a_warning():
    at = layers(data="senses", score="centroid")
    assert "24 rows, 12 categories" in pictures(at)[0]
    assert "Half of the categories have 2 rows or fewer" in captions(at)


def test_a_hundred_and_fifty_categories_have_a_grid():
    rows = [(f"topic {n} {word}", f"topic {n}") for n in range(150) for word in WORDS[:2]]
    at = opened(rows, score="centroid")
    assert "300 rows, 150 categories" in pictures(at)[0]


@pytest.mark.parametrize(
    ("panel", "label", "note"),
    [
        ("Health", "Measure the health", "random 20 of 60 texts (seed 0)"),
        ("Relations", "Compare the layers", "random 20 of 60 texts (seed 0)"),
    ],
)
def test_what_takes_long_asks_first_and_says_what_was_sampled(
    monkeypatch, taken, panel, label, note
):
    monkeypatch.setenv("EMBEDLIB_HEALTH_TEXTS", "20")
    monkeypatch.setattr(asking, "ASK_FIRST_SECONDS", 1e-9)
    at = layers(data="service", score="centroid", layers_view=panel)
    assert any("On two cores this takes about" in text.value for text in at.text)
    assert not taken
    at = pressed(at, label)
    assert note in captions(at)
    assert taken[0].card["rows_measured"] == 20
    assert note in taken[0].card["sampling"][0]
    checked(at.run())
    assert len(taken) == 2  # who agreed once is not asked again


def test_a_grid_of_very_many_rows_is_of_a_sample_and_says_so(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_PROBE_ROWS", "40")
    at = layers(data="service", score="centroid", grid_seed="5")
    assert "A random 40 of 60 labelled rows are used (seed 5)" in captions(at)
    assert "40 rows, 8 categories" in pictures(at)[0]


def test_where_vectors_would_fill_the_disk_as_many_poolings_are_made_as_fit(monkeypatch):
    one = 60 * 7 * 384 * 4
    monkeypatch.setenv("EMBEDLIB_VECTORS_BYTES", str(3 * one))
    at = layers(data="service", score="centroid", pooling="last")
    assert "of the poolings only mean, first token, last token are made" in captions(at)
    assert "Mean of the last four" in pictures(at)[0]
    assert "last token" in shown(at)


def test_the_address_restores_texts_and_pairs_of_layers():
    at = layers(data="service", layers_view="Why alike", alike_a="7", alike_b="41")
    picked = {box.key: box.value for box in at.selectbox}
    assert (picked["alike_a"], picked["alike_b"]) == (6, 40)
    at = layers(
        data="service", layers_view="Relations", pair_a="2", pair_b="4", changed_text="none"
    )
    picked = {box.key: box.value for box in at.selectbox}
    assert (picked["pair_a"], picked["pair_b"]) == ("2", "4")
    picked["changed_text"] = at.selectbox(key="changed_text").options[3]
    number = picked["changed_text"].split("·")[1].split()[0]
    at = layers(data="service", layers_view="Relations", pair_a="2", pair_b="4",
                changed_text=number)  # fmt: skip
    assert at.selectbox(key="changed_text").value == number
