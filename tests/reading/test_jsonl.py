import json

import pytest

from embedlib.errors import LimitError, ReadError
from tests.reading.inprocess import cells, notes, read

OBJECTS = [{"text": "good", "n": 1}, {"text": "bad", "n": 2}]


def jsonl(*records: object) -> str:
    return "\n".join(json.dumps(record) for record in records)


@pytest.mark.parametrize(
    "content",
    [
        jsonl(*OBJECTS),
        jsonl(*OBJECTS).replace("\n", "\r\n\r\n") + "\n",
        json.dumps(OBJECTS),
        json.dumps(OBJECTS, indent=2),
        "\ufeff" + jsonl(*OBJECTS),
    ],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.txt"])
def test_objects_are_rows(content, name):
    sheet = read(content, name)
    assert (sheet.format, sheet.columns, cells(sheet)) == (
        "jsonl",
        ("text", "n"),
        [["good", 1], ["bad", 2]],
    )


@pytest.mark.parametrize("content", ['"one"\n"two"\n', '["one", "two"]'])
def test_strings_are_texts(content):
    assert cells(read(content, "a.jsonl")) == [["one"], ["two"]]


def test_strings_in_a_csv_are_csv():
    assert read('"one fine day it was."\n"two fine days they were."\n', "a.csv").format == "csv"


def test_one_object_over_many_lines_is_a_row():
    assert cells(read('{\n "text": "one",\n "n": 1\n}', "a.json")) == [["one", 1]]


def test_a_text_that_begins_with_a_bracket_is_text():
    assert read("[Chorus] La la la\n[Verse] Lo lo lo\n", "a.txt").format == "txt"
    assert read("{name} is a placeholder\n{x} too\n", "a.txt").format == "txt"


def test_a_missing_key_is_missing():
    frame = read(jsonl({"a": "x"}, {"b": 2}, {"a": None, "b": 3}), "a.jsonl").frame
    assert frame["a"].isna().tolist() == [False, True, True]
    assert frame["b"].isna().tolist() == [True, False, False]


def test_whole_numbers_with_gaps_stay_whole():
    frame = read(jsonl({"n": 2**60 + 1}, {"n": None}), "a.jsonl").frame
    assert frame["n"][0] == 2**60 + 1 and str(frame["n"].dtype) == "Int64"


@pytest.mark.parametrize(
    ("values", "kind", "read_values"),
    [
        ([True, False], "bool", [True, False]),
        ([1, 2.5], "float64", [1.0, 2.5]),
        ([1, "a", True, 2.5], "str", ["1", "a", "true", "2.5"]),
        ([2**60 + 1, 0.5], "str", [str(2**60 + 1), "0.5"]),
        ([2**70], "str", [str(2**70)]),
    ],
)
def test_a_column_has_the_type_that_holds_every_value(values, kind, read_values):
    frame = read(jsonl(*({"a": value} for value in values)), "a.jsonl").frame
    assert str(frame["a"].dtype) == kind and frame["a"].tolist() == read_values


@pytest.mark.parametrize("number", ["4e492493924924", "1" * 5_000, "-1e400"])
def test_numbers_beyond_the_machine_stay_as_they_are_written(number):
    assert cells(read(f'{{"a": {number}}}', "a.jsonl")) == [[number]]


def test_nan_is_missing_and_infinity_is_written():
    frame = read('{"a": NaN, "b": Infinity}\n{"a": 1.5, "b": 1}', "a.jsonl").frame
    assert frame["a"].isna().tolist() == [True, False] and frame["b"][0] == "Infinity"


def test_lone_surrogates_become_replacement_characters_with_a_note():
    sheet = read('{"te\\ud800xt": "a\\udc00b"}\n"c\\ud83d"', "a.jsonl")
    assert sheet.columns == ("te\ufffdxt", "text")
    assert sheet.frame.iloc[0, 0] == "a\ufffdb" and sheet.frame.iloc[1, 1] == "c\ufffd"
    assert "Half characters (lone surrogates) became \ufffd: 3." in sheet.notes


def test_a_pair_of_surrogates_is_one_character():
    assert cells(read('{"text": "\\ud83d\\ude00"}', "a.jsonl")) == [["😀"]]


def test_lists_and_objects_are_left_out_with_a_note():
    sheet = read(jsonl({"text": "a", "tokens": ["a"], "meta": {}}, {"text": "b"}), "a.jsonl")
    assert sheet.columns == ("text",)
    assert "Left out 'tokens', 'meta': lists and objects are no columns." in sheet.notes


def test_a_key_that_comes_twice_is_told():
    sheet = read('{"a": "x", "a": "y"}', "a.jsonl")
    assert cells(sheet) == [["y"]] and "A field comes twice in 1 records" in notes(sheet)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"a": 1}\n{"a": }\n', "Line 2 must be JSON, got an error: expecting value"),
        ('{"a": 1}\n[1]\n', "Line 2 must be an object or a string, got a list"),
        ('{"a": 1}\ntrue\n', "Line 2 must be an object or a string, got true or false"),
        ('{"a": 1}\nnull\n', "Line 2 must be an object or a string, got nothing"),
        ('{"a": 1} {"a": 2}\n', "Line 1 must be one JSON value, got more after it"),
        ("[1, 2]", "Record 1 must be an object or a string, got a number"),
        ('["a" "b"]', "Record 1 must be followed by a comma or bracket"),
        ('["a"]\n["b"]', "must be all that the file holds, got more after it"),
        ('["a",\n\n oops]', "Line 3 must be JSON, got an error"),
        ("[]", "must hold records, got none"),
        ('{"a": [1]}', "must have a field that is text or a number, got none"),
        ("[" * 100_000, "Line 1 is nested too deeply"),
        ('{"a":' * 100_000, "Line 1 is nested too deeply"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(content, words):
    with pytest.raises(ReadError, match=words):
        read(content, "a.json")


def test_too_many_keys_rows_and_characters_are_refused(monkeypatch):
    with pytest.raises(LimitError, match="at most 200 columns, got 300"):
        read(jsonl(*({f"k{i}": 1} for i in range(300))), "a.jsonl")
    with pytest.raises(LimitError, match="Row 1 of column 'a' must be at most 100,000"):
        read(jsonl({"a": "x" * 100_001}), "a.jsonl")
    monkeypatch.setenv("EMBEDLIB_ROWS", "2")
    with pytest.raises(LimitError, match="at most 2 rows, got more"):
        read('["a", "b", "c"]', "a.json")
