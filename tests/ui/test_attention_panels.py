"""The panels under the attention picture, with tiny models from a folder, and what they say."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embedlib.attention import ATTENTION_MEASURES, HEAD_NUMBERS, attention, measure
from embedlib.attention import passports as attention_passports
from embedlib.models import load
from embedlib.reading import sample_corpus
from embedlib.records import TokenSettings
from embedlib.ui import resources
from embedlib.ui.attention import heads, marks, passports
from embedlib.ui.choice import Choice
from tests import tiny
from tests.attention.test_predictions import language_model_of
from tests.ui.test_pages import checked

PAGE = Path(__file__).parents[1] / "e2e" / "pages" / "attention_panels.py"
PATIENCE_SECONDS = 120
PANELS = ("rollout", "passport", "ablation", "neurons", "comparison", "follow")
TEXT = "the river bank flows to the sea"
CAUSAL, NO_PLAIN_SCORES = "gpt2", "mpnet"


@pytest.fixture(autouse=True, scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A models folder with three tiny language models, a home and jobs of this module's own."""
    root = tmp_path_factory.mktemp("models")
    for model_type in ("bert", CAUSAL, NO_PLAIN_SCORES):
        language_model_of(model_type).save_pretrained(root / model_type)
        tiny.tokenizer(special=model_type != CAUSAL).save_pretrained(root / model_type)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDLIB_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("EMBEDLIB_MODELS_DIR", str(root))
        patch.setattr("embedlib.ui.background.PATIENCE_SECONDS", PATIENCE_SECONDS)
        for made in (resources.store, resources.jobs, resources.attention, passports._kept):
            made.cache_clear()
        yield
        for made in (resources.store, resources.jobs, resources.attention, passports._kept):
            made.cache_clear()


def panel(name: str, **address: str) -> AppTest:
    """A panel as it opens, without any error."""
    at = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
    for key, value in ({"panel": name, "model": "bert", "text": TEXT} | address).items():
        at.query_params[key] = value
    return checked(at.run())


def findings(at: AppTest) -> str:
    """What the pictures say to who cannot see them."""
    return "\n".join(chart.proto.alt for chart in at.get("plotly_chart"))


