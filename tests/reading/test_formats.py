import pytest

from embedlib.errors import LimitError
from embedlib.reading.formats import FORMATS
from tests.reading.inprocess import cells, notes, read


def test_a_txt_is_one_text_a_line_commas_and_marks_included():
    sheet = read('Hello, world\r\n\r\n"Quoted", he said\n  indented\n', "a.txt")
    assert (sheet.format, sheet.columns) == ("txt", ("text",))
    assert cells(sheet) == [["Hello, world"], ['"Quoted", he said'], ["  indented"]]


def test_a_txt_with_tabs_in_every_line_is_a_table():
    sheet = read("text\tlabel\na\tb\n", "a.txt")
    assert sheet.format == "tsv" and "called .txt but was read as columns" in notes(sheet)


def test_a_person_may_say_that_a_txt_has_a_name_on_top():
    assert read("title\na\nb\n", "a.txt", header=True).columns == ("title",)
    assert read("title\na\nb\n", "a.txt", header=False).columns == ("text",)


@pytest.mark.parametrize("name", ["a", "a.dat", "data.CSV", "weird.name.csv"])
def test_a_table_is_known_by_its_content(name):
    sheet = read("text,label\ngood,yes\nbad,no\n", name)
    assert sheet.format == "csv" and sheet.columns == ("text", "label")


def test_lines_without_an_extension_are_lines():
    assert read("Hello, world\nI like it\n", "a").format == "txt"


def test_a_tsv_called_csv_is_a_tsv_without_fuss():
    sheet = read("text\tlabel\na, b\tc\n", "a.csv")
    assert sheet.format == "tsv" and sheet.notes == ()


def test_too_many_lines_and_bytes_are_refused(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_ROWS", "2")
    with pytest.raises(LimitError, match="at most 2 rows, got more"):
        read("a\nb\nc\n", "a.txt")
    monkeypatch.setenv("EMBEDLIB_UPLOAD_BYTES", "5")
    with pytest.raises(LimitError, match="The size of the file must be at most 5 bytes, got 6"):
        read("a\nb\nc\n", "a.txt")


def test_every_format_of_the_table_has_extensions_of_its_own():
    extensions = [extension for row in FORMATS.values() for extension in row.extensions]
    assert len(set(extensions)) == len(extensions)
    assert all(row.name == name for name, row in FORMATS.items())
