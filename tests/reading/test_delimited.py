import pytest

from embedlib.errors import LimitError, ReadError
from tests.reading.inprocess import cells, notes, read

LABELLED = [["good", "yes"], ["bad", "no"]]


@pytest.mark.parametrize(
    ("name", "delimiter"), [("a.csv", ","), ("a.tsv", "\t"), ("a.csv", ";"), ("a.csv", "|")]
)
def test_every_delimiter_is_found(name, delimiter):
    text = "text,label\ngood,yes\nbad,no\n".replace(",", delimiter)
    sheet = read(text, name)
    assert sheet.columns == ("text", "label") and cells(sheet) == LABELLED


def test_a_semicolon_is_found_among_decimal_commas():
    sheet = read("text;price\ngood, really;1,50\nbad, well;2,75\n")
    assert cells(sheet) == [["good, really", "1,50"], ["bad, well", "2,75"]]
    assert "semicolon" in notes(sheet)


def test_the_line_with_which_excel_names_the_delimiter_is_no_row():
    assert cells(read("sep=;\r\ntext;label\r\ngood;yes\r\nbad;no\r\n")) == LABELLED


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(end):
    assert cells(read(f"text,label{end}good,yes{end}bad,no{end}")) == LABELLED


def test_a_quoted_line_end_stays_inside_its_field():
    assert cells(read('text,label\n"one\ntwo, three",a\n')) == [["one\ntwo, three", "a"]]


def test_doubled_marks_are_one_mark():
    assert cells(read('text,label\n"say ""hi""",a\n')) == [['say "hi"', "a"]]


def test_numbers_stay_text():
    row = ["4e492493924924", "007", "1.50", "NA", "True"]
    assert cells(read("text,a,b,c,d\n" + ",".join(row) + "\n")) == [row]


def test_blank_lines_are_skipped():
    assert cells(read("\n\ntext,label\n\ngood,yes\n   \n\nbad,no\n\n")) == LABELLED


def test_short_rows_are_filled_and_counted():
    sheet = read("text,label\ngood,yes\nlonely\nbad,no\nalone\n")
    assert cells(sheet) == [["good", "yes"], ["lonely", ""], ["bad", "no"], ["alone", ""]]
    assert "Too few fields on lines 3, 5: the missing ones are empty." in sheet.notes


def test_a_long_row_is_refused_with_its_line():
    with pytest.raises(ReadError, match=r"Line 3 must have 2 fields like the first line, got 3"):
        read("text,label\ngood,yes\nbad, really,no\n")


def test_empty_fields_too_many_are_left_out_and_told():
    sheet = read("text,label\ngood,yes,,\nbad,no\n")
    assert cells(sheet) == LABELLED
    assert "Empty fields too many on line 2: left out." in sheet.notes


def test_doubled_and_empty_column_names_are_made_unique():
    sheet = read("text,text,,label\na,b,c,d\n")
    assert sheet.columns == ("text", "text (2)", "column_3", "label")
    assert "Several columns are called 'text': they were numbered." in sheet.notes
    assert "1 column has no name: named by position." in sheet.notes


def test_a_made_up_name_never_meets_a_real_one():
    sheet = read("text,text (2),text,,column_4\n1,2,3,4,5\n", header=True)
    assert len(set(sheet.columns)) == 5 and sheet.columns[:2] == ("text", "text (2)")


def test_an_open_quotation_mark_is_refused_with_its_line():
    with pytest.raises(ReadError, match="mark that opens on line 3 is never closed"):
        read('text,label\ngood,yes\n"bad,no\nworse,no\n')


def test_an_open_mark_on_the_last_line_is_refused_when_others_are_loose():
    with pytest.raises(ReadError, match="Line 2 has text after a closing"):
        read('text,label\n"very" good,yes\n"bad,no')


def test_a_mark_in_a_quoted_field_is_dropped_with_a_note():
    sheet = read('text,label\n"good" stuff,yes\nbad,no\n')
    assert cells(sheet) == [["good stuff", "yes"], ["bad", "no"]]
    assert "without being doubled: they were dropped" in notes(sheet)


def test_rows_are_not_joined_by_a_mark_that_closes_later():
    with pytest.raises(ReadError, match=r"Line 3 \(the field's row begins on line 2\) has text"):
        read('text,label\n"good,yes\n"bad",no\n')


def test_backslashed_marks_are_marks():
    sheet = read('text,label\n"say \\"hi\\", then C:\\new",yes\nbad,no\n')
    assert cells(sheet) == [['say "hi", then C:\\new', "yes"], ["bad", "no"]]
    assert "Backslash" in notes(sheet)


def test_a_space_before_a_quoted_field_is_left_out_with_a_note():
    sheet = read('label, text\nyes, "good, really"\nno, "bad"\n')
    assert cells(sheet) == [["yes", "good, really"], ["no", "bad"]]
    assert "Spaces after delimiters were left out." in sheet.notes


