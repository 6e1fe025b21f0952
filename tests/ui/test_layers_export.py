"""What each panel of the Layers page gives to take home: the code makes what the tables hold."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from embedlib.exporting.panels import PanelExport
from embedlib.geometry import HEALTH
from embedlib.ui.layers import taking
from tests.ui.test_layers_page import layers, shown
from tests.ui.test_pages import checked, own_home

__all__ = ["own_home"]  # the fixture of that module, for this one

DATA = {"data": "service"}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[PanelExport]]:
    """What panels gave to take home, in the order of drawing."""
    found: list[PanelExport] = []
    files = taking._files
    monkeypatch.setattr(taking, "_files", lambda one: found.append(one) or files(one))
    yield found


def run(code: str) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    exec(code, scope)
    return scope


def frame(export: PanelExport, table: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(export.csv(table)))


def health(scope: dict[str, Any], export: PanelExport) -> None:
    rows = [[row[name] for name in HEALTH] for row in scope["table"]]
    np.testing.assert_allclose(frame(export, "health")[list(HEALTH)], rows, rtol=1e-5)
    kept = frame(export, "neighbours kept")["share"]
    np.testing.assert_allclose(kept, scope["kept"], atol=1e-6)


def relations(scope: dict[str, Any], export: PanelExport) -> None:
    table = frame(export, "relations").drop(columns="layer")
    np.testing.assert_allclose(table, scope["table"], atol=1e-5)
    np.testing.assert_allclose(frame(export, "neighbours kept")["share"], scope["kept"], atol=1e-6)


def journey(scope: dict[str, Any], export: PanelExport) -> None:
    curve = frame(export, "similarity")
    np.testing.assert_allclose(curve["adjusted"], scope["curve"]["adjusted"], atol=1e-5)
    first = [words.split()[0] for words in frame(export, "nearest words")["words"]]
    assert first == [words[0][0] for words in scope["table"]]
    planes = frame(export, "maps")[["x", "y"]].to_numpy().reshape(-1, 6, 2)
    np.testing.assert_allclose(planes, scope["planes"], atol=1e-5)


def tagged(scope: dict[str, Any], export: PanelExport) -> None:
    assert export.pictures[0].figure.layout.xaxis.ticktext == (
        "First piece", "Last piece", "Mean of pieces",
    )  # fmt: skip
    assert "entity F1" in export.pictures[0].alt
    best = max(mean for _, _, mean, _ in scope["table"])
    assert frame(export, "scores").iloc[0, 2] == pytest.approx(best, abs=1e-6)
    assert len(scope["table"]) == len(frame(export, "scores"))


def terms(scope: dict[str, Any], export: PanelExport) -> None:
    table = frame(export, "terms").drop(columns="token").to_numpy()
    np.testing.assert_allclose(table, scope["table"], atol=1e-5)
    cosine = frame(export, "through the layers")["Cosine"].iloc[3]
    assert table.sum() == pytest.approx(cosine, abs=1e-5)


def pulls(scope: dict[str, Any], export: PanelExport) -> None:
    np.testing.assert_allclose(frame(export, "pulls")["pull"], scope["table"], atol=1e-5)
    assert len(scope["pooled"]) == len(frame(export, "cosines"))
    assert "Nearest to the mean by cosine: " in export.pictures[0].alt
    n_tokens, n_poolings = len(frame(export, "pulls")), len(frame(export, "cosines"))
    assert len(frame(export, "map")) == n_tokens + n_poolings - 1  # one lies too far out


def damage(scope: dict[str, Any], export: PanelExport) -> None:
    found = frame(export, "damage")
    np.testing.assert_allclose(found["cosine to the right vector"], scope["table"], atol=1e-5)
    right, wrong = (
        frame(export, f"cosines {kind}").drop(columns="text").to_numpy()
        for kind in ("right", "wrong")
    )
    assert np.diag(right) == pytest.approx(1) and np.abs(right - wrong).max() > 0.01


def grid(scope: dict[str, Any], export: PanelExport) -> None:
    cells = sorted((cell.mean for cell in scope["made"].cells), reverse=True)
    np.testing.assert_allclose(frame(export, "scores").iloc[:, 2], cells, atol=1e-6)


PANELS = {
    "Error bars": ({"score": "centroid", "grid_mixes": "false"}, grid),
    "Health": ({"health_transform": "whitened", "layer": "2"}, health),
    "Relations": ({"relation": "cka", "pair_a": "2", "pair_b": "5"}, relations),
    "A word's journey": ({"journey": "apple"}, journey),
    "Tagged words": ({"words_example": "true", "words_mixes": "false"}, tagged),
    "Why alike": ({"alike_b": "9", "layer": "3", "special": "false"}, terms),
    "Pooling": ({"pulled": "weighted_mean", "pooled_text": "7", "mix": "mean_last_4"}, pulls),
    "Break it": ({"mistake": "shuffled_words"}, damage),
}


@pytest.mark.parametrize("panel", PANELS)
def test_the_code_of_a_panel_makes_the_numbers_that_it_gives(taken, panel):
    address, agree = PANELS[panel]
    at = layers(**DATA, **address, layers_view=panel)
    export = taken[0]
    assert export.code.rstrip() in [block.value.rstrip() for block in at.code]
    agree(run(export.code), export)


def test_the_certificate_passes_on_this_machine_and_the_code_makes_its_verdicts(taken):
    at = layers(layers_view="Certificate")
    at.button[[b.label for b in at.button].index("Make the certificate")].click()
    checked(at.run())
    assert any("4 of 4 checks passed" in markdown.value for markdown in at.markdown)
    verdicts = run(taken[-1].code)["table"]
    assert frame(taken[-1], "checks")["passed"].tolist() == [one.passed for one in verdicts]


def test_without_labels_groups_are_offered_and_the_code_makes_them(taken):
    at = layers(data="paste")
    at.text_area(key="pasted").set_value("\n".join(f"text number {n}" for n in range(12)))
    checked(at.run())
    assert "needs labels" in at.info[0].value
    at.toggle(key="find_groups").set_value(True)
    assert "groups at this layer" in shown(checked(at.run()))
    groups = frame(taken[0], "groups")["group"] - 1
    assert groups.tolist() == run(taken[0].code)["table"].tolist()


def test_everything_of_a_panel_is_in_one_file_with_rows_and_seed_on_its_card(taken):
    layers(**DATA, layers_view="Error bars", score="centroid")
    export = taken[0]
    with zipfile.ZipFile(io.BytesIO(export.as_zip())) as archive:
        assert archive.namelist() == [
            "scores.csv", "picture-1.html", "picture-2.html", "code.py", "card.json",
        ]  # fmt: skip
        card = json.loads(archive.read("card.json"))
        assert b"Plotly.newPlot" in archive.read("picture-1.html")
    assert (card["rows_measured"], card["folds"], card["seed"]) == (60, 10, 0)
    assert card["data"] == "Service" and card["sampling"] == []


def test_a_picture_is_saved_in_the_chosen_format():
    at = layers(picture_format="svg", layers_view="Error bars", score="centroid")
    formats = {json.loads(c.proto.config)["toImageButtonOptions"]["format"]
               for c in at.get("plotly_chart")}  # fmt: skip
    assert formats == {"svg"}
