"""Devices and number formats; a new format is a row in `DTYPES`."""

from typing import TYPE_CHECKING, Final

from embedlib.errors import OptionError
from embedlib.table import Table

if TYPE_CHECKING:
    import torch

DTYPES: Final = Table(
    "number format",
    {
        "float32": "exact; the usual choice on a CPU",
        "bfloat16": "half the memory; fast on newer processors and GPUs, 3 digits",
        "float16": "half the memory; fast on GPUs, 4 digits, smaller range",
    },
)
DEVICES: Final = Table(
    "device", {"cuda": "an NVIDIA or AMD GPU", "mps": "an Apple GPU", "cpu": "the processor"}
)


def best_device() -> str:
    """The fastest device of this machine: "cuda", else "mps", else "cpu"."""
    return next(name for name in DEVICES if _is_there(name))


def choose_device(asked: str | None) -> str:
    """`asked` when this machine has it; the best one when nothing was asked for.

    Raises:
        UnknownNameError: If it is no device.
        OptionError: If this machine has none.
    """
    if asked is None:
        return best_device()
    meaning = DEVICES[asked]
    if not _is_there(asked):
        there = ", ".join(name for name in DEVICES if _is_there(name))
        raise OptionError(
            f"The device must be one of this machine's, got {asked!r} ({meaning}).",
            f"This machine has: {there}.",
        )
    return asked


def choose_dtype(device: str, asked: str | None = None) -> str:
    """`asked` when `device` can calculate in it; "float32" when nothing was asked for.

    Raises:
        UnknownNameError: If it is no number format.
        OptionError: If the device cannot calculate in it.
    """
    if asked is None:
        return "float32"
    DTYPES[asked]
    if asked == "bfloat16" and device == "cuda" and not _cuda_has_bfloat16():
        raise OptionError(
            "The number format must be one that the GPU calculates in, got 'bfloat16'.",
            "Choose float16 or float32.",
        )
    return asked


def torch_dtype(name: str) -> "torch.dtype":
    """The number format of that name in torch.

    Raises:
        UnknownNameError: If it is none of `DTYPES`.
    """
    import torch

    DTYPES[name]
    formats = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
    return formats[name]


def bfloat16_is_fast() -> bool:
    """Whether this processor multiplies matrices in bfloat16 (AVX-512 BF16, AMX, or Arm BF16)."""
    import torch

    able = torch.cpu.get_capabilities()
    return any(able.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16", "sve_bf16"))


def describe_device(device: str | None = None) -> str:
    """One line for the sidebar: "CPU, 8 threads" or "NVIDIA H200, 139 GB"."""
    import torch

    device = device or best_device()
    if device == "cuda":
        properties = torch.cuda.get_device_properties(0)
        return f"{properties.name}, {properties.total_memory / 2**30:.0f} GB"
    if device == "mps":
        return "Apple GPU"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"


def _is_there(device: str) -> bool:
    import torch

    if device == "cuda":
        return torch.cuda.is_available()
    return device == "cpu" or torch.backends.mps.is_available()


def _cuda_has_bfloat16() -> bool:
    import torch

    return bool(torch.cuda.is_bf16_supported(including_emulation=False))
