"""The helpers of the browser tests: a server that ends, a page that notices."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Watch, settled
from tests.e2e.server import AppServer

pytestmark = pytest.mark.browser


def test_a_server_ends_with_its_block(tmp_path: Path) -> None:
    with AppServer("tests/e2e/pages/broken.py", tmp_path) as server:
        process_id = server.process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


def test_a_server_that_cannot_start_says_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)The server ended with .*missing\.py"):
        AppServer("missing.py", tmp_path).__enter__()


def test_a_server_that_died_is_named(tmp_path: Path) -> None:
    with AppServer("tests/e2e/pages/broken.py", tmp_path) as server:
        server.process.kill()
        server.process.wait()
        with pytest.raises(RuntimeError, match="The server ended with -9"):
            server.check()


@pytest.mark.parametrize("fault", ["error", "dialog", "request"])
def test_a_page_notices(browser, app_server: Callable[..., AppServer], fault: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    watch = Watch(page)
    page.goto(f"{app_server('tests/e2e/pages/broken.py').url}/?fault={fault}")
    page.get_by_role("heading", name="Broken").wait_for()
    settled(page)
    context.close()
    assert any(problem.startswith(("console", fault)) for problem in watch.problems)
