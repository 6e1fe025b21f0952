"""What a panel gives to take home: exact numbers, harmless text, files that depend on nothing."""

import copy
import io
import json
import zipfile

import numpy as np
import pandas as pd

from embedlib.exporting.layer_page import as_html
from embedlib.exporting.layer_pictures import grid_picture
from embedlib.exporting.layer_report import measured
from embedlib.exporting.panels import PanelExport, picture_config, picture_page
from embedlib.figures import CONFIG, PALETTES
from embedlib.probes import GridOptions, grid
from tests.probes.made import clusters, posed, stored

GOOD, LABELS = clusters(60, 3, spread=0.2)
NOISE = np.random.default_rng(9).standard_normal(GOOD.shape).astype(np.float32)
CLEAR = grid(stored({"mean": np.stack([NOISE, GOOD])}), posed(LABELS), GridOptions("centroid"))
NOTHING = grid(stored({"mean": np.stack([NOISE] * 4)}), posed(LABELS), GridOptions("centroid"))
EXPORT = PanelExport(
    "made",
    {"numbers": {"text": ["=1+1", "a\ud800", "打"], "share": [0.1, float("nan"), 1 / 3]}},
    [grid_picture(CLEAR, PALETTES["light"])],
    "table = 1\n",
    {"seed": 0, "text": "\ud800"},
)


def test_numbers_are_exact_and_no_cell_is_a_formula():
    found = pd.read_csv(io.BytesIO(EXPORT.csv("numbers")))
    assert found["text"].tolist() == ["'=1+1", "a\\ud800", "打"]
    assert found["share"][2] == 1 / 3 and np.isnan(found["share"][1])


def test_the_same_panel_gives_the_same_file_with_all_its_parts():
    assert EXPORT.as_zip() == EXPORT.as_zip()
    with zipfile.ZipFile(io.BytesIO(EXPORT.as_zip())) as archive:
        assert archive.namelist() == ["numbers.csv", "picture-1.html", "code.py", "card.json"]
        assert json.loads(archive.read("card.json"))["seed"] == 0


def test_a_picture_as_a_page_saves_svg_and_no_page_changes_the_charts_settings():
    before = copy.deepcopy(CONFIG)
    assert '"format": "svg"' in picture_page(EXPORT.pictures[0])
    as_html(measured(stored({"mean": np.stack([NOISE, GOOD])}), None), "title")
    assert before == CONFIG
    assert picture_config("svg", "a")["toImageButtonOptions"]["filename"] == "a"


def test_where_nothing_is_told_apart_no_cell_has_a_star():
    assert "★" not in "".join(grid_picture(NOTHING, PALETTES["dark"]).figure.data[2].text)
    assert "★" in "".join(grid_picture(CLEAR, PALETTES["dark"]).figure.data[2].text)
