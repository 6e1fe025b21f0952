"""The Map page in Streamlit's own test harness: at an address, and what is written on it."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embedlib.ui import resources
from embedlib.ui.map.making import MapPicture
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
        resources.store.cache_clear()
        resources.jobs.cache_clear()
        for module in ("background", "map.showing"):
            patch.setattr(f"embedlib.ui.{module}.PATIENCE_SECONDS", PATIENCE_SECONDS)
        yield
        resources.store.cache_clear()
        resources.jobs.cache_clear()


def page(**address: str) -> AppTest:
    """The Map page at an address; PCA, which takes no time, unless another method is asked."""
    st.cache_data.clear()
    st.cache_resource.clear()
    at = AppTest.from_file(str(FRAME), default_timeout=PATIENCE_SECONDS)
    at.switch_page(str(path_of("map")))
    for name, value in ({"data": "service", "method": "pca"} | address).items():
        at.query_params[name] = value
    return checked(at.run())


def words(at: AppTest) -> str:
    """Everything that is written on the page, as a person reads it."""
    kinds = (at.caption, at.text, at.markdown, at.metric)
    parts = [str(part.value) for kind in kinds for part in kind]
    return as_read("\n".join([*parts, *(metric.label for metric in at.metric)]))


def shown(at: AppTest) -> MapPicture:
    return at.session_state["_map_shown"]


def uploaded(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    at.file_uploader(key="upload").set_value([(name, content, "x/y") for name, content in files])
    return checked(at.run())


def npy(array: np.ndarray) -> bytes:
    sink = io.BytesIO()
    np.save(sink, array)
    return sink.getvalue()
