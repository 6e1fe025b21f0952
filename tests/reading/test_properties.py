"""Any bytes give a Sheet or an error in words; what csv wrote is what is read."""

import csv
import io
import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embedlib.errors import EmbedlibError
from embedlib.reading import corpus_from_sheet, corpus_from_text, guess_columns
from embedlib.records import Sheet
from tests.reading.inprocess import cells, read

MANY = settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.too_slow])
NAMES = st.sampled_from(["a.csv", "a.tsv", "a.txt", "a.jsonl", "a.json", "a.parquet", "a", ""])
PIECES = st.sampled_from(
    [
        *(b",", b"\t", b";", b"|", b'"', b'""', b"\n", b"\r\n", b"\r", b"\x00", b"text,label\n"),
        *(b"{", b"}", b'{"text": "a"}\n', b"[", b"]", b"\\", b'\\"', b"\\ud800", b"1e999"),
        *(b"\xff\xfe", b"\xef\xbb\xbf", b"PAR1", b"\x80", b"sep=;\n", "文".encode()),
        *("é".encode("latin-1"), "中".encode("gbk")),
    ]
)
# Cs has no bytes; the two marks are ones that a decoder takes for the file's own.
ANY = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe")
FIELD = st.text(ANY | st.sampled_from("\",;|\t\n\r '\\"), max_size=12)
COMMON = st.text(st.sampled_from('的一是不了在人有我他这中大来上国个到说们,\n" ab'), max_size=30)


def check(content: bytes, name: str) -> None:
    """The law of the reader: a Sheet that holds together, or an error in words."""
    try:
        sheet = read(content, name)
    except EmbedlibError as error:
        assert error.what.endswith(".") and "Traceback" not in str(error)
        return
    assert isinstance(sheet, Sheet) and len(sheet.frame) and len(set(sheet.columns)) > 0
    assert len(set(sheet.columns)) == len(sheet.columns) and all(sheet.columns)
    text, label = guess_columns(sheet)
    assert text != label
    try:
        corpus = corpus_from_sheet(sheet, text, label)
    except EmbedlibError:
        return
    assert len(corpus) + len(corpus.left_out) == len(sheet.frame)


@given(st.binary(max_size=400), NAMES)
@MANY
def test_any_bytes_give_a_sheet_or_an_error_in_words(content, name):
    check(content, name)


@given(st.lists(PIECES | st.binary(max_size=3) | st.just(b"word "), max_size=40), NAMES)
@MANY
def test_any_heap_of_pieces_gives_a_sheet_or_an_error_in_words(pieces, name):
    check(b"".join(pieces), name)


@given(st.text(max_size=200), NAMES, st.sampled_from(["utf-8", "utf-16", "utf-16-le", "gb18030"]))
@MANY
def test_any_text_in_any_encoding_gives_a_sheet_or_an_error(text, name, codec):
    check(text.encode(codec, "replace"), name)


def tables(field: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    widths = st.integers(1, 4)
    return widths.flatmap(
        lambda width: st.lists(
            st.lists(field, min_size=width, max_size=width), min_size=1, max_size=6
        )
    )


def written(table: list[list[str]], delimiter: str, quoting: int, end: str) -> str:
    sink = io.StringIO()
    writer = csv.writer(sink, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([["text", "label", "more", "other"][: len(table[0])], *table])
    return sink.getvalue()


def is_ambiguous(table: list[list[str]], delimiter: str, end: str) -> bool:
    """What the bytes alone cannot tell.

    In a TSV, a field with a tab and a line end may as well be rows that are not quoted
    (`delimited._joins_rows`); and csv leaves a carriage return unquoted where lines end otherwise.
    """
    joined = any("\t" in f and ("\n" in f or "\r" in f) for row in table for f in row)
    return (delimiter == "\t" and joined) or (end == "\n" and "\r" in "".join(map("".join, table)))


@given(
    tables(FIELD),
    st.sampled_from(",;|\t"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
@MANY
def test_what_csv_wrote_is_what_is_read(table, delimiter, quoting, end, codec):
    text = written(table, delimiter, quoting, end)
    if is_ambiguous(table, delimiter, end) or not "".join(map("".join, table)).strip():
        return
    name = "a.tsv" if delimiter == "\t" else "a.csv"
    sheet = read(text.encode(codec), name, header=True)
    assert cells(sheet) == table
    assert sheet.encoding == codec.removesuffix("-sig")


@given(tables(COMMON), st.sampled_from(",;|"), st.sampled_from(["gbk", "gb18030", "utf-16-le"]))
@MANY
def test_what_csv_wrote_in_common_chinese_is_read_in_its_encoding(table, delimiter, codec):
    text = written(table, delimiter, csv.QUOTE_MINIMAL, "\r\n")
    if sum(not character.isascii() for character in text) < 10:
        return  # 一 alone is D2 BB, which is a letter in UTF-8, too
    assert cells(read(text.encode(codec), header=True)) == table


@given(tables(st.text(ANY, min_size=1, max_size=12)))
@MANY
def test_pandas_reads_the_same(table):
    text = written(table, ",", csv.QUOTE_MINIMAL, "\n")
    theirs = pd.read_csv(
        io.BytesIO(text.encode()), dtype=str, keep_default_na=False, skip_blank_lines=False
    )
    assert cells(read(text, header=True)) == cells(Sheet("a", theirs, "csv", "utf-8"))


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), st.text(max_size=9)), min_size=1, max_size=6)
)
@MANY
def test_what_json_wrote_is_what_is_read(records):
    if not any(records):
        return
    content = "\n".join(json.dumps(record) for record in records)
    frame = read(content, "a.jsonl").frame
    for row, record in enumerate(records):
        for name in frame.columns:
            assert (
                (frame[name][row] == record[name]) if name in record else pd.isna(frame[name][row])
            )


@given(st.text(max_size=200), st.sampled_from(["lines", "sentences"]))
@MANY
def test_any_pasted_text_gives_a_corpus_or_an_error_in_words(text, split):
    try:
        corpus = corpus_from_text(text, split=split)
    except EmbedlibError as error:
        assert error.what.endswith(".")
    else:
        assert corpus.texts and all(text.strip() for text in corpus.texts)


@pytest.mark.parametrize("n_bytes", [0, 1, 2, 3])
def test_every_short_file_of_odd_bytes_is_judged(n_bytes):
    odd = [0x00, 0x0A, 0x22, 0x2C, 0x41, 0x80, 0xEF, 0xFE, 0xFF]
    contents = [b""]
    for _ in range(n_bytes):
        contents = [content + bytes([byte]) for content in contents for byte in odd]
    for content in contents:
        check(content, "a.csv")
