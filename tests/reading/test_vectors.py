"""Ready-made vectors: what was written is what is read, and whatever is wrong is said in words."""

import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from embedlib.errors import EmbedlibError, LimitError, ReadError
from embedlib.reading import corpus_from_sheet, read_sheets
from embedlib.reading.vectors import Unusable, vectors_of_cells
from tests.reading.inprocess import notes, read

MANY = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
FLOATS = st.floats(-(2.0**99), 2.0**99, width=32)
SHAPES = st.tuples(st.integers(1, 6), st.integers(8, 12))
MATRICES = arrays.arrays(np.float32, SHAPES, elements=FLOATS)
VECTORS = np.random.default_rng(0).standard_normal((4, 9)).astype(np.float32)
TEXTS = ["one", "two, three", "四", ""]


def parquet(**columns) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def npy(array, **settings) -> bytes:
    sink = io.BytesIO()
    np.save(sink, array, **settings)
    return sink.getvalue()


def csv_of(cells) -> bytes:
    rows = "".join(f'text {row},"{cell}"\n' for row, cell in enumerate(cells))
    return f"text,vector\n{rows}".encode()


def spelled(row) -> list[str]:
    return [repr(float(number)) for number in row]


SPELLINGS = {
    "json": lambda row: json.dumps([float(number) for number in row]),
    "numpy": lambda row: "[" + "  ".join(spelled(row)) + " ]",
    "lines": lambda row: "[" + "\n ".join(spelled(row)) + "]",
    "tuple": lambda row: str(tuple(float(number) for number in row)),
    "spaces": lambda row: " ".join(spelled(row)),
    "semicolons": lambda row: ";".join(spelled(row)),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(matrix=MATRICES)
@MANY
def test_vectors_written_in_cells_are_read_back_exactly(spelling, matrix):
    sheet = read(csv_of(map(SPELLINGS[spelling], matrix)), header=True)
    assert sheet.columns == ("text",)
    assert sheet.vectors["vector"].dtype == np.float32
    np.testing.assert_array_equal(sheet.vectors["vector"], matrix)


@given(MATRICES, st.sampled_from(["<f4", ">f4", "<f8"]), st.booleans())
@MANY
def test_numpy_arrays_of_any_order_are_read_back_exactly(matrix, kind, fortran):
    stored = np.asarray(matrix, dtype=kind, order="F" if fortran else "C")
    sheet = read(npy(stored), "a.npy")
    np.testing.assert_array_equal(sheet.vectors["vectors"], matrix)
    assert sheet.frame["row"].tolist() == [f"Row {row + 1}" for row in range(len(matrix))]


@given(MATRICES, st.sampled_from("\t, "))
@MANY
def test_a_file_of_nothing_but_numbers_is_vectors(matrix, between):
    content = "\n".join(between.join(spelled(row)) for row in matrix)
    np.testing.assert_array_equal(read(content, "tensors.tsv").vectors["vectors"], matrix)


@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.float32()),
        pa.list_(pa.float32(), 9),
        pa.large_list(pa.float64()),
        pa.list_(pa.float16()),
        pa.list_(pa.int8()),
    ],
)
def test_parquet_lists_of_numbers_are_vectors(kind):
    whole = np.arange(36).reshape(4, 9)
    column = pa.array(
        [list(row.astype(np.float16) if kind.value_type == pa.float16() else row) for row in whole],
        kind,
    )
    sheet = read(parquet(text=["a", "b", "c", "d"], vector=column), "a.parquet")
    np.testing.assert_array_equal(sheet.vectors["vector"], whole)
    assert sheet.columns == ("text",)
    assert "'vector' holds ready-made vectors of 9 dimensions." in sheet.notes


