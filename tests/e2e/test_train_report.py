"""The report of a finished run in a real browser: click, predict, correct, take home, use."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
import pyarrow.csv
from playwright.sync_api import Page, expect
from transformers import pipeline

from embedlib.training.child import train
from embedlib.training.runs import Run
from tests.e2e.conftest import Look, screenshot, settled
from tests.e2e.server import AppServer
from tests.e2e.test_journeys import tab
from tests.models import folders
from tests.training import made

pytestmark = pytest.mark.browser
FIRST_MS = 120_000  # on a busy machine the server loads torch when it is first asked
LORA = "b" * 32
TITLE = ".stPlotlyChart .gtitle"


@pytest.fixture(scope="module")
def server(app_server: Callable[..., AppServer], tmp_path_factory: pytest.TempPathFactory):
    """The app beside a finished LoRA run of the tiny model, which it finds among its runs."""
    models = folders.save(tmp_path_factory.mktemp("models") / "tiny").parent
    started = app_server("app.py", ready_path="/api/ready")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDLIB_HOME", str(started.home))
        patch.setenv("OMP_NUM_THREADS", "1")
        few = {"epochs": 3, "learning_rate": 2e-2, "batch_size": 8, "rank": 4}
        rungs = ("majority", "tfidf", "probe")
        run = made.run(started.home / "runs" / LORA, models, "lora", rungs=rungs, **few)
        train(run.folder)
    return started


def report(page: Page, server: AppServer, panel: str, more: str = "") -> Page:
    page.goto(f"{server.url}/train?run={LORA}&report_view={panel}{more}")
    expect(page.get_by_text("95 %:", exact=False).first).to_be_visible(timeout=FIRST_MS)
    return settled(page)


def saved(page: Page, name: str) -> bytes:
    with page.expect_download(timeout=FIRST_MS) as download:
        page.get_by_role("button", name=name).click()
    return Path(download.value.path()).read_bytes()


def test_a_cell_shows_its_rows_texts_are_predicted_and_all_of_it_is_taken_home(
    page: Page, server: AppServer, tmp_path: Path
) -> None:
    found = Run(server.home / "runs" / LORA).report()
    names, counts = found["labels"], found["confusion"]
    cells = sorted((i == j, i, j) for i in range(3) for j in range(3) if counts[i][j])
    _, truth, guess = cells[0]  # a mistake where there is one
    report(page, server, "Labels")
    cell = page.locator(".stPlotlyChart .scatterlayer .trace").first.locator("path.point")
    box = cell.nth(truth * 3 + guess).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    n_rows = counts[truth][guess]
    rows = page.get_by_text(f"{n_rows} test row{'s' if n_rows > 1 else ''}.", exact=True)
    expect(rows).to_be_visible()
    expect(page).to_have_url(re.compile(f"truth={names[truth]}.*guess={names[guess]}"))
    screenshot(page, "report-labels")

    tab(page, "Predict")
    lines = page.get_by_role("textbox", name="Texts, one a line")
    lines.fill("the dog runs, a cat\na savings bank")
    lines.press("Control+Enter")
    expect(page.get_by_text("2 texts, chances ", exact=False)).to_be_visible(timeout=FIRST_MS)
    settled(page)
    screenshot(page, "report-predict")
    table = pyarrow.csv.read_csv(io.BytesIO(saved(page, "Predictions as CSV"))).to_pydict()
    assert table["text"] == ["the dog runs, a cat", "a savings bank"]
    assert table["predicted"] == ["animals", "money"] and table["corrected"] == [False, False]

    tab(page, "Take it home")
    screenshot(page, "report-take-home")
    content = saved(page, "Model (zip)")
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    expect(page.get_by_text(f'model="{folder.name}"', exact=False)).to_be_visible()
    said = pipeline("text-classification", model=str(folder))(table["text"])
    assert [one["label"] for one in said] == table["predicted"]
    assert b"<!doctype html>" in saved(page, "Report (HTML)")


def test_the_space_before_and_after_is_one_map_and_the_model_is_used_on_every_page(
    open_page: Callable[..., Page], server: AppServer
) -> None:
    page = open_page(Look("dark", 1920, 1080))
    report(page, server, "Before and after", "&before_after=pca")
    expect(page.get_by_text("After training (2 of 2)")).to_be_visible(timeout=FIRST_MS)
    expect(page.locator(TITLE).filter(has_text="changed most").first).to_be_visible()
    screenshot(page, "report-before-after-dark")
    page.get_by_role("button", name="Use this model on every page").click()
    page.get_by_role("button", name="On every page").click()
    expect(page.get_by_text("The model of every page is now")).to_be_visible()
    page.get_by_test_id("stPopoverBody").get_by_role("link", name="Explore").click()
    said = page.get_by_text(f"topics-{LORA[:6]} · layer 3 of 3", exact=False).first
    expect(said).to_be_visible(timeout=FIRST_MS)
    page.reload()
    expect(said).to_be_visible(timeout=FIRST_MS)
    assert f"model=topics-{LORA[:6]}" in page.url
