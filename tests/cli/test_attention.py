"""`attention` writes the maps of a text and what each head does, whole or not at all."""

import base64
import json
import re
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from embedlib.attention import ATTENTION_MEASURES, shown
from embedlib.attention import attention as read
from embedlib.attention.scene import scene_of
from embedlib.cli import app
from tests import tiny

TEXT = "the river bank, x9"


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EMBEDLIB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("embedlib.models.load", lambda *_, **__: tiny.encoder())
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(app, ["attention", *arguments])


def test_arrays_and_facts_are_those_of_the_library(workplace):
    result = run(TEXT, "--pair", "a dog", "--out", "maps")
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in (workplace / "maps").iterdir()) == [
        "attention.html",
        "attention.json",
        "attention.npz",
    ]
    maps = read(tiny.encoder(), TEXT, "a dog")
    with np.load(workplace / "maps" / "attention.npz") as arrays:
        assert np.array_equal(arrays["weights"], maps.weights)
        assert np.array_equal(arrays["value_norms"], maps.value_norms)
        assert np.array_equal(arrays["segment"], maps.segment)
        assert np.allclose(arrays["rollout"].sum(-1), 1, atol=1e-5)
    facts = json.loads((workplace / "maps" / "attention.json").read_text())
    assert facts["request"]["text"] == TEXT
    assert facts["fingerprint"] == tiny.encoder().card.fingerprint
    assert [token["piece"] for token in facts["tokens"]] == list(maps.pieces)
    assert set(facts["measures"]) == set(ATTENTION_MEASURES)
    assert facts["measures"]["other_text"][0][0] is not None
    assert len(facts["measured_residual"]) == tiny.N_LAYERS
    assert f"6 heads, {maps.n_tokens} tokens" in result.stdout


def test_the_page_holds_every_head_and_says_what_was_read(workplace):
    run("the <b>bank</b>", "--pair", "a dog", "--out", "maps")
    page = (workplace / "maps" / "attention.html").read_text("utf-8")
    scene = scene_of(shown(read(tiny.encoder(), "the <b>bank</b>", "a dog")))
    payload = base64.b64decode(re.search(r'id="payload">\s*(\S+)', page)[1])
    assert scene.whole_grid.content in payload
    assert "<dt>text</dt><dd>the &lt;b&gt;bank&lt;/b&gt;</dd>" in page
    assert "<dt>pair</dt><dd>a dog</dd>" in page
    assert b"Special tokens receive" in payload


def test_what_no_text_can_show_is_null(workplace):
    run("a dog", "--out", "maps")
    facts = json.loads((workplace / "maps" / "attention.json").read_text())
    assert facts["measures"]["other_text"] == [[None, None]] * 3


def test_tokens_that_were_cut_are_said():
    result = run(TEXT, "--out", "maps", "--max-tokens", "5")
    assert "3 tokens did not fit and were cut" in result.stdout


def test_the_same_request_replaces_and_another_is_asked_about(workplace):
    assert run(TEXT, "--out", "maps").exit_code == 0
    assert run(TEXT, "--out", "maps").exit_code == 0
    refused = run("a dog", "--out", "maps")
    assert refused.exit_code == 2
    assert "holds the attention maps of another text or other settings" in refused.stderr
    assert run("a dog", "--out", "maps", "--force").exit_code == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("notes.txt", "holds 'notes.txt'"),
        ("attention.json", "is not a folder of attention maps"),
        ("attention.html", "is not a folder of attention maps"),
    ],
)
def test_a_folder_that_is_not_ours_is_left_alone(workplace, content, reason):
    (workplace / "mine").mkdir()
    (workplace / "mine" / content).write_text("[1]")
    refused = run(TEXT, "--out", "mine", "--force")
    assert refused.exit_code == 2
    assert f"{reason}, so it is left alone" in refused.stderr
    assert (workplace / "mine" / content).read_text() == "[1]"


def test_a_file_in_the_way_is_refused(workplace):
    (workplace / "maps").write_text("mine")
    refused = run(TEXT, "--out", "maps")
    assert refused.exit_code == 2
    assert "is a file or a link" in refused.stderr


def test_a_blank_text_is_refused_before_a_model_is_loaded(monkeypatch):
    def never(*_, **__):
        raise AssertionError("loaded")

    monkeypatch.setattr("embedlib.models.load", never)
    refused = run(" ", "--out", "maps")
    assert refused.exit_code == 2
    assert "must not be blank" in refused.stderr


def test_stopping_leaves_nothing(workplace, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["embedlib.cli.attention"], "write_folder", stopped)
    result = run(TEXT, "--out", "maps")
    assert result.exit_code == 130
    assert "Stopped: nothing was written" in result.stderr
    assert not list(workplace.glob("*maps*"))