def test_a_file_of_vectors_alone_gets_a_column_that_numbers_the_rows():
    sheet = read(parquet(vector=[[0.5, 1.5], [2.5, 3.5]]), "a.parquet")
    assert sheet.frame["row"].tolist() == ["Row 1", "Row 2"]


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ([[0.5, 1.0], [float("nan"), 1.0]], "row 2 has nan, which is not finite"),
        ([[0.5, 1.0], [1.0, float("inf")]], "row 2 has inf, which is not finite"),
        ([[0.5, 1.0], [1e300, 1.0]], "row 2 has 1e+300, which is not finite"),
        ([[0.5, 1.0], [1.0]], "row 2 has 1 numbers and row 1 has 2"),
        ([[0.5, 1.0], None], "row 2 has none"),
        ([[0.5, 1.0], [1.0, None]], "row 2 lacks a number"),
        ([[], []], "row 1 has no numbers"),
    ],
)
def test_lists_that_are_no_vectors_are_left_out_and_the_row_is_named(column, why):
    kind = pa.list_(pa.float64())
    sheet = read(parquet(text=["a", "b"], vector=pa.array(column, kind)), "a.parquet")
    assert not sheet.vectors and sheet.columns == ("text",)
    assert f"'vector' seems to hold vectors but cannot be used as such: {why}." in sheet.notes


@pytest.mark.parametrize(
    ("last", "why"),
    [
        ("[1.0, 2.0]", "row 21 has 2 numbers and row 1 has 3"),
        ("[1.0, NaN, 2.0]", "row 21 has nan, which is not finite"),
        ("[1.0, oops, 2.0]", "row 21 has something that is no number"),
        ("", "row 21 has 0 numbers and row 1 has 3"),
    ],
)
def test_a_bad_cell_among_vectors_leaves_the_column_as_text_and_names_the_row(last, why):
    sheet = read(csv_of(["[1, 2, 3]"] * 20 + [last]))
    assert not sheet.vectors and sheet.columns == ("text", "vector")
    assert why in notes(sheet)


@pytest.mark.parametrize(
    "cell",
    ["12 34", "2024-01-02", "[see below]", "1,000,000", "+49 30 1234 567", "[]", "[1]", "a [1, 2]"],
)
def test_texts_with_numbers_are_texts(cell):
    sheet = read(csv_of([cell] * 5))
    assert sheet.columns == ("text", "vector") and not sheet.vectors
    assert vectors_of_cells([cell] * 5) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (npy(np.array([["a"]])), "must hold real numbers, got '<U1'"),
        (npy(np.array([[1j]])), "must hold real numbers, got '<c16'"),
        (npy(np.array([[None]]), allow_pickle=True), r"must hold real numbers, got .\|O."),
        (npy(np.zeros(3)), r"one vector a row, .* got the shape \(3,\)"),
        (npy(np.zeros((2, 0))), "one vector a row"),
        (npy(np.zeros((3, 4)))[:-8], "must be whole, got 88 of 96 bytes"),
        (npy(np.zeros((3, 4)))[:30], "must be whole and readable"),
        (npy(np.zeros((3, 4))).replace(b"(3, 4)", b"(-3,4)"), "one vector a row"),
        (npy(np.array([[1.0, np.nan]])), "row 1 has nan, which is not finite"),
        (b"\x93NUMPY\x01\x00\xff\xff{'descr'", "must be whole and readable"),
        (b"\x93NUMPY\x09\x00" + bytes(80), "must be whole and readable"),
        (b"\x93NUMPY", "must be whole and readable"),
    ],
)
def test_a_numpy_file_that_holds_no_vectors_is_refused_in_words(content, words):
    with pytest.raises(ReadError, match=words):
        read(content, "a.npy")


def test_a_header_that_promises_more_than_there_is_allocates_nothing():
    content = npy(np.zeros((1, 4), np.float32)).replace(b"(1, 4), }  ", b"(99999,4),}")
    with pytest.raises(ReadError, match="must be whole, got 16 of 1,599,984 bytes"):
        read(content, "a.npy")


