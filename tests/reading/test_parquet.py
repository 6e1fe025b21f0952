import datetime
import decimal
import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from embedlib.errors import LimitError, ReadError
from tests.reading.inprocess import cells, notes, read


def parquet(columns: dict[str, object] | pa.Table, **settings) -> bytes:
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    sink = io.BytesIO()
    pq.write_table(table, sink, **settings)
    return sink.getvalue()


def test_texts_numbers_booleans_and_dates_are_read():
    when = datetime.date(2024, 2, 29)
    content = parquet({"text": ["a", "文"], "n": [1, 2], "x": [0.5, 1.5], "b": [True, False]})
    assert cells(read(content, "a.parquet")) == [["a", 1, 0.5, True], ["文", 2, 1.5, False]]
    sheet = read(parquet({"text": ["a"], "day": [when], "at": [pd.Timestamp("2024-02-29 10:00")]}))
    assert cells(sheet) == [["a", when, pd.Timestamp("2024-02-29 10:00")]]


@pytest.mark.parametrize(
    ("array", "value"),
    [
        (pa.array(["a"]).dictionary_encode(), "a"),
        (pa.array(["a"], pa.large_string()), "a"),
        (pa.array([b"a"], pa.binary()), "a"),
        (pa.array([decimal.Decimal("1.50")]), "1.50"),
        (pa.array([7], pa.uint8()), 7),
        (pa.array([2**64 - 1], pa.uint64()), 2**64 - 1),
        (pa.array([0.5], pa.float32()), 0.5),
        (pa.array([datetime.time(1, 2)], pa.time32("s")), "01:02:00.000"),
        (pa.array([True]), True),
    ],
)
def test_a_flat_type_is_held_without_loss(array, value):
    assert cells(read(parquet({"a": array}), "a.parquet")) == [[value]]


def test_whole_numbers_with_gaps_stay_whole():
    frame = read(parquet({"n": pa.array([2**60 + 1, None])}), "a.parquet").frame
    assert frame["n"][0] == 2**60 + 1 and pd.isna(frame["n"][1])


def test_nested_and_binary_columns_are_left_out_with_a_note():
    columns = {
        "tokens": [["a"]],
        "a.b": ["flat"],
        "a": [{"b": 1, "c": 2}],
        "text": ["kept"],
        "raw": [b"\xff\xfe"],
        "map": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
    }
    sheet = read(parquet(columns), "a.parquet")
    assert sheet.columns == ("a.b", "text") and cells(sheet) == [["flat", "kept"]]
    told = "Left out 'tokens', 'a', 'map', 'raw': only texts, numbers, dates and vectors are read."
    assert told in sheet.notes


def test_doubled_names_are_made_unique():
    table = pa.table([pa.array(["x"]), pa.array(["y"])], names=["a", "a"])
    assert read(parquet(table), "a.parquet").columns == ("a", "a (2)")


def test_an_index_that_pandas_wrote_is_a_column_like_others():
    sink = io.BytesIO()
    pd.DataFrame({"text": ["a", "b"]}, index=["x", "y"]).to_parquet(sink)
    sheet = read(sink.getvalue(), "a.parquet")
    assert sheet.columns[0] == "text" and len(sheet.frame) == 2


def test_a_parquet_called_csv_is_read_and_told():
    sheet = read(parquet({"text": ["a"]}), "table.csv")
    assert (sheet.format, sheet.encoding) == ("parquet", "binary")
    assert "The file is called .csv but was read as Parquet." in sheet.notes


def test_a_csv_called_parquet_is_read_and_told():
    assert "called .parquet but was read as CSV" in notes(read("text,label\na,b\n", "a.parquet"))


@pytest.mark.parametrize("damage", [slice(0, -10), slice(0, 40), slice(0, 4)])
def test_a_damaged_file_is_refused(damage):
    with pytest.raises(ReadError, match=r"must be whole and readable, got 'a\.parquet'"):
        read(parquet({"text": ["a"] * 50})[damage], "a.parquet")


def test_texts_that_are_not_utf8_are_refused():
    raw = pa.array([b"\xff\xfe"], pa.binary())
    broken = pa.StringArray.from_buffers(1, *raw.buffers()[1:])
    with pytest.raises(ReadError, match="must be whole and readable"):
        read(parquet({"a": broken}), "a.parquet")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"text": pa.array([], pa.string())}, "must have rows, got none"),
        ({"v": [["a"]]}, "must have a column of text or numbers, got none"),
        ({"v": [b"\xff"]}, "must have a column of text or numbers, got none"),
    ],
)
def test_what_holds_no_table_is_refused(columns, words):
    with pytest.raises(ReadError, match=words):
        read(parquet(columns), "a.parquet")


def test_bounds_hold(monkeypatch):
    with pytest.raises(LimitError, match="at most 200 columns, got 300"):
        read(parquet({f"c{i}": [1] for i in range(300)}))
    with pytest.raises(LimitError, match="Row 2 of column 'a' must be at most 100,000"):
        read(parquet({"a": ["b", "x" * 100_001]}))
    monkeypatch.setenv("EMBEDLIB_ROWS", "1")
    with pytest.raises(LimitError, match="at most 1 rows, got more"):
        read(parquet({"a": ["b", "c"]}))
    monkeypatch.setenv("EMBEDLIB_SHEET_BYTES", "100")
    with pytest.raises(LimitError, match="table in memory must be at most 100 bytes"):
        read(parquet({"a": ["x" * 1_000]}))
