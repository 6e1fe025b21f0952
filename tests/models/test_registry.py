import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from embedlib.errors import ModelError, OptionError, UnknownNameError
from embedlib.models import Encoder, load
from embedlib.models.registry import Registry
from tests import tiny
from tests.models.folders import change, save


def test_threads_that_ask_together_share_one_load() -> None:
    registry, loads, started, go = Registry(), [], threading.Event(), threading.Event()

    def make() -> Encoder:
        loads.append(1)
        started.set()
        assert go.wait(10)
        return tiny.encoder()

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(registry.get, "a", make) for _ in range(8)]
        assert started.wait(10)
        go.set()
        found = {id(one.result(10)) for one in asked}
    assert len(loads) == len(found) == 1


def test_an_error_reaches_all_who_wait_and_the_next_tries_again() -> None:
    registry, started, go = Registry(), threading.Event(), threading.Event()

    def fail() -> Encoder:
        started.set()
        assert go.wait(10)
        raise ModelError("Nothing.", "")

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(registry.get, "a", fail) for _ in range(4)]
        assert started.wait(10)
        go.set()
        assert all(isinstance(one.exception(10), ModelError) for one in asked)
    assert registry.get("a", tiny.encoder) is tiny.encoder()


def test_a_load_that_is_interrupted_leaves_nobody_waiting() -> None:
    registry = Registry()

    def stop() -> Encoder:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        registry.get("a", stop)
    assert registry.get("a", tiny.encoder) is tiny.encoder()


def test_the_least_used_model_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDLIB_LOADED_MODELS", "2")
    registry, loads = Registry(), []

    def ask(key: str) -> None:
        registry.get(key, lambda: loads.append(key) or tiny.encoder())

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert loads == ["a", "b", "c", "b"]


def test_two_threads_get_the_same_encoder_of_a_folder(tmp_path: Path) -> None:
    save(tmp_path / "mine")
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(load, "mine", models_dir=tmp_path, device="cpu") for _ in range(2)]
        one, other = (each.result(60) for each in asked)
    assert one is other


def test_another_number_format_is_another_encoder(tmp_path: Path) -> None:
    save(tmp_path / "mine")
    full = load("mine", models_dir=tmp_path, device="cpu")
    half = load("mine", models_dir=tmp_path, device="cpu", dtype="bfloat16")
    assert full is not half
    assert full.card.dtype == "float32"


def test_a_folder_that_was_saved_over_is_loaded_again(tmp_path: Path) -> None:
    folder = save(tmp_path / "mine")
    before = load("mine", models_dir=tmp_path, device="cpu")
    change(folder / "config.json", layer_norm_eps=1e-3)
    after = load("mine", models_dir=tmp_path, device="cpu")
    assert after is not before
    assert after.model.config.layer_norm_eps == 1e-3


def test_a_number_format_or_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="number format must be one of float32, bfloat16"):
        load(dtype="int8")
    with pytest.raises(UnknownNameError, match="device must be one of cuda, mps, cpu, got 'tpu'"):
        load(device="tpu")


def test_a_device_that_this_machine_lacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(OptionError, match=r"one of this machine's, got 'cuda'.* This machine has"):
        load(device="cuda")
