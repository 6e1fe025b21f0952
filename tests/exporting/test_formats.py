"""Every export is read back by the tool that it is for."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import safetensors
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embedlib.errors import LimitError, OptionError
from embedlib.exporting.columns import plain
from embedlib.exporting.formats import EXPORTS, FORMULA_STARTS
from embedlib.records import Corpus
from tests.exporting.conftest import DIM, TEXTS

CARD = {"format": "embedlib card 1", "model": "m", "layer": 2, "pooling": "mean", "rows": 7}


def same_bits(found: np.ndarray, expected: np.ndarray) -> bool:
    return np.array_equal(np.asarray(found, np.float32).view(np.uint32), expected.view(np.uint32))


def read_csv(content: bytes, **options) -> pd.DataFrame:
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return pd.read_csv(text, keep_default_na=False, lineterminator="\n", **options)


def corpus_of(texts: list[str], column: str = "text") -> Corpus:
    frame = pd.DataFrame({column: pd.Series(texts, dtype=object)})
    return Corpus(tuple(texts), None, frame, "made", text_column=column)


@pytest.mark.parametrize("name", EXPORTS)
def test_same_input_gives_the_same_bytes(name, corpus, numbers):
    assert EXPORTS[name].write(numbers, corpus, CARD) == EXPORTS[name].write(numbers, corpus, CARD)


@pytest.mark.parametrize("name", EXPORTS)
def test_lone_surrogates_and_odd_columns_do_not_crash(name):
    frame = pd.DataFrame(
        {
            "text": pd.Series(["\ud800 alone", "b", "c"], dtype=object),
            "mixed": pd.Series([1, "two", None], dtype=object),
            "nested": pd.Series([{"a": 1}, [1, 2], b"\xff"], dtype=object),
            "when": pd.to_datetime(["2020-01-01", None, "2021-01-01"]),
            "big": pd.Series([2**80, 1, 2], dtype=object),
            "yes": [True, False, True],
        }
    )
    frame.columns = pd.Index([*frame.columns[:-1], "\udfff"], dtype=object)
    corpus = Corpus(tuple(frame["text"]), None, frame, "\ud800.csv")
    assert EXPORTS[name].write(np.zeros((3, 2), np.float32), corpus, CARD)


@pytest.mark.parametrize("name", EXPORTS)
def test_duplicate_column_names_are_kept_apart(name):
    frame = pd.DataFrame([["a", "1", "2"]], columns=["text", "x", "x"])
    corpus = Corpus(("a",), None, frame, "made")
    assert EXPORTS[name].write(np.zeros((1, 2), np.float32), corpus, CARD)


@pytest.mark.parametrize("name", EXPORTS)
def test_vectors_that_are_not_one_row_a_text_are_refused(name, corpus):
    with pytest.raises(OptionError, match=r"vectors must be of shape \(7, dim\), one row a text"):
        EXPORTS[name].write(np.zeros((3, 2), np.float32), corpus, CARD)


def test_a_file_over_the_bound_is_refused_before_it_is_made(corpus, numbers, monkeypatch):
    monkeypatch.setenv("EMBEDLIB_EXPORT_BYTES", "100")
    with pytest.raises(LimitError, match="An export as CSV must be at most 100 bytes"):
        EXPORTS["csv"].write(numbers, corpus, CARD)


def test_file_names_are_harmless():
    row = EXPORTS["parquet"]
    assert row.file_name("../../etc/passwd") == "etc-passwd.parquet"
    assert row.file_name("中文") == "vectors.parquet"
    assert len(row.file_name("x" * 300)) < 100


def test_csv_gives_the_same_rows_and_float32_back(corpus, numbers):
    frame = read_csv(EXPORTS["csv"].write(numbers, corpus, CARD))
    dims = [f"dim_{number}" for number in range(DIM)]
    assert list(frame.columns) == ["text", "=label", "dim_0 (input)", "vector", "number", *dims]
    assert same_bits(frame[dims].to_numpy(np.float32), numbers)
    assert list(frame["text"]) == list(TEXTS)
    assert list(frame["=label"]) == list(corpus.frame["=label"])
    assert list(frame["number"]) == list(range(7))


@given(st.lists(st.text(), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_exact_csv_gives_any_text_back(texts):
    content = EXPORTS["csv"].write(np.zeros((len(texts), 1), np.float32), corpus_of(texts), CARD)
    assert list(read_csv(content, dtype=str)["text"]) == [plain(text) for text in texts]


@given(
    st.lists(st.text(alphabet=[*"=+-@\t\r\n '\",;a1中＝＋"]), min_size=1, max_size=20), st.text()
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_cell_of_a_spreadsheet_starts_a_formula(texts, column):
    corpus = corpus_of(texts, column)
    content = EXPORTS["csv_spreadsheet"].write(np.zeros((len(texts), 1), np.float32), corpus, CARD)
    frame = read_csv(content, dtype=str)
    for cell, text in zip(frame.iloc[:, 0], texts, strict=True):
        assert not cell.startswith(FORMULA_STARTS)
        assert cell in (text, f"'{text}")
    assert not frame.columns[0].startswith(FORMULA_STARTS)


def test_spreadsheet_csv_marks_formulas_and_keeps_numbers(corpus, numbers):
    content = EXPORTS["csv_spreadsheet"].write(numbers, corpus, CARD)
    assert content.startswith(b"\xef\xbb\xbf")
    frame = read_csv(content)
    assert frame["text"][1] == "'=1+1"
    assert list(frame["'=label"]) == ["'+a", "'-b", "'@c", "'\td", "'\re", "", "ok"]
    assert same_bits(frame[[f"dim_{n}" for n in range(DIM)]].to_numpy(np.float32), numbers)


def test_columns_that_become_alike_in_a_spreadsheet_are_kept():
    frame = pd.DataFrame([["t", "1", "2"]], columns=["text", "=a", "'=a"])
    corpus = Corpus(("t",), None, frame, "made")
    found = read_csv(EXPORTS["csv_spreadsheet"].write(np.zeros((1, 1), np.float32), corpus, CARD))
    assert list(found.columns) == ["text", "'=a", "'=a (input)", "dim_0"]


def test_parquet_holds_vectors_rows_and_card(corpus, numbers):
    content = EXPORTS["parquet"].write(numbers, corpus, CARD)
    table = pq.read_table(io.BytesIO(content))
    assert str(table.schema.field("vector").type) == f"fixed_size_list<element: float>[{DIM}]"
    assert json.loads(table.schema.metadata[b"embedlib"]) == CARD
    assert table.column("text").to_pylist() == list(TEXTS)
    assert table.column("vector (input)").to_pylist() == ["v"] * 7
    frame = pd.read_parquet(io.BytesIO(content))
    assert same_bits(np.stack(frame["vector"].to_list()), numbers)
    assert frame["number"].dtype == np.int64


def test_npy_zip_holds_array_rows_and_card(corpus, numbers):
    with zipfile.ZipFile(io.BytesIO(EXPORTS["npy"].write(numbers, corpus, CARD))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["vectors.npy", "rows.csv", "card.json"]
        found = np.load(io.BytesIO(archive.read("vectors.npy")), allow_pickle=False)
        assert found.dtype == np.float32 and same_bits(found, numbers)
        rows = read_csv(archive.read("rows.csv"))
        assert list(rows["text"]) == list(TEXTS)
        assert list(rows.columns) == [str(column) for column in corpus.frame.columns]
        assert json.loads(archive.read("card.json")) == CARD


def test_safetensors_holds_the_tensor_and_the_card(corpus, numbers, tmp_path):
    content = EXPORTS["safetensors"].write(numbers, corpus, CARD)
    assert same_bits(safetensors.numpy.load(content)["vectors"], numbers)
    path = tmp_path / "v.safetensors"
    path.write_bytes(content)
    with safetensors.safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    assert metadata["model"] == "m" and metadata["layer"] == "2"
    assert metadata["texts_digest"] == corpus.digest


def projector(content: bytes) -> tuple[np.ndarray, list[str], str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = np.loadtxt(io.BytesIO(archive.read("vectors.tsv")), delimiter="\t", ndmin=2)
        lines = archive.read("metadata.tsv").decode().split("\n")
        return found, lines, archive.read("projector_config.pbtxt").decode()


def test_projector_pair_has_a_header_with_several_columns(corpus, numbers):
    found, lines, config = projector(EXPORTS["tensorboard"].write(numbers, corpus, CARD))
    assert same_bits(found, numbers)
    assert lines[0].split("\t") == ["text", "=label", "dim_0", "vector", "number"]
    assert len(lines) == 1 + len(TEXTS) + 1 and lines[-1] == ""
    assert lines[4].split("\t")[0] == "two lines and a tab "
    assert {len(line.split("\t")) for line in lines[:-1]} == {5}
    assert 'tensor_path: "vectors.tsv"' in config and 'metadata_path: "metadata.tsv"' in config


def test_projector_metadata_of_one_column_has_no_header():
    corpus = corpus_of(["one", "\ufeff", "x\u2028y\x85z"])
    content = EXPORTS["tensorboard"].write(np.ones((3, 2), np.float32), corpus, CARD)
    _, lines, _ = projector(content)
    assert lines == ["one", "(blank)\ufeff", "x y z", ""]


def test_no_texts_make_an_empty_file(corpus):
    empty = replace(corpus, texts=(), labels=(), frame=corpus.frame.iloc[:0])
    for row in EXPORTS.values():
        assert row.write(np.zeros((0, 3), np.float32), empty, CARD)
