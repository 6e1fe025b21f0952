"""CoNLL files: a word and its tag on each line, a blank line between sentences; bytes to Examples.

Also read: BIOES (S- becomes B-, E- becomes I-), further columns between the word and the tag,
comments with #, and documents' -DOCSTART- lines.
"""

import re
from typing import Final

from embedlib.errors import ReadError, TextError, shown
from embedlib.limits import LIMITS
from embedlib.reading.decoding import decode
from embedlib.reading.sheets import display_name
from embedlib.reading.signatures import refuse_binary
from embedlib.training.examples import Examples

EXTENSIONS: Final = (".conll", ".bio", ".iob", ".iob2", ".ner")
_TAG: Final = re.compile(r"O|[BIESLU]-\S+")
_AS_BIO: Final = {"S": "B", "U": "B", "E": "I", "L": "I"}
Sentence = tuple[tuple[str, ...], tuple[str, ...]]


def read_conll(content: bytes, name: str, part: str = "") -> Examples:
    """The sentences of a CoNLL file.

    Args:
        content: The whole file.
        name: What it is called, for display.
        part: The part of the split that all sentences belong to, "" for none.

    Raises:
        ReadError: If a line is not a word and a tag; says which, and what it holds.
        LimitError: If it is larger than `limits` allows.
        TextError: If it holds no sentence.
    """
    LIMITS["upload_bytes"].check(len(content), "The size of the file")
    name = display_name(name)
    refuse_binary(content, name)
    sentences = _sentences(decode(content).text)
    if not sentences:
        raise TextError(
            f"The file must hold sentences, got none: {shown(name)}.",
            "Write a word and its tag on each line, and a blank line between sentences.",
        )
    LIMITS["rows"].check(len(sentences), "The number of sentences")
    words = tuple(sentence[0] for sentence in sentences)
    return Examples(
        texts=tuple(" ".join(row) for row in words),
        labels=(),
        rows=tuple(range(len(words))),
        parts=(part,) * len(words),
        words=words,
        tags=tuple(sentence[1] for sentence in sentences),
        name=name,
    )


def looks_like_conll(content: bytes, name: str) -> bool:
    """Whether a file is one by its name, or by its first lines."""
    if name.lower().endswith(EXTENSIONS):
        return True
    lines = [line for line in content[:20_000].split(b"\n")[:50] if line.strip()]
    tagged = sum(
        bool(_TAG.fullmatch(parts[-1].decode("utf-8", "replace")))
        for line in lines
        if len(parts := line.split()) >= 2
    )
    return len(lines) > 5 and tagged >= 0.9 * len(lines)


def _sentences(text: str) -> list[Sentence]:
    found: list[Sentence] = []
    words: list[str] = []
    tags: list[str] = []
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("-DOCSTART-"):
            if words:
                found.append((tuple(words), tuple(tags)))
                words, tags = [], []
            continue
        if stripped.startswith("# ") and not words:
            continue
        word, tag = _word_and_tag(line, number)
        words.append(word)
        tags.append(tag)
    return found


def _word_and_tag(line: str, number: int) -> tuple[str, str]:
    columns = line.strip("\r\n ").split("\t") if "\t" in line else line.split()
    word, tag = columns[0].strip(), columns[-1].strip()
    if len(columns) < 2 or not word or not _TAG.fullmatch(tag):
        raise ReadError(
            f"Line {number:,} must be a word and a tag such as B-person or O, got {shown(line)}.",
            "Put a tab between them, and a blank line between sentences.",
        )
    prefix, dash, kind = tag.partition("-")
    return word, f"{_AS_BIO.get(prefix, prefix)}{dash}{kind}"
