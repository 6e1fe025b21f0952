"""The Train page for tests: a home of its own, the page at an address, and what stands on it."""

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embedlib.training import launch, runs
from embedlib.training.processes import this_process
from embedlib.ui import resources
from embedlib.ui.pages import path_of
from embedlib.ui.server import FRAME
from tests.ui.reading import as_read
from tests.ui.test_pages import checked

PATIENCE_SECONDS = 120


@pytest.fixture(autouse=True, scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home folder and jobs of this module's own; the page waits for its jobs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDLIB_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("OMP_NUM_THREADS", "1")
        resources.store.cache_clear()
        resources.jobs.cache_clear()
        for module in ("background", "train.state"):
            patch.setattr(f"embedlib.ui.{module}.PATIENCE_SECONDS", PATIENCE_SECONDS)
        yield
        for run in runs.listed():
            if run.status().process != this_process():
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


def words(at: AppTest) -> str:
    """Everything that is written on the page, as a person reads it."""
    kinds = (at.caption, at.text, at.markdown, at.info)
    parts = [str(part.value) for kind in kinds for part in kind]
    parts += [expander.label for expander in at.expander]
    return as_read("\n".join(parts))


def press(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click()
    return checked(at.run())