def test_marks_in_a_tsv_that_is_not_quoted_stay_in_the_text():
    sheet = read('text\tlabel\n"Well, he said\ta\nHe said "no"\tb\n', "a.tsv")
    assert cells(sheet) == [['"Well, he said', "a"], ['He said "no"', "b"]]
    assert "part of the text" in notes(sheet)


def test_a_tsv_may_be_quoted():
    sheet = read('text\tlabel\n"two\nlines"\ta\n"a\ttab"\tb\n', "a.tsv")
    assert cells(sheet) == [["two\nlines", "a"], ["a\ttab", "b"]]


def test_lines_that_begin_with_a_mark_in_one_column_keep_it():
    sheet = read('text\n"Hello," he said\nplain\n')
    assert cells(sheet) == [['"Hello," he said'], ["plain"]]


def test_commas_in_one_column_are_text():
    sheet = read("text\nHello, world\nI like it\nwell, well, well\n")
    assert cells(sheet) == [["Hello, world"], ["I like it"], ["well, well, well"]]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("I love this film.\nI hate this film.\n", 2),
        ("1,I love it\n2,I hate it\n3,I slept\n", 3),
        ("I love it,pos\nI hate it,neg\nSo good,pos\nSo bad,neg\n", 4),
        ("Hello there.,你好。\nGoodbye now.,再见。\n", 2),
    ],
)
def test_a_first_line_that_looks_like_the_data_is_data(content, rows):
    sheet = read(content)
    assert len(sheet.frame) == rows and sheet.columns[0] == "column_1"
    assert "columns were named by position" in notes(sheet)


@pytest.mark.parametrize(
    ("content", "columns", "told"),
    [
        ("text,label\na,b\n", ("text", "label"), False),
        ("句子,标签\n你好,正面\n", ("句子", "标签"), False),
        ("city,size\nOslo,7\nRome,28\n", ("city", "size"), False),
        ("alpha,beta\none,two\nthree,four\n", ("alpha", "beta"), True),
        ("blurb\nA long and winding road to nowhere.\nAnother one.\n", ("blurb",), True),
    ],
)
def test_a_first_line_of_names_is_names_and_doubt_is_told(content, columns, told):
    sheet = read(content)
    assert sheet.columns == columns
    assert ("The first line was taken as column names." in sheet.notes) is told


def test_a_person_may_say_what_the_first_line_is():
    assert read("alpha,beta\none,two\n", header=False).columns == ("column_1", "column_2")
    assert read("1,2\n3,4\n", header=True).columns == ("1", "2")


@pytest.mark.parametrize("content", ["text,label\n", '"text","label"\n', '"text"\n', "text"])
def test_names_without_rows_are_refused(content):
    with pytest.raises(ReadError, match=r"must have rows below its column names.*has no header"):
        read(content)


def test_one_line_that_is_no_name_is_a_text():
    assert cells(read("I love this film")) == [["I love this film"]]


@pytest.mark.parametrize("content", [",,,\n,,,\n", '""\n""\n', ";;\n"])
def test_delimiters_alone_are_no_table(content):
    with pytest.raises(ReadError, match="got only delimiters and quotation marks"):
        read(content)


def test_white_fields_alone_are_no_table():
    with pytest.raises(ReadError, match="got only white space and delimiters"):
        read('"\u3000"\n"\u3000"\n')


def test_too_many_columns_are_refused_with_their_number():
    with pytest.raises(LimitError, match=r"at most 5,000 columns, got 200,000"):
        read(b",".join(b"c%d" % i for i in range(200_000)) + b"\n")


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_ROWS", "3")
    assert len(read("text\n1\n2\n3\n").frame) == 3
    with pytest.raises(LimitError, match=r"at most 3 rows, got more\..*EMBEDLIB_ROWS"):
        read("text\n1\n2\n3\n4\n5\n")


def test_too_many_fields_are_refused(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_CELLS", "5")
    with pytest.raises(LimitError, match=r"at most 5 fields, got more\..*EMBEDLIB_CELLS"):
        read("text,label\n1,2\n3,4\n")


def test_too_long_a_field_is_refused_with_its_row():
    assert len(read("text\n" + "x" * 100_000).frame) == 1
    with pytest.raises(LimitError, match=r"Row 2 of column 'text' must be at most 100,000"):
        read("text\nshort\n" + "x" * 100_001)


def test_a_table_too_large_for_memory_is_refused(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_SHEET_BYTES", "100")
    with pytest.raises(LimitError, match="The file's table in memory must be at most 100 bytes"):
        read("text\n" + "x" * 1_000)


def test_nul_characters_are_kept_and_told():
    sheet = read(b"text,label\ngood\x00ness,yes\nbad,no\n")
    assert cells(sheet)[0] == ["good\x00ness", "yes"]
    assert "Kept 1 NUL character; the first is on line 2." in sheet.notes
