"""The Train page in Streamlit's own test harness, with the bundled model and its own store."""

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embedlib.training import launch, runs
from embedlib.ui import resources
from embedlib.ui.pages import path_of
from embedlib.ui.server import FRAME

PATIENCE_SECONDS = 120


@pytest.fixture(autouse=True, scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home folder and jobs of this module's own; the page waits for its jobs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDLIB_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("OMP_NUM_THREADS", "1")
        resources.store.cache_clear()
        resources.jobs.cache_clear()
        patch.setattr("embedlib.ui.background.PATIENCE_SECONDS", PATIENCE_SECONDS)
        yield
        for run in runs.listed():
            launch.cancel(run)
        resources.store.cache_clear()
        resources.jobs.cache_clear()


def page(**address: str) -> AppTest:
    """The Train page at an address."""
    st.cache_data.clear()
    at = AppTest.from_file(str(FRAME), default_timeout=PATIENCE_SECONDS)
    at.switch_page(str(path_of("train")))
    for name, value in ({"data": "service"} | address).items():
        at.query_params[name] = value
    return checked(at.run())


def checked(at: AppTest) -> AppTest:
    assert not at.exception, [error.value for error in at.exception]
    assert not at.error, [error.value for error in at.error]
    return at


def words(at: AppTest) -> str:
    """Everything that is written on the page, as a person reads it."""
    kinds = (at.caption, at.text, at.markdown, at.info)
    parts = [str(part.value) for kind in kinds for part in kind]
    parts += [expander.label for expander in at.expander]
    return "\n".join(parts).replace("\\", "")


def press(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click()
    return checked(at.run())


def uploaded(content: bytes, name: str = "rows.csv", **address: str) -> AppTest:
    at = page(data="file", **address)
    at.file_uploader(key="upload").set_value([(name, content, "text/csv")])
    return checked(at.run())


def test_the_first_page_shows_a_sample_its_labels_and_a_button_to_start():
    at = page()
    assert "60 rows of 8 labels" in at.get("plotly_chart")[0].proto.spec
    start = next(button for button in at.button if button.label == "Start training")
    assert not start.disabled
