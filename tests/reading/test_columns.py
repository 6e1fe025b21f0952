import pandas as pd
import pytest

from embedlib.errors import ReadError
from embedlib.reading import guess_columns
from embedlib.records import Sheet
from tests.reading.inprocess import read

LONG = ["A first long text of some kind.", "A second one, longer still.", "A third, different."]


def sheet(columns: dict[str, list[object]]) -> Sheet:
    return Sheet("a", pd.DataFrame(columns), "csv", "utf-8")


@pytest.mark.parametrize(
    ("columns", "guess"),
    [
        ({"text": ["a", "b"], "label": ["x", "y"]}, ("text", "label")),
        ({"label": ["x", "y"], "text": ["a", "b"]}, ("text", "label")),
        (
            {"id": ["1", "2"], "Review": ["a", "b"], "Sentiment": ["x", "x"]},
            ("Review", "Sentiment"),
        ),
        ({"文本": ["你", "我"], "标签": ["甲", "乙"]}, ("文本", "标签")),
        ({"question": LONG, "answer": LONG, "category": ["x"] * 3}, ("question", "category")),
        ({"text_id": ["1", "2", "3"], "what": LONG}, ("what", None)),
        ({"review_text": LONG, "star_rating": ["1", "2", "1"]}, ("review_text", "star_rating")),
        ({"question_type": ["x", "y", "x"], "said": LONG}, ("said", "question_type")),
        ({"a": ["x", "y", "x", "y"], "b": [*LONG, "fourth"]}, ("b", "a")),
        ({"n": [1, 2, 3], "a": LONG}, ("a", None)),
        ({"n": [1, 1, 2, 2], "a": [*LONG, "d"]}, ("a", "n")),
        ({"label": ["x", "y"]}, ("label", None)),
        ({"label": ["x", "x"], "class": ["y", "z"]}, ("class", "label")),
        ({"n": [1, 2]}, ("n", None)),
        ({"word": ["bank", "bank"], "text": ["a", "b"], "id": ["x", "x"]}, ("text", None)),
        ({"text": [None, None], "label": [None, None]}, ("text", "label")),
        ({"a": [None, None], "b": [None, None]}, ("a", None)),
    ],
)
def test_names_decide_and_then_statistics(columns, guess):
    assert guess_columns(sheet(columns)) == guess


def test_a_sheet_without_columns_is_refused():
    with pytest.raises(ReadError, match="must have a column, got none"):
        guess_columns(sheet({}))


def test_a_large_sheet_is_judged_by_a_sample_of_it():
    many = sheet({"a": ["x", "y"] * 50_000, "b": [f"text number {i}" for i in range(100_000)]})
    assert guess_columns(many) == ("b", "a")


@pytest.mark.parametrize("content", ["text\na\n", "a,b\n1,2\n3,4\n", "text,text\na,b\n", "x\ny\nz"])
def test_the_same_column_is_never_guessed_twice(content):
    text, label = guess_columns(read(content))
    assert text != label
