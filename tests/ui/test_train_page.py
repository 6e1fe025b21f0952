"""The Train page in Streamlit's own test harness, with the bundled model and its own store."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from embedlib.training import launch, runs
from embedlib.training.doctor.findings import SEVERITIES, Finding
from embedlib.training.estimating import Estimate
from embedlib.training.recipes import RECIPES
from embedlib.training.runs import Run
from embedlib.training.status import Status, write_status
from embedlib.ui.pages import path_of
from embedlib.ui.train import doctor
from tests.ui.reading import as_read
from tests.ui.test_pages import checked
from tests.ui.train_page import PATIENCE_SECONDS, own_home, page, press, words

__all__ = ["own_home"]  # the fixture of that module, for this one


def uploaded(content: bytes, name: str = "rows.csv", **address: str) -> AppTest:
    at = page(data="file", **address)
    at.file_uploader(key="upload").set_value([(name, content, "text/csv")])
    return checked(at.run())


def test_the_first_page_shows_a_sample_its_labels_and_a_button_to_start():
    at = page()
    assert "60 rows of 8 labels" in at.get("plotly_chart")[0].proto.spec
    start = next(button for button in at.button if button.label == "Start training")
    assert not start.disabled


def start_button(at: AppTest):
    return next(button for button in at.button if button.label == "Start training")


def rows(labels: list[str], text: str = "the {} bank of the river is {}") -> bytes:
    lines = [f"{text.format(place, place * 7)},{label}" for place, label in enumerate(labels)]
    return "\n".join(["text,label", *lines]).encode()


BAD = {
    "one label": (rows(["same"] * 20), "All rows have the same label, 'same'."),
    "one row a label": (rows([f"l{n}" for n in range(20)]), "likely no label column"),
    "too few rows": (rows(["a", "b", "a"]), "part must have at least one row"),
    "the label is the text": (
        b"text,label\n" + b"".join(b"row %d,row %d\n" % (n, n) for n in range(8)),
        "the label is the text itself",
    ),
    "no labels in some rows": (rows(["a", "b", ""] * 8), "8 rows without a label"),
}


@pytest.mark.parametrize("name", list(BAD))
def test_what_cannot_be_trained_on_is_said_in_words_and_does_not_start(name):
    content, told = BAD[name]
    at = uploaded(content)
    assert told in words(at)
    assert start_button(at).disabled


FINE = {
    "numbers": (rows([f"{n % 25}.0" for n in range(100)]), "25 different numbers"),
    "spelling": (rows(["Yes", "yes ", "no"] * 8), "like another one"),
    "a language that the model does not know": (
        rows(["a", "b"] * 10, "他在河岸边散步 {} {}"),
        "The model does not know",
    ),
    "a label that is never tested": (
        rows(["a"] * 20 + ["b"] * 20 + ["c"]),
        "1 of 3 labels has no test row",
    ),
    "a blank text": (rows(["a", "b"] * 10) + b"\n,a\n", "Left out row 21"),
    "long texts": (rows(["a", "b"] * 10, "bank {} {}" + " river" * 300), "longer than 256 tokens"),
    "a thousand labels": (
        rows([f"label {n % 1000}" for n in range(3_000)]),
        "1,000 labels have fewer",
    ),
}


@pytest.mark.parametrize("name", [name for name in FINE if name != "a thousand labels"])
def test_what_is_odd_is_said_and_can_be_trained_on(name):
    content, told = FINE[name]
    at = uploaded(content)
    assert told in words(at)
    assert not start_button(at).disabled


def test_a_thousand_labels_are_counted_and_the_largest_drawn():
    at = uploaded(FINE["a thousand labels"][0])
    spec = at.get("plotly_chart")[0].proto.spec
    assert "3,000 rows of 1,000 labels: 3 each" in spec and "984 more are not drawn" in spec
    assert not start_button(at).disabled


def test_a_cell_of_ten_megabytes_is_refused_in_words():
    at = uploaded(b"text,label\n" + b"x" * 10_000_000 + b",a\nb,b\n")
    assert "must be at most" in words(at)


def test_malformed_tags_name_their_line():
    at = page(task="tokens", tagged="file")
    at.file_uploader(key="train_conll").set_value(
        [("t.conll", b"Anna\tB-person\nsleeps\n\n", "text/plain")]
    )
    checked(at.run())
    assert "Line 2 must be a word and a tag" in words(at)


def test_a_remedy_is_one_click_recorded_in_the_address_and_can_be_undone():
    at = uploaded(rows(["a", "b", ""] * 8))
    press(at, "Leave these rows out")
    assert "8 rows left out" in words(at)
    assert not start_button(at).disabled
    assert at.query_params["fix"] == "unlabelled"
    press(at, "Undo")
    assert "8 rows without a label" in words(at) and start_button(at).disabled
    press(at, "Leave these rows out")
    at.pills(key="data").set_value("service")
    assert "left out" not in words(checked(at.run()))  # other rows begin without remedies


def test_a_column_that_says_the_part_is_found_and_used():
    lines = [
        f"bank {n} of {n * 3},{'ab'[n % 2]},{['train', 'dev', 'test'][n % 3]}" for n in range(60)
    ]
    at = uploaded("\n".join(["text,label,part", *lines]).encode())
    assert at.selectbox(key="part_column").value == "part"
    spec = at.get("plotly_chart")[0].proto.spec
    assert all(f'"{part}"' in spec for part in ("train", "validation", "test"))


def test_a_second_file_is_only_tested_on():
    at = uploaded(rows(["a", "b"] * 20))
    at.segmented_control(key="held_out").set_value("file")
    checked(at.run())
    assert "Open the file whose rows test" in words(at)
    second = rows(["a", "b", "a"], "a dog {} and a cat {}")
    at.file_uploader(key="train_second").set_value([("test.csv", second, "text/csv")])
    checked(at.run())
    examples = at.session_state["_train_divided"][1].examples
    assert examples.parts.count("test") == 3
    assert all("dog" in text for text in examples.part("test").texts)


def test_a_second_file_with_other_columns_is_named_with_what_it_lacks():
    at = uploaded(rows(["a", "b"] * 20))
    at.segmented_control(key="held_out").set_value("file")
    checked(at.run())
    other = rows(["a", "b"]).replace(b"text,label", b"text,category")
    at.file_uploader(key="train_second").set_value([("test.csv", other, "text/csv")])
    at.run()
    told = as_read("\n".join([words(at), *(error.value for error in at.error)]))
    assert "'test.csv' must have a column 'label', and has 'text', 'category'." in told
    assert "rename them there" in told


def test_pairs_need_a_second_column_and_take_it():
    at = page(task="pair")
    assert "these rows have none" in words(at) or "Choose a column" in str(at.selectbox)
    lines = [f"a bank {n},a river {n},{'ab'[n % 2]}" for n in range(30)]
    at = uploaded("\n".join(["text,other,label", *lines]).encode(), task="pair")
    at.selectbox(key="pair_column").set_value("other")
    checked(at.run())
    assert at.session_state["_train_divided"][1].examples.pairs[3] == "a river 3"


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_the_expert_drawer_draws_every_option_of_a_recipe(recipe):
    at = page(recipe=recipe)
    drawn = {
        widget.key
        for kind in (at.number_input, at.toggle, at.selectbox, at.text_input)
        for widget in kind
    }
    by_sidebar = {"layer", "pooling", "prefix"}
    if not RECIPES[recipe].changes_model:
        by_sidebar.add("max_tokens")
    wanted = {f"{recipe}_{name}" for name in RECIPES[recipe].options if name not in by_sidebar}
    assert wanted <= drawn


def test_the_address_restores_task_recipe_rungs_options_and_split():
    at = page(recipe="lora", rungs="majority", lora_epochs="2", train_seed="7", test_share="30")
    assert at.radio(key="recipe").value == "lora"
    assert at.pills(key="rungs_sequence_lora").value == ["majority"]
    assert at.number_input(key="lora_epochs").value == 2
    parts = at.session_state["_train_divided"][1].examples.parts
    assert parts.count("test") == 18
    assert page(task="tokens").radio(key="recipe").options[0] == "LoRA"


def test_what_was_chosen_survives_another_page_and_another_recipe():
    at = page(recipe="lora")
    at.number_input(key="lora_epochs").set_value(2)
    at.toggle(key="lora_class_weights").set_value(True)
    at.number_input(key="test_share").set_value(30)
    at.pills(key="rungs_sequence_lora").set_value(["tfidf"])
    at.text_input(key="train_name").set_value("Mine")
    checked(at.run())
    at.radio(key="recipe").set_value("full")
    checked(at.run())
    at.radio(key="recipe").set_value("lora")
    checked(at.run())
    at.switch_page(str(path_of("guide")))
    checked(at.run())
    at.switch_page(str(path_of("train")))
    checked(at.run())
    assert at.number_input(key="lora_epochs").value == 2
    assert at.toggle(key="lora_class_weights").value is True
    assert at.number_input(key="test_share").value == 30
    assert at.pills(key="rungs_sequence_lora").value == ["tfidf"]
    assert at.text_input(key="train_name").value == "Mine"
    assert at.radio(key="recipe").value == "lora"


def test_layer_and_pooling_of_the_sidebar_make_the_vectors_of_the_probe():
    at = page(layer="3", pooling="max")
    assert "layer 3 of 6, max" in words(at)


def test_pasted_texts_are_told_what_is_missing():
    at = page(data="paste")
    at.text_area(key="pasted").set_value("a bank\na river")
    assert "Training needs a label for each text" in words(checked(at.run()))


def test_an_estimate_is_measured_when_asked_for(monkeypatch):
    def measured(asked, examples, cancelled):
        return Estimate(120.0, 15, 40.0, 800_000_000, 120_000_000)

    monkeypatch.setattr("embedlib.ui.train.starting.estimate", measured)
    at = press(page(recipe="lora", rungs="full"), "Estimate")
    end = time.monotonic() + PATIENCE_SECONDS
    while "About" not in words(at) and time.monotonic() < end:
        checked(at.run())
    assert "About 2 min: 15 steps, 40 texts/s, 0.8 GB of memory, 120 MB" in words(at)
    assert "LoRA alone; Full fine-tuning come on top" in words(at)


@pytest.mark.parametrize(
    "address",
    [{"recipe": "lora"}, {"recipe": "probe", "layer": "2"}, {"task": "tokens", "recipe": "full"}],
)
def test_the_code_makes_the_run_that_the_page_would(address, monkeypatch):
    at = page(**address, test_share="25")
    script = next(part.value for part in at.code if "launch.start" in part.value)
    started: list[Run] = []
    monkeypatch.setattr(launch, "start", started.append)
    monkeypatch.setattr(launch, "wait", lambda run: Status("done"))
    exec(compile(script, "code", "exec"), {})
    wanted = at.session_state["_train_divided"][1].examples
    assert started[0].examples().parts == wanted.parts
    assert started[0].examples().texts == wanted.texts
    assert started[0].settings.recipe == address["recipe"]
    runs.remove(ended_now(started[0]))


def ended_now(run: Run) -> Run:
    write_status(run.folder, Status("cancelled", asked=time.time()))
    return run


def test_the_code_of_a_file_names_its_columns_remedies_and_second_file():
    at = uploaded(rows(["a", "b", ""] * 8), name="mine.csv", held_out="file", fix="unlabelled")
    at.file_uploader(key="train_second").set_value([("test.csv", rows(["a", "b"]), "text/csv")])
    checked(at.run())
    script = next(part.value for part in at.code if "launch.start" in part.value)
    compile(script, "code", "exec")
    assert 'columns = Columns(text="text", label="label")' in script
    assert 'load_sheet(read_file("test.csv"), columns, "test")' in script
    assert "apply_named(examples, ('unlabelled',))" in script


def test_wandb_is_offered_only_with_its_key(monkeypatch):
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    assert "train_wandb" not in [toggle.key for toggle in page().toggle]
    monkeypatch.setenv("WANDB_API_KEY", "k")
    monkeypatch.setattr("embedlib.ui.train.recipe.find_spec", lambda _: object())
    assert "train_wandb" in [toggle.key for toggle in page().toggle]


def test_the_summary_counts_warnings_and_notes():
    note, warning = Finding("few_rows", "note", (), ""), Finding("rare", "warn", (0,), "")
    assert doctor.summary([note]) == (
        "The data doctor found nothing that must be mended, and has a note."
    )
    told = doctor.summary([warning, warning, note])
    assert told == "The data doctor has 2 warnings and a note."


def test_every_check_has_a_badge():
    assert set(SEVERITIES) == set(doctor._BADGES)
