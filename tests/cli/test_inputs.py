"""What `embed` is given is checked before any model is loaded."""

import os

import pytest

from embedlib.cli.inputs import parse_poolings, read_input
from embedlib.errors import LimitError, OptionError, ReadError, UnknownNameError


def test_a_file_is_read(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo")
    assert read_input(tmp_path / "a.txt") == b"one\r\ntwo"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ReadError, match=r"INPUT must be a file, but there is no .*gone\.csv'"):
        read_input(tmp_path / "gone.csv")


def test_folders_and_pipes_are_no_input(tmp_path):
    with pytest.raises(ReadError, match="is a folder"):
        read_input(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ReadError, match="is not a regular file"):
        read_input(tmp_path / "pipe")


def test_a_file_over_the_bound_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setenv("EMBEDLIB_UPLOAD_BYTES", "10")
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(2**31)
    with pytest.raises(LimitError, match=r"at most 10 bytes, got 2,147,483,648"):
        read_input(big)


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_impossible_names_are_said(tmp_path, name):
    with pytest.raises(ReadError, match="INPUT"):
        read_input(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights_is_said(tmp_path):
    (tmp_path / "a.csv").write_text("x")
    (tmp_path / "a.csv").chmod(0)
    with pytest.raises(ReadError, match="Permission denied"):
        read_input(tmp_path / "a.csv")


def test_poolings_keep_their_order_each_once():
    assert parse_poolings("max, mean,max") == ("max", "mean")


def test_poolings_must_be_there():
    with pytest.raises(OptionError, match="--poolings must name at least one pooling"):
        parse_poolings(" , ")
    with pytest.raises(UnknownNameError, match="Did you mean mean"):
        parse_poolings("meen")


def test_a_pooling_that_needs_a_choice_of_tokens_is_refused():
    with pytest.raises(OptionError, match="usable without a choice of tokens, got 'chosen'"):
        parse_poolings("chosen")
