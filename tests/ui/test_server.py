"""The server around the pages: what is done once, before the first visitor."""

import gc
import sys
from importlib import import_module

import pytest
import streamlit as st

from embedlib.ui import server
from embedlib.ui.pages import load_pages


def test_what_is_loaded_at_the_start_is_left_out_of_garbage_collection() -> None:
    before = gc.get_freeze_count()
    try:
        server._spare_the_collector()
        assert gc.get_freeze_count() > before + 10_000
        assert len(gc.get_objects()) < 10_000
    finally:
        gc.unfreeze()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"server.port": 8507}, "http://localhost:8507"),
        ({"server.port": 8507, "server.address": "0.0.0.0"}, "http://localhost:8507"),
        ({"server.port": 80, "server.address": "10.1.2.3"}, "http://10.1.2.3:80"),
        ({"server.port": 8501, "server.baseUrlPath": "/maps/"}, "http://localhost:8501/maps"),
        ({"server.port": 8501, "browser.serverAddress": "a.example"}, "http://a.example:8501"),
    ],
)
def test_the_address_that_is_printed_is_the_one_that_answers(
    options: dict[str, object], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit import config

    known = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: options.get(name, known(name)))
    monkeypatch.setattr(st, "get_option", config.get_option)
    assert server.address() == expected


def test_what_pages_import_is_there_before_their_first_visitor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("embedlib.ui.layers.certified", "embedlib.ui.map.picture"):
        package, _, module = name.rpartition(".")
        import_module(name)
        monkeypatch.delitem(sys.modules, name)
        monkeypatch.delattr(sys.modules[package], module)
    load_pages()
    assert {"embedlib.ui.layers.certified", "embedlib.ui.map.picture"} <= {*sys.modules}
