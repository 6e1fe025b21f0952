import json
import os
import pickle
import shutil
import struct
from pathlib import Path
from typing import Any

import pytest

from embedlib.errors import (
    LimitError,
    ModelNotFoundError,
    UnsafeModelError,
    UnsupportedModelError,
)
from embedlib.models import load
from embedlib.models.safety import INDEX, WEIGHTS, check_folder
from tests.models.folders import change, save


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save(tmp_path / "models" / "mine")


class Canary:
    """Unpickling it leaves a file behind."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.file,))


def test_a_saved_folder_passes(folder: Path) -> None:
    checked = check_folder(folder)
    assert checked.architecture.model_type == "bert"
    assert checked.weights == (folder / WEIGHTS,)
    assert checked.weight_bytes == (folder / WEIGHTS).stat().st_size


@pytest.mark.parametrize(
    ("file", "values", "key"),
    [
        ("config.json", {"auto_map": {"AutoModel": "evil.Model"}}, "auto_map"),
        ("config.json", {"auto_map": None}, "auto_map"),
        ("config.json", {"text_config": {"auto_map": {}}}, "auto_map"),
        ("config.json", {"layers": [{"deep": [{"auto_map": 1}]}]}, "auto_map"),
        ("config.json", {"_attn_implementation": "evil/kernel"}, "_attn_implementation"),
        ("config.json", {"_attn_implementation_internal": "evil/kernel"}, "_attn_implementation"),
        ("config.json", {"a": {"_attn_implementation_x": "evil/kernel"}}, "_attn_implementation"),
        ("config.json", {"_experts_implementation": "evil/kernel"}, "_experts_implementation"),
        ("config.json", {"_experts_implementation_internal": "e/k"}, "_experts_implementation"),
        ("config.json", {"trust_remote_code": True}, "trust_remote_code"),
        ("config.json", {"transformers_weights": "adapter_model.bin"}, "transformers_weights"),
        ("config.json", {"transformers_weights": "../x.safetensors"}, "transformers_weights"),
        ("tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["evil.T", None]}}, "auto_map"),
        ("tokenizer_config.json", {"extra": {"trust_remote_code": True}}, "trust_remote_code"),
        ("tokenizer_config.json", {"fast_tokenizer_files": ["../tokenizer.9.json"]}, "fast_"),
        ("tokenizer_config.json", {"init_inputs": ["/etc/passwd"]}, "init_inputs"),
    ],
)
def test_settings_that_name_code_are_refused(
    folder: Path, file: str, values: dict[str, Any], key: str
) -> None:
    change(folder / file, **values)
    with pytest.raises(UnsafeModelError, match=f"must not name code or files to load.*{key}"):
        check_folder(folder)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[]", "must be a JSON object"),
        (b"", "must be a JSON object"),
        (b"{", "must be a JSON object"),
        (b"\xff\xfe\x00", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "must be a JSON object"),
        (b'{"a": "' + b"x" * 9 * 2**20 + b'"}', "must be at most 8,388,608 bytes"),
    ],
)
def test_settings_that_are_no_object_of_sane_size_are_refused(
    folder: Path, content: bytes, words: str
) -> None:
    for file in ("config.json", "tokenizer_config.json"):
        before = (folder / file).read_bytes()
        (folder / file).write_bytes(content)
        with pytest.raises(UnsafeModelError, match=f"{file} {words}"):
            check_folder(folder)
        (folder / file).write_bytes(before)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"model_type": "t5"}, r"got 't5' \(an encoder-decoder\)\."),
        ({"model_type": "bart"}, r"got 'bart' \(an encoder-decoder\)\."),
        ({"model_type": "evil"}, r"got 'evil'\."),
        ({"model_type": None}, r"got None\."),
        ({"model_type": ["bert"]}, r"got \['bert'\]\."),
        ({"quantization_config": {"quant_method": "gptq"}}, "plain floating point"),
    ],
)
def test_architectures_beyond_the_table_are_refused(
    folder: Path, values: dict[str, Any], words: str
) -> None:
    change(folder / "config.json", **values)
    with pytest.raises(UnsupportedModelError, match=words):
        check_folder(folder)


def test_an_adapter_is_refused_before_its_base_model_is_looked_for(folder: Path) -> None:
    change(folder / "adapter_config.json", base_model_name_or_path="/etc")
    with pytest.raises(UnsupportedModelError, match="must be whole, got mine with a PEFT adapter"):
        check_folder(folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("num_hidden_layers", value) for value in (10**9, 0, -1, "3", 2.5, True, None)),
        *(("hidden_size", 10**12), ("vocab_size", 10**15), ("max_position_embeddings", 10**9)),
    ],
)
def test_sizes_that_would_fill_the_memory_are_refused(folder: Path, key: str, value: Any) -> None:
    change(folder / "config.json", **{key: value})
    with pytest.raises(UnsafeModelError, match=f"must have {key} from 1 to"):
        check_folder(folder)


def test_the_square_mask_of_gpt2_has_a_bound_of_its_own(tmp_path: Path) -> None:
    folder = save(tmp_path / "mine", "gpt2")
    change(folder / "config.json", n_positions=10**6)
    with pytest.raises(UnsafeModelError, match="n_positions from 1 to 8,192"):
        check_folder(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.PKL", "tf_model.h5"])
def test_a_folder_with_only_a_pickle_is_refused_and_never_unpickled(
    folder: Path, tmp_path: Path, name: str
) -> None:
    (folder / WEIGHTS).unlink()
    canary = tmp_path / "canary"
    (folder / name).write_bytes(pickle.dumps(Canary(canary)))
    with pytest.raises(UnsafeModelError, match="got only pickle files, which can run code"):
        check_folder(folder)
    if name == "pytorch_model.bin":
        with pytest.raises(UnsafeModelError):
            load("mine", models_dir=folder.parent)
    assert not canary.exists()
    pickle.loads((folder / name).read_bytes())
    assert canary.exists()  # the canary does sing


def test_a_pickle_beside_safetensors_is_never_read(folder: Path, tmp_path: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Canary(tmp_path / "canary")))
    (folder / "training_args.bin").write_bytes(pickle.dumps(Canary(tmp_path / "canary")))
    load("mine", models_dir=folder.parent)
    assert not (tmp_path / "canary").exists()


def shard(folder: Path) -> Path:
    """Turn a saved folder into a sharded one with one shard."""
    (folder / WEIGHTS).rename(folder / "model-00001-of-00001.safetensors")
    write_index(folder, {"a": "model-00001-of-00001.safetensors"})
    return folder


def write_index(folder: Path, weight_map: Any) -> None:
    (folder / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))


@pytest.mark.parametrize(
    "name",
    [
        *("/etc/passwd", "../outside.safetensors", "sub/../../outside.safetensors", "..", ""),
        *("sub/a.safetensors", "./model-00001-of-00001.safetensors", "a\\..\\b.safetensors"),
        *("missing.safetensors", "config.json", "folder.safetensors", "a\0.safetensors", None, 7),
        *("pytorch_model.bin", "C:\\a.safetensors"),
    ],
)
def test_an_index_that_points_elsewhere_is_refused(folder: Path, name: Any) -> None:
    shutil.copy(folder / WEIGHTS, folder.parent / "outside.safetensors")
    (folder / "folder.safetensors").mkdir()
    (folder / "sub").mkdir()
    shutil.copy(folder / WEIGHTS, folder / "sub" / "a.safetensors")
    shard(folder)
    write_index(folder, {"a": "model-00001-of-00001.safetensors", "b": name})
    with pytest.raises(UnsafeModelError, match="must name safetensors files in its own folder"):
        check_folder(folder)


@pytest.mark.parametrize("weight_map", [None, [], {}, "x", 3])
def test_an_index_without_a_map_is_refused(folder: Path, weight_map: Any) -> None:
    shard(folder)
    write_index(folder, weight_map)
    with pytest.raises(UnsafeModelError, match="must have a weight_map"):
        check_folder(folder)


@pytest.mark.parametrize("what", [WEIGHTS, "config.json", "tokenizer.json", "sub"])
def test_a_link_that_leads_outside_is_refused(folder: Path, what: str) -> None:
    outside = folder.parent / "outside"
    if (folder / what).exists():
        (folder / what).rename(outside)
    else:
        outside.mkdir()
    (folder / what).symlink_to(outside)
    with pytest.raises(UnsafeModelError, match=f"lie inside its folder, got the link '{what}'"):
        check_folder(folder)


def test_a_link_to_a_shard_outside_is_refused(folder: Path) -> None:
    shard(folder)
    first = folder / "model-00001-of-00001.safetensors"
    first.rename(folder.parent / "outside.safetensors")
    first.symlink_to("../outside.safetensors")
    with pytest.raises(UnsafeModelError, match="lie inside its folder"):
        check_folder(folder)


def test_links_of_a_hub_cache_may_lead_to_its_own_blobs_only(folder: Path, tmp_path: Path) -> None:
    repository = tmp_path / "hub" / "models--a--b"
    snapshot = repository / "snapshots" / ("0" * 40)
    (repository / "blobs").mkdir(parents=True)
    snapshot.mkdir(parents=True)
    for file in folder.iterdir():
        shutil.copy(file, repository / "blobs" / file.name)
        (snapshot / file.name).symlink_to(f"../../blobs/{file.name}")
    assert check_folder(snapshot).weights == (snapshot / WEIGHTS,)
    (snapshot / WEIGHTS).unlink()
    (snapshot / WEIGHTS).symlink_to(folder / WEIGHTS)
    with pytest.raises(UnsafeModelError, match="lie inside its folder"):
        check_folder(snapshot)


def _headers() -> dict[str, bytes]:
    def file(header: Any, body: bytes = b"") -> bytes:
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + body

    one = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    return {
        "empty": b"",
        "header longer than the file": struct.pack("<Q", 2**40) + b"{}",
        "header that is no JSON": file(b"nonsense"),
        "offsets beyond the end": file({"a": one | {"data_offsets": [0, 400]}}, b"\0" * 4),
        "overlapping tensors": file({"a": one, "b": one}, b"\0" * 4),
        "bytes that nobody owns": file({"a": one}, b"\0" * 400),
        "shape that does not fit": file({"a": one | {"shape": [99]}}, b"\0" * 4),
        "unknown number format": file({"a": one | {"dtype": "X9"}}, b"\0" * 4),
        "a pickle": pickle.dumps({"a": 1}),
    }


@pytest.mark.parametrize("name", _headers())
def test_damaged_safetensors_are_refused(folder: Path, name: str) -> None:
    (folder / WEIGHTS).write_bytes(_headers()[name])
    with pytest.raises(UnsafeModelError, match="must be a whole safetensors file, and is not"):
        check_folder(folder)


def test_safetensors_without_weights_are_refused(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(struct.pack("<Q", 2) + b"{}")
    with pytest.raises(UnsafeModelError, match="must hold weights, and holds none"):
        check_folder(folder)


def test_weights_beyond_the_limit_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDLIB_MODEL_BYTES", "1000")
    with pytest.raises(LimitError, match="The model mine must be at most 1,000 bytes"):
        check_folder(folder)


def test_a_folder_of_very_many_files_is_refused(folder: Path) -> None:
    for number in range(2_001):
        (folder / f"{number}.txt").touch()
    with pytest.raises(UnsafeModelError, match="at most 2,000 files, got more"):
        check_folder(folder)


def test_a_folder_without_settings_or_weights_is_no_model(folder: Path, tmp_path: Path) -> None:
    (folder / WEIGHTS).unlink()
    with pytest.raises(ModelNotFoundError, match="'mine' without weights"):
        check_folder(folder)
    with pytest.raises(ModelNotFoundError, match=r"must hold config\.json, got 'nowhere'"):
        check_folder(tmp_path / "nowhere")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_weights_that_are_no_regular_file_are_not_opened(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    os.mkfifo(folder / WEIGHTS)
    with pytest.raises(ModelNotFoundError, match="without weights"):
        check_folder(folder)
