"""Vectors spread over numbered columns: recognised, said, and left alone where that is open."""

import csv
import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.errors import EmbedlibError, LimitError
from tests.reading.inprocess import notes, read
from tests.reading.test_vectors import MANY, MATRICES

VECTORS = np.random.default_rng(0).standard_normal((5, 40)).astype(np.float32)
NAMES = {
    "d0": "d",
    "emb_1": "emb",
    "dim_001": "dim",
    "embedding.0": "embedding",
    "text vector [1]": "text vector",
    "0": "vectors",
    "1": "vectors",
    "score0": "score",
}


def columns_from(first: str, n: int) -> list[str]:
    """The names of `n` columns that count on from `first`."""
    start = next(place for place, sign in enumerate(first) if sign.isdigit())
    digits = "".join(sign for sign in first[start:] if sign.isdigit())
    ending = first[start + len(digits) :]
    return [f"{first[:start]}{int(digits) + k:0{len(digits)}}{ending}" for k in range(n)]


def as_csv(names: list[str], matrix) -> bytes:
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(["text", *names, "label"])
    writer.writerows([f"text {r}", *map(cell, row), "ab"[r % 2]] for r, row in enumerate(matrix))
    return sink.getvalue().encode()


def as_jsonl(names: list[str], matrix) -> bytes:
    rows = [dict(zip(names, map(float, row), strict=True)) for row in matrix]
    lines = [json.dumps({"text": f"text {r}"} | row | {"label": "a"}) for r, row in enumerate(rows)]
    return "\n".join(lines).encode()


def as_parquet(names: list[str], matrix) -> bytes:
    sink = io.BytesIO()
    texts = [f"text {row}" for row in range(len(matrix))]
    numbers = dict(zip(names, np.asarray(matrix).T, strict=True))
    pq.write_table(pa.table({"text": texts} | numbers | {"label": texts}), sink)
    return sink.getvalue()


def cell(value: object) -> str:
    return value if isinstance(value, str) else repr(float(value))


WRITTEN = {"csv": as_csv, "jsonl": as_jsonl, "parquet": as_parquet}


@pytest.mark.parametrize("first", NAMES)
@pytest.mark.parametrize("kind", WRITTEN)
def test_numbered_columns_are_one_vector_and_it_is_said(kind: str, first: str) -> None:
    sheet = read(WRITTEN[kind](columns_from(first, 40), VECTORS), f"a.{kind}")
    assert sheet.columns == ("text", "label")
    np.testing.assert_array_equal(sheet.vectors[NAMES[first]], VECTORS)
    assert "were read as one" in notes(sheet) and "of 40 dimensions" in notes(sheet)


@pytest.mark.parametrize("kind", WRITTEN)
@given(matrix=MATRICES)
@MANY
def test_any_numbers_are_read_back_exactly(kind: str, matrix: np.ndarray) -> None:
    sheet = read(WRITTEN[kind](columns_from("dim0", matrix.shape[1]), matrix), f"a.{kind}")
    np.testing.assert_array_equal(sheet.vectors["dim"], matrix)


def test_columns_may_stand_in_any_order_and_two_families_are_two_vectors() -> None:
    names = columns_from("d0", 20) + columns_from("e0", 20)
    order = np.random.default_rng(1).permutation(40)
    sheet = read(as_csv([names[place] for place in order], VECTORS[:, order]), "a.csv")
    np.testing.assert_array_equal(sheet.vectors["d"], VECTORS[:, :20])
    np.testing.assert_array_equal(sheet.vectors["e"], VECTORS[:, 20:])


def test_a_column_that_is_called_so_already_keeps_its_name() -> None:
    content = as_csv(columns_from("label_0", 40), VECTORS)
    sheet = read(content, "a.csv")
    assert sheet.columns == ("text", "label") and list(sheet.vectors) == ["label (vector)"]


def with_cell(row: int, column: int, value: object) -> list[list[object]]:
    rows = [list(map(float, vector)) for vector in VECTORS]
    rows[row][column] = value
    return rows


LEFT = {
    "a gap": (columns_from("d0", 41)[:7] + columns_from("d0", 41)[8:], VECTORS, "7 is missing"),
    "a start": (columns_from("d3", 40), VECTORS, "number 1 is missing"),
    "twice": ([*columns_from("d0", 39), "d00"], VECTORS, "have a number twice"),
    "nan": (columns_from("d0", 40), with_cell(3, 4, "nan"), "row 4 has nan, which is not finite"),
    "empty": (columns_from("d0", 40), with_cell(2, 4, ""), "row 3 has nan, which is not finite"),
    "a word": (columns_from("d0", 40), with_cell(1, 9, "no"), "are not all numbers"),
    "whole": (columns_from("q1", 40), VECTORS.round(), "or columns of their own"),
    "few": (columns_from("score_1", 12), VECTORS[:, :12], "or columns of their own"),
}


