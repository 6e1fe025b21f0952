import json
from pathlib import Path

import pytest

from embedlib.models import ModelShape, load, shape
from tests import tiny
from tests.models.folders import change, save


@pytest.mark.parametrize("model_type", tiny.ARCHITECTURES)
def test_the_shape_is_what_the_loaded_model_says(model_type: str, tmp_path: Path) -> None:
    save(tmp_path / "mine", model_type)
    _same_as_card("mine", tmp_path)


def test_the_shape_of_the_bundled_model() -> None:
    assert shape() == ModelShape(6, 12, 384, 256, 512, causal=False, prefixes=())


def test_settings_that_say_only_what_differs_from_the_usual_are_read(tmp_path: Path) -> None:
    file = save(tmp_path / "mine") / "config.json"
    content = json.loads(file.read_text())
    del content["max_position_embeddings"]
    file.write_text(json.dumps(content))
    assert shape("mine", tmp_path).most_tokens == 512


@pytest.mark.parametrize(
    ("file", "values", "expected"),
    [
        ("sentence_bert_config.json", {"max_seq_length": 20}, 20),
        ("sentence_bert_config.json", {"max_seq_length": 10_000}, tiny.MOST),
        ("sentence_bert_config.json", {"max_seq_length": None}, tiny.MOST),
        ("sentence_bert_config.json", {"max_seq_length": "x"}, tiny.MOST),
        ("sentence_bert_config.json", {"max_seq_length": -5}, tiny.MOST),
        ("tokenizer_config.json", {"model_max_length": 30}, 30),
        ("tokenizer_config.json", {"model_max_length": 10**30}, tiny.MOST),
    ],
)
def test_the_token_bound_comes_from_the_folder(
    tmp_path: Path, file: str, values: dict[str, object], expected: int
) -> None:
    folder = save(tmp_path / "mine")
    change(folder / file, **values)
    assert shape("mine", tmp_path).max_tokens == expected
    _same_as_card("mine", tmp_path)


@pytest.mark.parametrize(
    ("prompts", "expected"),
    [
        ({"query": "query: ", "document": "passage: "}, ("query: ", "passage: ")),
        ({"query": "", "a": "x", "b": "x", "c": 3, "d": "y" * 2_000}, ("x",)),
        (["query: "], ()),
        (None, ()),
    ],
)
def test_prefixes_come_from_the_settings_of_sentence_transformers(
    tmp_path: Path, prompts: object, expected: tuple[str, ...]
) -> None:
    folder = save(tmp_path / "mine")
    change(folder / "config_sentence_transformers.json", prompts=prompts)
    assert shape("mine", tmp_path).prefixes == expected
    _same_as_card("mine", tmp_path)


def _same_as_card(name: str, models_dir: Path) -> None:
    found = shape(name, models_dir)
    card = load(name, models_dir=models_dir, device="cpu").card
    assert found == ModelShape(
        card.n_layers,
        card.n_heads,
        card.dim,
        card.max_tokens,
        card.most_tokens,
        causal=card.causal,
        prefixes=card.prefixes,
    )
