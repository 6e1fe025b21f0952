"""What a person does, in a real browser, from the first request to what they take home."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Look, settled
from tests.e2e.server import AppServer

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

XSS = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "<svg/onload=alert(3)>",
    "javascript:alert(4)",
    "\"><iframe srcdoc='<script>parent.alert(5)</script>'>",
    "<a href=javascript:alert(6)>link</a>",
    "![a](http://example.invalid/x.png) $\\edef\\x{a}$ :red[hi] **bold** &lt;b&gt;",
    "<math><mi//xlink:href=data:x,alert(7)>",
    "{{constructor.constructor('alert(8)')()}}",
    "<details open ontoggle=alert(9)>",
]


@pytest.fixture(scope="module")
def server(app_server: Callable[..., AppServer]) -> AppServer:
    return app_server("app.py", ready_path="/api/ready")


def opened(page: Page, server: AppServer, path: str = "/") -> Page:
    page.goto(server.url + path)
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    return settled(page)


def setting(page: Page) -> Locator:
    """The line that says what made the picture."""
    return page.get_by_text("all-MiniLM-L6-v2 ·", exact=False)


def expect_map(page: Page, words: str) -> None:
    expect(page.locator(".stPlotlyChart .gtitle").first).to_contain_text(words)


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
    settled(page)


def paste(page: Page, text: str) -> None:
    page.get_by_role("radio", name="Paste text").click()
    box = page.get_by_role("textbox", name="Your texts")
    box.fill(text)
    box.press("Control+Enter")
    settled(page)


def upload(page: Page, name: str, content: bytes) -> None:
    page.get_by_role("radio", name="Open a file").click()
    settled(page)
    choose_files(page, (name, content))


def choose_files(page: Page, *files: tuple[str, bytes]) -> None:
    """Where a file is open already, the place for another is behind a button."""
    change = page.get_by_role("button", name="Change", exact=True)
    place = page.get_by_test_id("stFileUploaderDropzoneInput")
    if change.is_visible() and not place.count():
        change.click()
    place.set_input_files(
        files=[{"name": n, "mimeType": "text/csv", "buffer": content} for n, content in files]
    )


def test_a_deep_link_as_the_very_first_request_gets_its_page_and_the_whole_frame(
    page: Page, tmp_path: Path
) -> None:
    with AppServer("app.py", tmp_path) as fresh:
        page.goto(fresh.url + "/guide")
        expect(page.get_by_role("heading", name="Guide")).to_be_visible()
        navigation = page.get_by_test_id("stSidebarNav")
        for name in ("Explore", "Models", "Guide"):
            expect(navigation.get_by_role("link", name=name)).to_be_visible()
        expect(page.get_by_label("Model", exact=False).first).to_be_visible()
        navigation.get_by_role("link", name="Explore").click()
        expect_map(page, "24 texts of 12 categories")
        page.goto("about:blank")


def test_the_first_page_shows_a_result_without_a_click(page: Page, server: AppServer) -> None:
    opened(page, server)
    expect_map(page, "24 texts of 12 categories")
    expect(setting(page)).to_contain_text("layer 6 of 6 · mean")


def test_a_page_opens_with_its_own_sample_until_somebody_chooses(
    page: Page, server: AppServer
) -> None:
    opened(page, server)
    expect_map(page, "24 texts of 12 categories")

    def go(name: str, sample: str) -> None:
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name, exact=True).first).to_be_visible()
        settled(page)
        expect(page.get_by_text("Not possible")).to_have_count(0)
        expect(page.get_by_role("radio", name=sample, exact=True)).to_be_checked()

    for name, sample in {"Layers": "Service", "Map": "Senses", "Train": "Service"}.items():
        go(name, sample)
    page.get_by_role("radio", name="Reviews").click()
    for name in ("Explore", "Layers"):
        go(name, "Reviews")


def test_arrow_keys_move_through_the_layers_and_the_address_follows(
    page: Page, server: AppServer
) -> None:
    opened(page, server)
    page.get_by_role("slider").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(150)
    expect(setting(page)).to_contain_text("layer 3 of 6")
    settled(page)
    assert "layer=3" in page.url
    page.reload()
    expect(setting(page)).to_contain_text("layer 3 of 6")


def test_pasted_texts_follow_layer_and_pooling(page: Page, server: AppServer) -> None:
    opened(page, server)
    paste(page, "A river bank.\nA savings bank.\nThe dog runs fast.")
    expect_map(page, "3 texts")
    tab(page, "Vector")
    before = page.get_by_text("384 dimensions, L2 norm", exact=False)
    expect(before).to_be_visible()
    mean = before.inner_text()
    page.get_by_role("combobox", name="Pooling", exact=False).click()
    page.get_by_role("option", name="Max", exact=True).click()
    expect(setting(page)).to_contain_text("· max")
    expect(before).not_to_have_text(mean)
    assert "pooling=max" in settled(page).url
    page.reload()
    expect_map(page, "3 texts")  # the browser kept them
    expect(setting(page)).to_contain_text("· max")
    box = page.get_by_role("textbox", name="Your texts")
    box.fill("")
    box.press("Control+Enter")
    expect(page.get_by_text("Paste some text above")).to_be_visible()
    settled(page).reload()
    expect(page.get_by_text("Paste some text above")).to_be_visible()  # emptied is emptied


def test_an_uploaded_csv_gives_categories_and_survives_a_page_change(
    page: Page, server: AppServer
) -> None:
    opened(page, server)
    rows = "".join(
        f"{text} {row},{label}\n"
        for row in range(10)
        for text, label in (("my card was lost", "card"), ("the transfer failed", "transfer"))
    )
    upload(page, "bank questions.csv", f"question,intent\n{rows}".encode())
    expect_map(page, "20 texts of 2 categories")
    tab(page, "Categories")
    expect(page.get_by_text("Nearest-centroid accuracy", exact=False)).to_be_visible()
    expect(page.get_by_text("100.0%", exact=True)).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Guide").click()
    expect(page.get_by_role("heading", name="Guide")).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Explore").click()
    expect_map(page, "20 texts of 2 categories")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "PNG"),
        ("a.csv", b"PK\x03\x04" + b"\0" * 200, "ZIP"),
        ("a.csv", b"", "empty"),
        ("a.csv", ",".join(f"c{n}" for n in range(200_000)).encode() + b"\n1\n", "columns"),
        ("a.csv", b'text\n"never closed\n', "line"),
    ],
)
def test_a_bad_file_is_refused_in_words_and_nothing_is_lost(
    page: Page, server: AppServer, name: str, content: bytes, words: str
) -> None:
    opened(page, server)
    upload(page, "good.csv", b"text\none text\ntwo texts\nthree texts\n")
    expect_map(page, "3 texts")
    choose_files(page, (name, content))
    expect(page.get_by_text("Not possible")).to_be_visible()
    expect(page.get_by_text("Still showing good.csv.")).to_be_visible()
    assert words.lower() in page.get_by_test_id("stMain").inner_text().lower()
    expect_map(page, "3 texts")


def test_exported_vectors_are_those_on_screen(page: Page, server: AppServer) -> None:
    opened(page, server, "/?layer=4&pooling=cls&data=sentiment&view=Export+and+code")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the vectors").click()
    text = Path(download.value.path()).read_text("utf-8")
    table = list(csv.reader(io.StringIO(text)))
    first = table[0].index("dim_0")
    vectors = np.array([row[first : first + 384] for row in table[1:]], dtype=np.float32)

    from embedlib import embed
    from embedlib.reading import sample_corpus

    texts = sample_corpus("sentiment").texts
    expected = embed(texts, layers="all", poolings=("cls",), store=False).select("cls", 4)
    assert [row[table[0].index("text")] for row in table[1:]] == list(texts)
    np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_the_numpy_export_opens_and_its_card_says_what_made_it(
    page: Page, server: AppServer
) -> None:
    opened(page, server, "/?layer=2&data=languages&view=Export+and+code")
    page.get_by_role("radio", name="NumPy", exact=True).click()
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the vectors").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        vectors = np.load(io.BytesIO(archive.read("vectors.npy")))
        card = archive.read("card.json").decode()
    assert vectors.shape == (24, 384)
    for fact in ('"layer": 2', '"pooling": "mean"', "53aa51172d142c89", '"torch"'):
        assert fact in card


def test_the_code_shown_runs_and_gives_the_same_shape(page: Page, server: AppServer) -> None:
    opened(page, server, "/?mix=concat_last_4&data=service_zh&view=Export+and+code")
    block = page.get_by_test_id("stCode").filter(has_text="from embedlib").first
    source = block.locator("code").inner_text()
    names: dict[str, object] = {}
    exec(source, names)
    assert names["embeddings"].shape == (24, 1536)


def test_a_word_is_followed_through_the_layers(page: Page, server: AppServer) -> None:
    opened(page, server, "/?view=Through+the+layers")
    words = page.get_by_role("combobox", name="Word", exact=True)
    curve = page.locator(".stPlotlyChart .gtitle").nth(1)
    for number in range(2):
        # A list that opens while the page scrolls, or is drawn again, closes.
        words.nth(number).scroll_into_view_if_needed()
        settled(page)
        words.nth(number).click()
        page.get_by_role("option", name="bank", exact=True).click()
        expect(curve).to_contain_text(f"“bank” in text {number + 1}")


def test_clicked_tokens_are_what_is_pooled(page: Page, server: AppServer) -> None:
    opened(page, server, "/?pooling=chosen&view=Tokens")
    expect(page.get_by_text("click tokens below", exact=False)).to_be_visible()
    page.locator(".chip", has_text="canoe").click()
    expect(page.get_by_text("1 of 24 texts have chosen tokens", exact=False)).to_be_visible()
    expect_map(page, "1 text of")


def test_markup_in_texts_labels_columns_and_names_leaves_no_mark(
    page: Page, server: AppServer
) -> None:
    opened(page, server)
    marks = (
        "document.querySelectorAll('img[src=x], svg[onload], iframe, math, details[ontoggle], "
        "a[href^=javascript], img[src*=invalid]').length"
    )
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["text" + XSS[0], "label" + XSS[2], "other" + XSS[6]])
    rows = [f"{payload} and some more words {n}" for n, payload in enumerate(XSS * 2)]
    writer.writerows([row, XSS[n % 3], row] for n, row in enumerate(rows))
    upload(page, "<img src=x onerror=alert(1)>.csv", table.getvalue().encode())
    expect_map(page, "20 texts")
    for name in (
        "Neighbours",
        "Through the layers",
        "Categories",
        "Vector",
        "Tokens",
        "Cut texts",
        "Export and code",
    ):
        tab(page, name)
        assert page.evaluate(marks) == 0
    paste(page, "\n".join(XSS))
    expect_map(page, "10 texts")
    assert page.evaluate(marks) == 0


def test_long_texts_are_counted_and_windows_read_them_whole(page: Page, server: AppServer) -> None:
    opened(page, server)
    paste(page, "word " * 400 + "\nshort text\nanother one")
    tab(page, "Cut texts")
    expect(page.get_by_text("1 of 3", exact=True)).to_be_visible()
    page.get_by_role("button", name="Read long texts in windows instead").click()
    expect(page.get_by_text("0 of 3", exact=True)).to_be_visible()
    assert "windows=true" in settled(page).url.lower()


@pytest.mark.parametrize(
    "page",
    [Look(scheme, width) for scheme in ("light", "dark") for width in (1280, 1920)],
    indirect=True,
    ids=str,
)
@pytest.mark.parametrize("path", ["/", "/models", "/guide"])
def test_no_page_is_wider_than_the_window_or_shows_an_error(
    page: Page, server: AppServer, path: str
) -> None:
    opened(page, server, path)
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Something went wrong", exact=False)).to_have_count(0)


def test_two_visitors_do_not_see_each_others_texts(
    open_page: Callable[..., Page], server: AppServer
) -> None:
    first, second = open_page(), open_page()
    opened(first, server)
    paste(first, "canary of the first visitor\nanother line")
    expect_map(first, "2 texts")
    opened(second, server, "/?data=paste")
    assert "canary" not in second.content()
    assert "canary" not in server.log
