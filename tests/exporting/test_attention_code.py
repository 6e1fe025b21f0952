"""The shown code for attention runs as it stands, and makes the picture's numbers."""

import builtins
import io
import sys
from contextlib import redirect_stdout
from dataclasses import replace

import numpy as np
import pytest

from embedlib.attention import Filters, attention, head_mean, shown
from embedlib.attention.maps import AttentionMaps
from embedlib.exporting import attention_code
from embedlib.models import load
from tests.attention.test_filters import pair
from tests.exporting.test_code import HOSTILE

TEXT, PAIR = 'Say "hi", it\'s a\\b\t中文 🙂 unhyphenated', "The other one."
EVERY = tuple((layer, head) for layer in range(6) for head in range(12))


def run(source: str) -> np.ndarray:
    scope: dict[str, object] = {"__name__": "shown"}
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(source, "shown.py", "exec"), scope)
    values = scope["values"]
    assert printed.getvalue() == f"{values.shape}\n"
    return values


@pytest.mark.parametrize(
    ("text_pair", "kind", "filters", "heads", "max_tokens"),
    [
        (None, "weight", Filters(), ((2, 3),), None),
        (PAIR, "contribution", Filters("words", "left_out", "a_to_b", 0.8), EVERY[:12], None),
        (None, "contribution", Filters(), EVERY[5::12], 9),
        (PAIR, "weight", Filters(special="zeroed_rescaled"), EVERY, None),
        (None, "weight", Filters(mass=0.5), ((0, 1), (4, 2), (5, 11)), None),
    ],
)
def test_the_code_makes_the_picture(text_pair, kind, filters, heads, max_tokens) -> None:
    maps = attention(load(), TEXT, text_pair, max_tokens=max_tokens)
    seen = shown(maps, kind, filters)
    source = attention_code(maps, seen, heads, max_tokens=max_tokens)
    np.testing.assert_allclose(run(source), head_mean(seen.values, heads), atol=1e-6)
    assert len(source.splitlines()) < 14, source


def test_the_plain_case_is_as_short_as_it_can_be() -> None:
    maps = attention(load(), "a river bank")
    assert attention_code(maps, shown(maps), ((2, 3),)) == (
        "from embedlib import attention, load\n"
        "\n"
        'text = "a river bank"\n'
        'encoder = load("all-MiniLM-L6-v2")\n'
        "maps = attention.attention(encoder, text)\n"
        "shown = attention.shown(maps)\n"
        "values = shown.values[2, 3]  # (query, key); layers and heads count from 0\n"
        "print(values.shape)\n"
    )


def test_a_long_text_is_read_from_a_file(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(sys.modules[attention_code.__module__], "MOST_LITERAL_CHARACTERS", 10)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text(TEXT, "utf-8")
    maps = attention(load(), TEXT)
    seen = shown(maps)
    source = attention_code(maps, seen, ((0, 0),))
    assert "# save the text under this name" in source
    np.testing.assert_allclose(run(source), seen.values[0, 0], atol=1e-6)


def test_number_format_and_local_folder_are_said() -> None:
    maps = pair()
    encoder = replace(maps.encoder, dtype="bfloat16", source="folder", name="mine")
    maps = AttentionMaps(**{**maps.__dict__, "encoder": encoder})
    source = attention_code(maps, shown(maps), ((0, 0),))
    assert 'load("mine", dtype="bfloat16")' in source
    assert "EMBEDLIB_MODELS_DIR must name the folder" in source


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_code(text: str) -> None:
    maps = AttentionMaps(**{**pair().__dict__, "text": text, "pair": text})
    seen = shown(pair())
    source = attention_code(maps, seen, ((0, 0),))
    names = compile(source, "shown.py", "exec").co_names
    assert not set(names) & {"os", "__import__", "abort"}
    assert not set(names) & set(dir(builtins)) - {"print"}