def pictures(at: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


def words(at: AppTest) -> str:
    return "\n".join(element.value for element in (*at.text, *at.caption))


@pytest.mark.parametrize("model", ["bert", CAUSAL, NO_PLAIN_SCORES])
@pytest.mark.parametrize("name", PANELS)
def test_every_panel_opens_with_a_finding(name: str, model: str) -> None:
    at = panel(name, model=model, text="a dog", heads="2.1")
    said = [chart.proto.alt for chart in at.get("plotly_chart")]
    assert said
    assert all(len(alt) > 30 for alt in said)


@pytest.mark.parametrize("name", [name for name in PANELS if name != "passport"])
@pytest.mark.parametrize(
    "text",
    ["她在银行存了一笔钱。", "جلسنا على ضفة النهر", "👩‍🔬 at the 🏞️", "<b>$x$</b> `a` a", "a " * 60],
)
def test_any_text_is_shown_as_text(name: str, text: str) -> None:
    at = panel(name, text=text)
    assert pictures(at)
    assert not any(text in markdown.value for markdown in at.markdown)


@pytest.mark.parametrize("name", ["rollout", "follow"])
def test_words_are_followed_where_the_picture_shows_words(name: str) -> None:
    at = panel(name, text="a x9y bank", unit="words")
    assert any("x9y" in label for spec in pictures(at) for label in spec["data"][0]["x"])


def test_a_pair_is_read_as_a_pair_in_every_panel() -> None:
    for name in ("rollout", "ablation", "comparison", "follow"):
        assert pictures(panel(name, text="a dog runs", pair="the cat"))


def test_the_residual_share_changes_the_rollout_and_the_sentence() -> None:
    at = panel("rollout")
    before, said = pictures(at), words(at)
    assert "With a residual share of 0.50" in said
    assert "weak explanations" in said and ".13 for rollout" in said
    at.slider(key="residual").set_value(0.9)
    checked(at.run())
    assert pictures(at) != before
    assert "With a residual share of 0.90" in words(at)


def test_the_rollout_says_whose_sources_and_up_to_which_layer() -> None:
    at = panel("rollout", pooling="cls")
    assert "The text's vector (first token) draws most from" in findings(at)
    at.selectbox(key="whose").set_value(3)
    at.select_slider(key="rollout_layer").set_value(1)
    checked(at.run())
    assert findings(at).startswith("Token 3, “bank” draws most from")
    assert "to layer 1" in findings(at)


def test_the_measured_residual_stands_first_where_it_is_chosen() -> None:
    at = panel("rollout", rollout="measured")
    assert "(measured residual)" in findings(at)
    assert at.slider(key="residual").disabled


def test_flow_is_for_short_texts_and_says_so() -> None:
    assert "(flow)" in findings(panel("rollout", rollout="flow"))
    at = panel("rollout", rollout="flow", text="a " * 40)
    assert "up to 32 tokens, this text has 42" in words(at)
    assert not pictures(at)


def test_the_passport_tells_role_score_and_chance() -> None:
    at = panel("passport", heads="1.2")
    assert "On 24 texts" in words(at) and "stand out from random weights" in words(at)
    assert findings(at).startswith("Layer 1, head 2: ")
    assert "random weights" in findings(at)
    table = at.dataframe[0].value
    assert len(table) == tiny.N_LAYERS * tiny.N_HEADS
    assert {"Role", "Score", "From", "To", "Stability", "Above random"} <= set(table.columns)
    assert table["Above random"].is_monotonic_decreasing


def test_the_strongest_text_can_be_opened() -> None:
    at = panel("passport")
    (button,) = [button for button in at.button if button.label == "Open this text"]
    checked(button.click().run())
    assert at.session_state["sample"] == "loaded"
    assert 0 <= at.session_state["loaded_text"] < 24


def test_long_passports_are_asked_for_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedlib.ui.attention.estimates._AT_ONCE_SECONDS", 0.0)
    at = panel("passport", data="scripts")
    assert "about 1 s" in words(at) and not pictures(at)
    (button,) = [button for button in at.button if button.label.startswith("Make the passports")]
    assert pictures(checked(button.click().run()))


def test_a_look_at_the_panel_switches_nothing_off() -> None:
    at = panel("ablation", heads="2.1")
    assert at.multiselect(key="heads_off").value == []
    assert "alone matters most" in findings(at) and "without layer 2" not in findings(at)


def without_those_on_show(**address: str) -> AppTest:
    at = panel("ablation", heads="2.1", **address)
    (button,) = [button for button in at.button if button.label == "Those on show"]
    return checked(button.click().run())


def test_heads_on_show_can_be_switched_off() -> None:
    at = without_those_on_show()
    assert at.multiselect(key="heads_off").value == [(1, 0)]
    assert "without layer 2, head 1" in findings(at)
    assert "alone matters most" in findings(at)
    assert "nearest loaded texts are others" in words(at)


def test_other_heads_can_be_switched_off() -> None:
    at = without_those_on_show()
    before = findings(at)
    at.multiselect(key="heads_off").set_value([(0, 0), (2, 1)])
    checked(at.run())
    assert at.session_state[heads.OFF] == ((0, 0), (2, 1))
    assert "without 2 heads" in findings(at) != before
    at.multiselect(key="heads_off").set_value([])
    checked(at.run())
    assert at.multiselect(key="heads_off").value == []
    assert "without" not in findings(at).split("alone matters most")[0]


def test_predictions_at_a_mask_change_with_the_heads() -> None:
    at = without_those_on_show(pin="2")
    assert at.selectbox(key="masked").value == 2
    assert any("likeliest" in alt or "gives way" in alt for alt in findings(at).split("\n"))


def test_a_causal_model_predicts_the_next_word_without_a_mask() -> None:
    at = without_those_on_show(model=CAUSAL)
    assert "masked" not in [box.key for box in at.selectbox]
    assert any("likeliest" in alt or "gives way" in alt for alt in findings(at).split("\n"))


def test_a_model_without_a_language_head_says_so() -> None:
    at = without_those_on_show(model="all-MiniLM-L6-v2")
    assert "all-MiniLM-L6-v2 predicts no words. Sentence models lost that head" in words(at)


def test_scores_that_are_not_plain_are_named() -> None:
    assert "softmax of the scores over the keys is the weight" in words(panel("neurons"))
    said = words(panel("neurons", model=NO_PLAIN_SCORES))
    assert "the weight does not follow from the score alone" in said


@pytest.mark.parametrize("part", ["queries", "keys", "values"])
def test_queries_keys_and_values_have_a_picture(part: str) -> None:
    at = panel("neurons", part=part, pin="2")
    assert findings(at).startswith(f"{part.capitalize()}: of “river” dimension")


def test_a_causal_query_sees_only_what_stands_before_it() -> None:
    (spec,) = pictures(panel("neurons", model=CAUSAL, pin="2"))
    assert len(spec["data"][0]["y"]) == 3


def test_two_texts_are_compared_word_by_word() -> None:
    at = panel("comparison")
    at.text_input(key="second_text").set_value("the savings bank flows to the sea")
    checked(at.run())
    assert "9 tokens stand side by side, 1 of them differ; 0 have no counterpart." in words(at)
    assert "changes most" in findings(at)
    assert "river → savings" in str(pictures(at))
    changes = at.dataframe[0].value["Change"]
    assert changes.is_monotonic_decreasing


def test_a_comparison_begins_with_a_text_much_like_this_one_or_without_a_word() -> None:
    assert panel("comparison").text_input(key="second_text").value == "the river bank flows to the"
    likest = "She opened a savings account at the bank."  # of the sample: on Main Street
    at = panel("comparison", text=likest)
    assert at.text_input(key="second_text").value.endswith("at the bank on Main Street.")


def test_a_comparison_can_start_from_the_text_itself() -> None:
    at = panel("comparison")
    (button,) = [button for button in at.button if button.label == "Copy this text"]
    checked(button.click().run())
    assert "Nothing changes in layer 4" in findings(at) or "Nothing changes in" in findings(at)
    at.text_input(key="second_text").set_value(" ")
    checked(at.run())
    assert "Type a second text" in words(at)


def test_the_pinned_token_is_followed() -> None:
    at = panel("follow", pin="2")
    assert "“river” looks most at" in findings(at)
    assert "looks most at “river”" in findings(at)
    at.selectbox(key="followed_head").set_value(1)
    checked(at.run())
    assert "head 2 of every layer" in findings(at)


def test_the_grid_is_marked_by_the_text_and_once_made_by_the_loaded_texts() -> None:
    passports._kept.cache_clear()
    choice, corpus = (
        Choice("bert", 3, 3, "mean", "", False, TokenSettings()),
        sample_corpus("senses"),
    )
    maps = attention(load("bert"), TEXT)
    measures = marks.grid_measures(choice, corpus, maps, "weight")
    assert set(ATTENTION_MEASURES) < set(measures)
    assert {"texts.margin", "texts.stability", "texts.previous"} <= set(measures)
    for name, row in ATTENTION_MEASURES.items():
        assert measures[name].label == row.label
        assert np.array_equal(measures[name].function(), measure(maps, name), equal_nan=True)
    assert measures["texts.margin"].function() is None
    made = attention_passports(load("bert"), corpus.texts[:3])
    passports._kept().put(passports.key_of(choice, corpus, "weight"), made)
    for name, row in HEAD_NUMBERS.items():
        found = measures[f"texts.{name}"].function()
        assert np.array_equal(found, row.function(made), equal_nan=True)
    assert len({row.key for row in measures.values()}) == len(measures)