def test_bounds_hold(monkeypatch):
    with pytest.raises(LimitError, match="dimensions must be at most 16,384"):
        read(npy(np.zeros((1, 20_000))), "a.npy")
    monkeypatch.setenv("EMBEDLIB_ROWS", "3")
    with pytest.raises(LimitError, match="at most 3 rows"):
        read(npy(VECTORS), "a.npy")


@given(st.binary(max_size=120), st.integers(0, 128), st.binary(max_size=60))
@MANY
def test_any_bytes_after_the_magic_give_vectors_or_an_error_in_words(start, kept, tail):
    for content in (b"\x93NUMPY" + start, npy(np.zeros((2, 3)))[: kept + 8] + tail):
        try:
            sheet = read(content, "a.npy")
        except EmbedlibError as error:
            assert error.what.endswith(".")
        else:
            assert np.isfinite(sheet.vectors["vectors"]).all()


@given(st.lists(st.text("[](),; 0123456789.eE+-naifNI\n", max_size=30), min_size=1, max_size=5))
@MANY
def test_any_heap_of_signs_and_digits_gives_vectors_or_says_why(cells):
    found = vectors_of_cells(cells)
    if isinstance(found, np.ndarray):
        assert len(found) == len(cells) and np.isfinite(found).all()
    else:
        assert found is None or (isinstance(found, Unusable) and "row" in found.why)


def test_a_long_number_is_judged_in_no_time():
    assert vectors_of_cells(["1" * 90_000 + "x", "[" + "1 " * 40_000 + "x"]) is None


TABLE = 'text,label\none,a\n"two, three",b\n四,a\nfive,b\n'.encode()


def pair_names(sheet):
    return sheet.columns, list(sheet.vectors)


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize(
    "vectors",
    [
        (npy(VECTORS), "v.npy"),
        ("\n".join("\t".join(spelled(row)) for row in VECTORS).encode(), "tensors.tsv"),
    ],
    ids=["npy", "tsv"],
)
def test_a_table_and_its_vectors_in_two_files_are_joined_in_any_order(vectors, swap):
    files = [(TABLE, "t.csv"), vectors]
    sheet = read_sheets(files[::-1] if swap else files)
    assert pair_names(sheet) == (("text", "label"), ["vectors"])
    np.testing.assert_array_equal(sheet.vectors["vectors"], VECTORS)


def test_tensorboards_metadata_of_one_column_has_no_header():
    sheet = read_sheets([(b"one\ntwo\nthree\nfour\n", "metadata.tsv"), (npy(VECTORS), "v")])
    assert sheet.frame.iloc[:, 0].tolist() == ["one", "two", "three", "four"]


def test_rows_and_vectors_that_do_not_match_are_refused_with_both_numbers():
    with pytest.raises(ReadError, match=r"got 2 vectors in 'v\.npy' for 4 rows in 't\.csv'"):
        read_sheets([(TABLE, "t.csv"), (npy(VECTORS[:2]), "v.npy")])


@pytest.mark.parametrize(
    "files",
    [
        [(TABLE, "a.csv"), (TABLE, "b.csv")],
        [(npy(VECTORS), "a.npy"), (npy(VECTORS), "b.npy")],
    ],
)
def test_of_two_files_that_do_not_go_together_the_last_is_read_and_told(files):
    sheet = read_sheets(files)
    assert sheet.name == files[1][1]
    assert f"'{files[0][1]}' is not used: only a table and its vectors go together." in sheet.notes


@pytest.mark.parametrize("n_files", [0, 3])
def test_another_number_of_files_is_refused(n_files):
    with pytest.raises(ReadError, match=f"one file or two, got {n_files}"):
        read_sheets([(TABLE, "a.csv")] * n_files)


def test_rows_that_are_left_out_take_their_vectors_with_them():
    sheet = read(parquet(text=TEXTS, vector=pa.array(VECTORS.tolist(), pa.list_(pa.float32()))))
    corpus = corpus_from_sheet(sheet, "text")
    assert len(corpus) == 3 and corpus.left_out == (3,)
    np.testing.assert_array_equal(corpus.vectors["vector"], VECTORS[:3])
