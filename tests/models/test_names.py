import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.errors import ModelNameError
from embedlib.models import check_name, load
from embedlib.models.catalog import CATALOG
from embedlib.models.places import downloads_folder

PATHS = [
    *("/etc", "/etc/passwd", "../x", "..", ".", "./a", "a/../b", "a/..", "../../etc/passwd", "~"),
    *("~/models", "~root", "a/", "a//b", "//host/share", "\\\\host\\share", "a\\b", "..\\x"),
    *(".hidden", ".git/config", "a/./b", "/", "//", "\\", "tests/../embedlib", "a/b/", "./."),
]
URLS = [
    *("http://a.b", "https://huggingface.co/gpt2", "file:///etc/passwd", "file:x", "C:\\", "C:/x"),
    *("c:model", "hf://gpt2", "s3://bucket/key", "data:text/plain,x", "ftp://h/x", "javascript:x"),
]
ILLEGAL = [
    *(
        "a b",
        " a",
        "a ",
        "a\n",
        "a\0",
        "a\0b",
        "a/b/c",
        "a／b",
        "ｇpt2",
        "gpt２",
        "é",
        "模型",
        "🤗",
    ),
    *("%2e%2e", "a%2fb", "a?b", "a#b", "a@main", "a*", "a;ls", "$(ls)", "`ls`", "a|b", "<b>", "-a"),
    *(
        "🤗",
        "_a",
        "a/_b",
        "a/-b",
        "a'b",
        'a"b',
        "a,b",
        "a\tb",
        "a\r\n",
        "a\u202eb",
        "a\u200bb",
        "\ud800",
    ),
]
RULES = ["a--b", "a..b", "a/b..c", "a.", "a-", "a./b", "a/b-", "a.git", "a/b.git", "models--a--b"]
OTHERS = ["", " ", "\t", "a" * 97, "a" * 300, "a/" + "b" * 95, "x" * 10**6]
BAD = [*PATHS, *URLS, *ILLEGAL, *RULES, *OTHERS]


@pytest.mark.parametrize("name", [*CATALOG, "gpt2", "a", "A1/b_c.d-e", "a" * 96, "1/2"])
def test_names_of_models_pass(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (PATHS, "it is a path"),
        (URLS, "it is a URL or a drive"),
        (ILLEGAL, "only letters, digits, `.`, `_`, `-` and one `/` are allowed"),
        (["a--b", "a..b"], "`--` and `..` are not allowed"),
        (["a.", "a-", "a./b"], "no part may end in `.` or `-`"),
        (["a.git"], "it ends in `.git`"),
        (["", " "], "it is empty"),
        (["a" * 97, "x" * 10**6], "it is longer than 96 characters"),
        ([None, 3, b"gpt2", ["gpt2"]], "it is not text"),
    ],
)
def test_a_bad_name_is_refused_with_its_reason(names: list[Any], reason: str) -> None:
    for name in names:
        with pytest.raises(ModelNameError) as caught:
            check_name(name)
        assert caught.value.what.endswith(f": {reason}.")
        assert len(str(caught.value)) < 500
        assert "\0" not in str(caught.value)


_events: list[str] | None = None


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if _events is not None and event.split(".")[0] in {"open", "socket", "subprocess", "os"}:
        _events.append(f"{event}{args}")


sys.addaudithook(_watch)  # there is no way to remove one: it sleeps outside `watched`


@contextmanager
def watched() -> Iterator[list[str]]:
    global _events
    _events = seen = []
    try:
        yield seen
    finally:
        _events = None


def test_a_bad_name_opens_no_file_and_no_socket() -> None:
    with pytest.raises(ModelNameError):
        load("../x")  # what is imported on first use is imported here, not under the watch
    assert len(BAD) >= 60
    refused = 0
    with watched() as seen:
        for name in BAD:
            try:
                load(name)
            except ModelNameError:
                refused += 1
    assert refused == len(BAD)
    assert seen == []


def test_the_watch_itself_sees_an_open_file(tmp_path: Any) -> None:
    with watched() as seen:
        (tmp_path / "a").write_text("")
    assert any(line.startswith("open") for line in seen)


@given(st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9/\\._-]{0,100}")))
def test_an_accepted_name_stays_inside_every_folder(name: str) -> None:
    try:
        check_name(name)
    except ModelNameError:
        return
    assert name.isascii()
    folder = downloads_folder(name)
    assert folder.resolve().parent == downloads_folder("a").resolve().parent
    assert "--" not in name  # so that the folder's name can be undone
