import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedlib.reading.sentences import sentences


@pytest.mark.parametrize(
    "parts",
    [
        ["One.", "Two!", "Three?", "Four…", "Five"],
        ["Dr. Lee met Mr. and Mrs. Wu.", "They left."],
        ["It costs 3.50 euros.", "That is 1,000.25 in all.", "Version 2.0.1 is out."],
        ["Use tools, e.g. a saw, i.e. the small one.", "Then rest."],
        ["See Fig. 3 and No. 5.", "No. 7 is missing."],
        ["No.", "I disagree."],
        ["He works at Acme Inc.", "The pay is low."],
        ["The U.S. Army left at 5 p.m.", "The war was over."],
        ["J. R. R. Tolkien wrote it.", "It is long."],
        ["We chose plan B.", "The other one was worse."],
        ['"Why?" he asked.', '"Because."', "(She smiled.)", "[End.]"],
        ["Really?!", "Yes...", "No!!!", "Well"],
        ["And so on etc.", "The end."],
        ["1. First item.", "2. Second item."],
        ["Visit www.example.com/a.b?c=d now.", "Or mail a.b@c.de."],
        ["Ich komme z.B. am Montag.", "Du auch?"],
        ["¿Qué?", "¡Nada!", "Bueno."],
        ["هل أنت بخير؟", "نعم.", "شكرا."],
        ["यह एक वाक्य है।", "यह दूसरा है।"],
        ["It happened in 1990.", "The year was cold."],
    ],
)
def test_sentences_end_where_a_reader_would_say(parts):
    assert sentences(" ".join(parts)) == parts
    assert sentences("\n".join(parts)) == parts


@pytest.mark.parametrize(
    "parts",
    [
        ["他来了。", "她走了！", "真的吗？", "是"],
        ["“你好！”他说。", "“再见。”", "我……不知道。"],
        ["彼は「行く。」と言った。"],
        ["（他来了。）", "她走了。"],
        ["价格是3.5元。", "太贵了！！！"],
    ],
)
def test_scripts_without_spaces_are_split_too(parts):
    expected = parts if "と" not in parts[0] else ["彼は「行く。」", "と言った。"]
    assert sentences("".join(parts)) == expected


def test_a_blank_line_ends_a_sentence_and_a_line_end_does_not():
    assert sentences("A title\n\nA line\nthat goes on.\r\n \r\nEnd") == [
        "A title",
        "A line\nthat goes on.",
        "End",
    ]


@given(st.text(st.sampled_from("aB1 .!?…。！？\"')]\n\r\tDr。,’”"), max_size=200))
@settings(deadline=None, max_examples=300)
def test_nothing_is_lost_or_added(text):
    joined = "".join("".join(sentences(text)).split())
    assert joined == "".join(text.split())
    assert all(piece and piece == piece.strip() for piece in sentences(text))


@pytest.mark.parametrize(
    "unit", [".", ". ", "a. ", "e.g. A", "'.\"", "1. ", "\n", "\n ", "x", "。”", "! ", "A.B. "]
)
def test_time_grows_with_length_only(unit):
    """A quadratic splitter would need hours for a million characters."""
    begin = time.process_time()
    sentences(unit * (1_000_000 // len(unit)))
    assert time.process_time() - begin < 15
