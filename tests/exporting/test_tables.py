"""Every row of TABLES, read back by other tools."""

import io
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from embedlib.errors import OptionError
from embedlib.exporting.formats import FORMULA_STARTS
from embedlib.exporting.tables import TABLES
from embedlib.records import Corpus
from tests.exporting.conftest import TEXTS

CARD = {"format": "embedlib map 1", "method": "umap", "note": "ü"}
X = np.array([0.1, -1e-38, 1 / 3, 3.4e38, 0, np.nan, -0.5], np.float32)
FOUND = {"x": X, "group": np.array([0, 0, 1, 1, -1, 2, 2], np.int32), "name": ["=a", *"bcdefg"]}


def read(name: str, content: bytes) -> pd.DataFrame:
    if name == "parquet":
        return pd.read_parquet(io.BytesIO(content))
    kept = {"keep_default_na": False, "na_values": {"x": [""]}}
    return pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype={"x": np.float32}, **kept)


@pytest.mark.parametrize("name", list(TABLES))
def test_what_was_found_and_every_column_is_read_back(name: str, corpus: Corpus) -> None:
    frame = read(name, TABLES[name].write(FOUND, corpus, CARD))
    np.testing.assert_array_equal(frame["x"].to_numpy(np.float32), X)
    assert frame["group"].tolist() == FOUND["group"].tolist()
    assert frame["number"].tolist() == list(range(7))
    if name != "csv_spreadsheet":
        assert frame["text"].tolist() == list(TEXTS)
        assert frame["name"].tolist() == FOUND["name"]


def test_no_cell_of_a_spreadsheet_runs_as_a_formula(corpus: Corpus) -> None:
    content = TABLES["csv_spreadsheet"].write(FOUND | {"=x": X}, corpus, CARD)
    frame = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str, keep_default_na=False)
    assert not any(str(name).startswith(FORMULA_STARTS) for name in frame.columns)
    for column in ("name", "text", "'=label"):
        assert not any(cell.startswith(FORMULA_STARTS) for cell in frame[column])


def test_a_column_of_the_file_that_is_called_like_a_result_keeps_its_place(corpus: Corpus) -> None:
    frame = read("parquet", TABLES["parquet"].write({"number": X}, corpus, CARD))
    assert frame["number (input)"].tolist() == list(range(7))


def test_the_card_travels_in_parquet(corpus: Corpus) -> None:
    content = TABLES["parquet"].write(FOUND, corpus, CARD)
    metadata = pq.read_schema(io.BytesIO(content)).metadata
    assert json.loads(metadata[b"embedlib"]) == CARD


@pytest.mark.parametrize("row", TABLES.values())
def test_the_same_input_gives_the_same_bytes(row, corpus: Corpus) -> None:
    assert row.write(FOUND, corpus, CARD) == row.write(FOUND, corpus, CARD)


def test_a_column_of_another_length_is_refused(corpus: Corpus) -> None:
    with pytest.raises(OptionError, match="'x' must have 7 values, one a text, got 3"):
        TABLES["csv"].write({"x": X[:3]}, corpus, CARD)
