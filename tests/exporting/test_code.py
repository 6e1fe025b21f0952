"""The shown code runs as it stands, and makes the same numbers as what it is shown for."""

import builtins
import io
import sys
from contextlib import redirect_stdout
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.api import embed
from embedlib.errors import OptionError, UnknownNameError
from embedlib.exporting.code import SOURCES, code, literal
from embedlib.extract import extract
from embedlib.models import load
from embedlib.reading import corpus_from_sheet, corpus_from_text, read_file, sample_corpus
from embedlib.records import Corpus, TokenSettings

PASTED = 'The bank of the river was wet.\nThe bank lends money.\nSay "hi", it\'s a\\b\t中文 🙂'


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    monkeypatch.setenv("EMBEDLIB_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(source: str) -> np.ndarray:
    scope: dict[str, object] = {"__name__": "shown"}
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(source, "shown.py", "exec"), scope)
    embeddings = scope["embeddings"]
    assert printed.getvalue() == f"{embeddings.shape}\n"
    return embeddings


@pytest.mark.parametrize(
    ("pooling", "layer", "normalise", "settings"),
    [
        ("mean", 6, False, {}),
        ("cls", 0, True, {}),
        ("max", "mean_last_4", True, {"pool_special": False}),
        ("mean", "concat_last_4", False, {"prefix": 'query: "it\'s"\n'}),
        ("weighted_mean", -1, True, {"windows": True, "max_tokens": 8}),
        ("last", "mean_all", False, {"max_tokens": 6}),
    ],
)
def test_code_for_pasted_lines_makes_the_same_numbers(pooling, layer, normalise, settings):
    corpus = corpus_from_text(PASTED, split="lines")
    vectors = embed(corpus.texts, layers="all", poolings=pooling, **settings)
    source = code(vectors, corpus, pooling, layer, normalise=normalise)
    expected = vectors.select(pooling, layer, normalise=normalise)
    np.testing.assert_allclose(run(source), expected, atol=1e-5)
    assert len(source.splitlines()) < 20, source


def test_code_for_a_sample(workplace):
    corpus = sample_corpus("service")
    vectors = embed(corpus.texts, layers=3)
    source = code(vectors, corpus, "mean", 3, source="sample")
    assert source == (
        "from embedlib import embed\n"
        "from embedlib.reading import sample_corpus\n"
        "\n"
        'texts = sample_corpus("service").texts\n'
        'vectors = embed(texts, "all-MiniLM-L6-v2", layers=3)\n'
        'embeddings = vectors.select("mean", 3)  # (text, dim) float32\n'
        "print(embeddings.shape)\n"
    )
    np.testing.assert_allclose(run(source), vectors.select("mean", 3), atol=1e-5)


def test_code_for_a_file(workplace):
    (workplace / 'my "data".csv').write_text('no,"the text"\n1,a river bank\n2,\n3,a dog\n')
    corpus = corpus_from_sheet(read_file('my "data".csv'), "the text", "no")
    vectors = embed(corpus.texts, layers=6)
    found = run(code(vectors, corpus, "mean", 6, source="file"))
    np.testing.assert_allclose(found, vectors.select("mean", 6), atol=1e-5)


@pytest.mark.parametrize("split", ["lines", "sentences"])
def test_much_pasted_text_is_read_from_a_file(workplace, split, monkeypatch):
    monkeypatch.setattr(sys.modules[code.__module__], "MOST_LITERAL_TEXTS", 2)
    pasted = "A dog. A cat ran!\nA bank, and money?\nThe river.\n"
    corpus = corpus_from_text(pasted, split=split)
    vectors = embed(corpus.texts, layers=6)
    source = code(vectors, corpus, "mean", 6, source=split)
    assert "# save what you pasted under this name" in source
    (workplace / "texts.txt").write_text(pasted, "utf-8")
    np.testing.assert_allclose(run(source), vectors.select("mean", 6), atol=1e-5)


@pytest.mark.parametrize("settings", [TokenSettings(), TokenSettings(max_tokens=9, prefix="a ")])
@pytest.mark.parametrize("layer", [2, "mean_last_4"])
def test_code_for_chosen_tokens(settings, layer):
    corpus = corpus_from_text("a river bank\na savings bank", split="lines")
    chosen = {0: [2, 3], 1: [3]}
    options = {"layers": tuple(range(7)), "poolings": ("chosen",), "settings": settings}
    vectors = extract(load(), corpus.texts, chosen=chosen, **options)
    source = code(vectors, corpus, "chosen", layer, chosen=chosen, normalise=True)
    expected = vectors.select("chosen", layer, normalise=True)
    np.testing.assert_allclose(run(source), expected, atol=1e-5)


def test_chosen_tokens_must_be_given(vectors, corpus):
    with pytest.raises(OptionError, match="chosen must name tokens for the pooling 'chosen'"):
        code(vectors, corpus, "chosen", 2)


def test_sources_are_a_table(vectors, corpus):
    assert tuple(SOURCES) == ("sample", "file", "lines", "sentences")
    with pytest.raises(UnknownNameError, match="The source must be one of sample, file"):
        code(vectors, corpus, "mean", 2, source="web")


def test_number_format_and_local_folder_are_said(vectors, corpus):
    encoder = replace(vectors.encoder, dtype="bfloat16", source="folder", name="mine")
    source = code(replace(vectors, encoder=encoder), corpus, "mean", 2)
    assert 'model = load("mine", dtype="bfloat16")\n' in source
    assert "from embedlib import embed, load\n" in source
    assert "EMBEDLIB_MODELS_DIR must name the folder" in source


HOSTILE = [
    '"); import os; os.abort() #',
    "'''\"\"\"\\",
    "{__import__('os')}",
    "\u202e\u2066 bidi \x00\r\n\u2028",
    "\ud800",
    '"\\',
]


@pytest.mark.parametrize("source", SOURCES)
def test_no_text_or_name_becomes_code(vectors, source):
    for text in HOSTILE:
        frame = pd.DataFrame({"t": pd.Series([text], dtype=object)})
        corpus = Corpus((text,), None, frame, text, text_column=text)
        settings = TokenSettings(prefix=text)
        written = code(replace(vectors, settings=settings), corpus, "mean", 2, source=source)
        names = compile(written, "shown.py", "exec").co_names
        assert not set(names) & {"os", "__import__", "abort"}
        assert "\u202e" not in written and "\ud800" not in written
        assert not set(names) & set(dir(builtins)) - {"print"}


@given(st.text(alphabet=st.characters()))
def test_a_literal_is_the_text_again(text):
    assert eval(literal(text)) == text
    assert literal(text).isprintable()