@pytest.mark.parametrize("case", LEFT)
def test_what_is_no_vector_for_sure_stays_columns_and_the_note_says_why(case: str) -> None:
    names, matrix, why = LEFT[case]
    sheet = read(as_csv(names, matrix), "a.csv")
    assert set(sheet.columns) == {"text", *names, "label"} and not sheet.vectors
    assert why in notes(sheet) and "they were left as columns" in notes(sheet)


@pytest.mark.parametrize(
    ("names", "matrix"),
    [
        (columns_from("q1", 7), VECTORS[:, :7]),
        (columns_from("d0", 40), [["a word"] * 40] * 3),
        ([f"year {1990 + n} sales" for n in range(40)], VECTORS),
    ],
)
def test_few_or_other_columns_are_left_alone_without_a_word(names: list[str], matrix) -> None:
    sheet = read(as_csv(names, matrix), "a.csv")
    assert sheet.columns == ("text", *names, "label") and "vector" not in notes(sheet)


def test_too_many_columns_to_stay_are_refused_with_the_reason() -> None:
    wide = np.random.default_rng(2).standard_normal((3, 300))
    with pytest.raises(LimitError, match="'d0' to 'd300' seem to be a vector but number 7 is miss"):
        read(as_csv([n for n in columns_from("d0", 301) if n != "d7"], wide), "a.csv")
    with pytest.raises(LimitError, match=r"columns of their own. Call them dim_0"):
        read(as_csv(columns_from("q0", 300), wide.round()), "a.csv")
    with pytest.raises(LimitError, match="at most 200 columns, got 302"):
        read(as_csv([f"a{n}b" for n in range(300)], wide), "a.csv")


def test_a_line_that_counts_the_dimensions_is_no_vector() -> None:
    rows = [",".join(map(str, range(40))), *(",".join(map(cell, row)) for row in VECTORS)]
    sheet = read("\n".join(rows), "a.csv")
    np.testing.assert_array_equal(sheet.vectors["vectors"], VECTORS)
    assert "The first line counts the dimensions" in notes(sheet)


def test_lists_in_json_are_vectors_where_all_are_as_long() -> None:
    rows = [{"text": f"t{r}", "vec": VECTORS[r].tolist(), "tags": ["a"]} for r in range(5)]
    sheet = read("\n".join(map(json.dumps, rows)), "a.jsonl")
    np.testing.assert_array_equal(sheet.vectors["vec"], VECTORS)
    assert "'vec' holds ready-made vectors of 40 dimensions." in notes(sheet)
    assert "Left out 'tags'" in notes(sheet)
    alone = read(json.dumps([{"vec": row["vec"]} for row in rows]), "a.json")
    assert alone.columns == ("row",) and alone.vectors["vec"].shape == (5, 40)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ([1.0, 2.0], "row 3 has 2 numbers and row 1 has 40"),
        (None, "row 3 has none"),
        ([None] * 40, "row 3 lacks a number"),
        ([True] * 40, ""),
        (["a"] * 40, ""),
        ([[1.0]] * 40, ""),
        ({"a": 1}, ""),
        ([10**400] * 40, ""),
    ],
)
def test_lists_in_json_that_are_no_vectors_are_left_out(change: object, why: str) -> None:
    rows = [{"text": f"t{r}", "vec": VECTORS[r].tolist()} for r in range(5)]
    rows[2]["vec"] = change
    sheet = read("\n".join(map(json.dumps, rows)), "a.jsonl")
    assert not sheet.vectors and sheet.columns == ("text",)
    assert why in notes(sheet) and "Left out 'vec'" in notes(sheet)


@given(st.lists(st.text(max_size=8), min_size=8, max_size=14), st.lists(st.text(max_size=5)))
@MANY
def test_any_names_and_cells_give_a_table_or_an_error_in_words(
    names: list[str], cells: list[str]
) -> None:
    numbered = [f"{name}{number}" for number, name in enumerate(names)]
    row = [*cells[: len(numbered)], *["0.5"] * (len(numbered) - len(cells))]
    try:
        sheet = read(as_csv(numbered, [row, row]), "a.csv")
    except EmbedlibError:
        return
    assert len(sheet.frame) == 2 or sheet.vectors
