from types import SimpleNamespace

import pytest
import torch

from embedlib.errors import OptionError, UnknownNameError
from embedlib.models import devices


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A machine whose GPUs the test chooses."""
    has = SimpleNamespace(cuda=False, mps=False, bfloat16=True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has.cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: has.mps)
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda including_emulation=True: has.bfloat16
    )
    card = SimpleNamespace(name="NVIDIA H200", total_memory=139 * 2**30)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _number: card)
    return has


def test_the_best_device_is_a_gpu_where_there_is_one(machine: SimpleNamespace) -> None:
    assert devices.best_device() == "cpu"
    machine.mps = True
    assert devices.best_device() == "mps"
    machine.cuda = True
    assert devices.best_device() == devices.choose_device(None) == "cuda"
    assert devices.choose_device("cpu") == "cpu"


def test_a_device_is_told_in_one_line(machine: SimpleNamespace) -> None:
    threads = torch.get_num_threads()
    assert devices.describe_device() == f"CPU, {threads} thread{'s' if threads > 1 else ''}"
    machine.cuda = True
    assert devices.describe_device() == "NVIDIA H200, 139 GB"
    assert devices.describe_device("mps") == "Apple GPU"


def test_float32_is_the_usual_number_format_everywhere() -> None:
    for device in devices.DEVICES:
        assert devices.choose_dtype(device) == "float32"
        assert devices.choose_dtype(device, "float16") == "float16"
    assert {devices.torch_dtype(name) for name in devices.DTYPES} == {
        torch.float32,
        torch.bfloat16,
        torch.float16,
    }


def test_number_formats_that_cannot_be_had_are_refused(machine: SimpleNamespace) -> None:
    with pytest.raises(UnknownNameError, match="got 'float8'"):
        devices.choose_dtype("cpu", "float8")
    with pytest.raises(UnknownNameError, match="got 'float8'"):
        devices.torch_dtype("float8")
    machine.bfloat16 = False
    with pytest.raises(OptionError, match=r"must be one that the GPU calculates in, got 'bfl.*16'"):
        devices.choose_dtype("cuda", "bfloat16")
    assert devices.choose_dtype("cpu", "bfloat16") == "bfloat16"


@pytest.mark.parametrize(
    ("able", "fast"),
    [
        ({"avx512_bf16": True}, True),
        ({"amx_bf16": True, "avx512_bf16": False}, True),
        ({"avx2": True, "avx512_bf16": False}, False),
        ({}, False),
    ],
)
def test_bfloat16_is_fast_where_the_processor_multiplies_in_it(
    able: dict[str, bool], fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    assert devices.bfloat16_is_fast() is fast
